//! Reconstructs what `send` has done from the lines of an output folder.

use std::path::Path;

use hashbrown::{HashMap, HashSet};
use uuid::Uuid;

use super::lines::{EmailLine, OutgoingLine, each};
use crate::decide::track::Reason;
use crate::mail::identity::outgoing_id;
use crate::options::Correlation;
use crate::output::state::stored::MessageKey;
use crate::output::state::{Outcome, Outgoing, Sending};
use crate::output::table::{Lengths, Table};
use crate::run::history::rebuild::error::RebuildError;

/// Reconstructs what `send` has done from `sent.jsonl`, `failed.jsonl` and the activities of sent messages. Messages
/// that were begun without leaving a line are missing, and so are failed ones without an `id`. The owners of the
/// numbers in tracking tokens are unknown: these numbers are never assigned again, so that no token is used twice.
///
/// # Errors
/// If a file cannot be read or was altered.
pub(crate) fn sending_of(
    folder: &Path,
    lengths: &Lengths,
    options: &Correlation,
) -> Result<Sending, RebuildError> {
    let mut sending = Sending {
        may_lack: true,
        ..Sending::default()
    };
    let mut counts: HashMap<u64, u64> = HashMap::new();
    let mut take_token = |token: &str| {
        let found = options.token.tokens(token).first().copied();
        if let Some((user, count)) = found.and_then(|it| options.token.parts(it)) {
            let user = user.saturating_sub(options.token_base).max(1);
            let last = counts.entry(user).or_default();
            *last = count.max(*last);
        }
    };
    let mut sent: HashSet<MessageKey> = HashSet::new();
    let mut outgoing = |line: MessageKey, outcome, token: Option<&str>| {
        sending.outgoing.push((
            line,
            Outgoing {
                content: Outgoing::UNKNOWN,
                outcome,
                token: token.unwrap_or_default().into(),
            },
        ));
    };
    each(folder, Table::Sent, lengths, |_, line: OutgoingLine| {
        let token = line.trackingtoken.as_deref();
        token.into_iter().for_each(&mut take_token);
        if let Some(key) = line.messageid.as_deref().and_then(named)
            && sent.insert(key)
        {
            outgoing(key, Outcome::Sent, token);
        }
        Ok(())
    })?;
    // The activity of a sent message is written before its line in `sent.jsonl`, which may be missing.
    each(folder, Table::Emails, lengths, |_, line: EmailLine| {
        let is_sent = line.reason == Reason::Sent;
        let token = line.trackingtoken.as_deref().filter(|_| is_sent);
        token.into_iter().for_each(&mut take_token);
        if let Some(key) = line
            .messageid
            .as_deref()
            .filter(|_| is_sent)
            .and_then(named)
            && sent.insert(key)
        {
            outgoing(key, Outcome::Sent, token);
        }
        Ok(())
    })?;
    each(folder, Table::Failed, lengths, |_, line: OutgoingLine| {
        let token = line.trackingtoken.as_deref();
        token.into_iter().for_each(&mut take_token);
        if let Some(id) = &line.id {
            let key = outgoing_id(&[b"id", id.as_bytes()]).into_bytes();
            let is_doubtful = line.outcome.as_deref() == Some("doubtful");
            let outcome = match is_doubtful {
                true => Outcome::Doubtful,
                false => Outcome::Failed,
            };
            if !sent.contains(&Outgoing::name_of(&key)) {
                outgoing(key, outcome, token);
            }
        }
        Ok(())
    })?;
    let mut counts: Vec<(u64, u64)> = counts.into_iter().collect();
    counts.sort_unstable();
    for (user, count) in counts {
        let user = i64::try_from(user).unwrap_or(i64::MAX);
        // Cannot be the name of an owner, which is a reference or an address.
        sending.users.push((format!("unknown {user}"), user));
        sending
            .counts
            .push((user, i64::try_from(count).unwrap_or(i64::MAX)));
    }
    Ok(sending)
}

/// Returns the key in a Message-ID, if it has the form that `send` makes.
fn named(message_id: &str) -> Option<MessageKey> {
    let (id, _) = message_id.split_once('@')?;
    Uuid::try_parse(id).ok().map(Uuid::into_bytes)
}
