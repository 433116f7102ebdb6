//! Converts between the rows of the state and the types of the fold: the decisions of a run become rows, and the rows
//! of earlier runs become remembered activities and records.

use crate::decide::ordinal::Ordinal;
use crate::mail::identity::Identities;
use jiff::Timestamp;

use crate::base::reference::Reference;
use crate::decide::correlate::Facts;
use crate::decide::correlate::conversation_index::ConversationIndex;
use crate::decide::correlate::method::ActivityKey;
use crate::decide::created::{CreatedRecord, Details};
use crate::decide::decision::{Decision, RegardingBy, RememberedActivity};
use crate::decide::names::name::PersonName;
use crate::mail::address::{Address, Equivalence};
use crate::mail::direction::Direction;
use crate::mail::envelope::{AddressId, Envelope};
use crate::mail::identity::{ActivityId, Identity, IdentityId, activity_id};
use crate::mail::intake::Mail;
use crate::options::{Correlation, MailboxId};
use crate::output::OutputRows;
use crate::output::state::stored::MessageKey;
use crate::output::state::{
    Activities, ActivityRow, CreatedBefore, CreatedRow, RecallQuery, TrackedBefore,
};

/// Returns a query for the earlier activities that mail can correlate with by the methods that are on, except by ids.
pub(super) fn recall_query(mail: &[Mail], options: &Correlation) -> RecallQuery {
    let mut wanted = RecallQuery::default();
    for Mail { envelope, .. } in mail {
        if options.tracking_token {
            wanted.tokens.extend(tokens(envelope, options));
        }
        if options.conversation_index {
            wanted
                .conversations
                .extend(conversation(envelope).map(|(id, _)| id));
        }
    }
    if let Some(smart) = &options.smart {
        let times = || {
            mail.iter()
                .filter_map(|mail| mail.envelope.received_on.get())
                .map(Timestamp::as_second)
        };
        let window = smart.window.as_secs();
        let within =
            |(first, last): (i64, i64)| (first.saturating_sub(window), last.saturating_add(window));
        wanted.received = times().min().zip(times().max()).map(within);
    }
    wanted
}

/// Returns the tracking tokens of a subject, as written.
pub(super) fn tokens<'m>(
    message: &'m Envelope,
    options: &'m Correlation,
) -> impl Iterator<Item = String> + 'm {
    let subject = message.subject().unwrap_or("");
    options
        .token
        .tokens(subject)
        .into_iter()
        .map(|token| options.token.written(token))
}

/// Returns the id of a message's conversation, and its Thread-Index.
pub(super) fn conversation(message: &Envelope) -> Option<(Vec<u8>, &str)> {
    let index = message.conversation_index()?;
    let id = ConversationIndex::parse(index)?.conversation()?.to_vec();
    Some((id, index))
}

/// Returns the addresses that smart matching uses, one per line.
pub(super) fn addresses(decision: &Decision, rows: &OutputRows<'_>) -> String {
    let message = &rows.mail(decision).envelope;
    let author = rows.author(decision);
    let facts = Facts::of_message(message, &author, &rows.resolver.options.correlation);
    let texts = facts
        .addresses
        .iter()
        .map(|&id| rows.resolver.addresses.get(id).as_str());
    texts.collect::<Vec<&str>>().join("\n")
}

/// Returns the rows of the tracked activities.
pub(super) fn activities<'r>(rows: &'r OutputRows<'r>) -> Activities<'r> {
    let decisions = &rows.decided.decisions;
    let tracked = decisions.iter().filter(|it| it.reason.is_tracked());
    let tracked: Vec<&Decision> = tracked.collect();
    let identity = |decision| rows.mail(decision).envelope.identity;
    let identities: Vec<MessageKey> = tracked
        .iter()
        .map(|decision| key(rows.resolver.identities, identity(decision)))
        .collect();
    Activities::new(identities.into_iter(), move |at| {
        activity_row(rows, tracked[at as usize])
    })
}

pub(super) fn activity_row<'r>(rows: &'r OutputRows<'r>, decision: &Decision) -> ActivityRow<'r> {
    let mail = rows.mail(decision);
    let identities = rows.resolver.identities;
    let identity = mail.envelope.identity;
    let own = key(identities, identity);
    let activity = decision.activity.map(|key| rows.decided.activity(key));
    let path = |mailbox| &*rows.resolver.options.mailbox(mailbox).path;
    let options = &rows.resolver.options.correlation;
    let smart = options.smart.as_ref();
    let id = match activity.map(|it| &it.id) {
        Some(ActivityId::Derived(id)) => id.into_bytes(),
        _ => own,
    };
    let regarding = activity.and_then(|it| it.regarding.as_ref());
    ActivityRow {
        identity: own,
        direction: direction_of(identities.get(identity), own, id),
        received: mail.envelope.received_on.get().map(Timestamp::as_second),
        source: mail.source.name(),
        regarding: regarding.map(ToString::to_string),
        folder: match activity.map(|it| &it.regarding_by) {
            Some(&RegardingBy::Folder(mailbox)) => Some(path(mailbox)),
            _ => None,
        },
        id: Some(id).filter(|id| *id != own),
        subject: smart.map(|_| mail.envelope.subject().unwrap_or("")),
        addresses: smart.map(|_| addresses(decision, rows)),
        tokens: tokens(&mail.envelope, options).collect(),
        conversation: conversation(&mail.envelope),
    }
}

/// Converts the row of an activity for the fold.
pub(super) fn remembered_activity(
    before: TrackedBefore,
    id: ActivityId,
    identity: Option<IdentityId>,
) -> RememberedActivity {
    RememberedActivity {
        identity,
        direction: before.direction,
        id,
        source: Some(before.source.into()),
        regarding: before.regarding.as_deref().and_then(Reference::parse),
        folder: before.folder.map(Into::into),
        received_on: before
            .received
            .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        tokens: before.tokens.join(" ").into(),
        conversation_index: before.conversation_index.unwrap_or_default().into(),
        subject: before.subject.unwrap_or_default().into(),
        addresses: before
            .addresses
            .iter()
            .flat_map(|lines| lines.lines())
            .filter_map(Address::parse)
            .collect(),
    }
}

/// Returns every identity by which a message may refer to an activity: its own, and those in In-Reply-To and
/// References.
pub(super) fn identities_of(message: &Envelope) -> impl Iterator<Item = IdentityId> {
    let named = message.named().iter();
    [message.identity].into_iter().chain(named)
}

/// Returns the direction from which an activity's id was derived, if any.
pub(super) fn direction_of(
    identity: Identity<'_>,
    own: MessageKey,
    id: MessageKey,
) -> Option<Direction> {
    if id == own {
        return None;
    }
    let both = [Direction::Incoming, Direction::Outgoing];
    both.into_iter()
        .find(|&direction| activity_id(identity, Some(direction)).into_bytes() == id)
}

/// Converts the row of a created record for the fold.
pub(super) fn remembered_record(before: CreatedBefore, address: AddressId) -> CreatedRecord {
    CreatedRecord {
        kind: if before.kind == "lead" {
            "lead"
        } else {
            "contact"
        },
        address,
        written: before.written.into(),
        mailbox: MailboxId::GENERAL,
        owner: before.owner.as_deref().and_then(Reference::parse),
        created_on: before
            .created
            .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        activity: ActivityKey::new(0),
        ordinal: Ordinal::default(),
        details: Details {
            id: before.id.into(),
            name: PersonName {
                full: before.full_name,
                first: before.first_name,
                last: before.last_name,
            },
            ..Details::default()
        },
        found: None,
    }
}

/// Returns the row of a created record.
pub(super) fn created_row<'r>(record: &'r CreatedRecord, address: &'r Address) -> CreatedRow<'r> {
    CreatedRow {
        address: address.as_str(),
        folded: address.equivalence_key(Equivalence::WIDEST),
        kind: record.kind,
        id: &record.details.id,
        written: &record.written,
        full_name: &record.details.name.full,
        first_name: record.details.name.first.as_deref(),
        last_name: &record.details.name.last,
        owner: record.owner.as_ref().map(ToString::to_string),
        created: record.created_on.map(Timestamp::as_second),
    }
}

pub(super) fn key(identities: &Identities, identity: IdentityId) -> MessageKey {
    identities.activity_id(identity).into_bytes()
}
