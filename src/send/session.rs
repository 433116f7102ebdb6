//! A *session* of `send`: sends each line of the outboxes, or reports the reason why it is not sent.

use std::collections::HashMap;

use super::Transport;
use super::compose::{Composed, compose};
use super::counts::SendCounts;
use super::not_accepted::NotAccepted;
use super::outbox::{OutboxLine, Pending};
use super::track::{SendContext, Sender};
use crate::base::progress::Progress;
use crate::output::folder::OutFolder;
use crate::output::lines::Lines;
use crate::output::state::stored::MessageKey;
use crate::output::state::{Changes, Outcome, Outgoing};
use crate::output::table::Table;
use crate::output::{FailedRow, SentRow};
use crate::run::basis::check_undamaged;
use crate::run::error::{RunError, incomplete};

/// A run of `send` over its outboxes.
pub(crate) struct SendSession<'a> {
    context: SendContext<'a>,
    folder: OutFolder,
    transport: Transport,
    is_dry: bool,
    progress: &'a dyn Progress,
    /// The position of the first line with each key, and the hash of its content.
    first: HashMap<MessageKey, (String, MessageKey)>,
    counts: SendCounts,
}

impl<'a> SendSession<'a> {
    /// Creates a session that hands messages to `transport` and tracks them in `folder`; if `is_dry`, it does neither.
    pub(crate) fn new(
        context: SendContext<'a>,
        folder: OutFolder,
        transport: Transport,
        is_dry: bool,
        progress: &'a dyn Progress,
    ) -> SendSession<'a> {
        SendSession {
            context,
            folder,
            transport,
            is_dry,
            progress,
            first: HashMap::new(),
            counts: SendCounts::default(),
        }
    }

    /// Processes all lines of the outboxes. The counts are returned even if an error ends the session.
    ///
    /// # Errors
    /// If the state or the output folder cannot be read or written.
    pub(crate) fn run(mut self, lines: &[OutboxLine]) -> (SendCounts, Result<(), RunError>) {
        let ended = self.all(lines).and_then(|()| self.mark_all_seen());
        self.transport.close();
        self.counts.lines = lines.len() as u64;
        (self.counts, ended)
    }

    fn all(&mut self, lines: &[OutboxLine]) -> Result<(), RunError> {
        for line in lines {
            if self.counts.stopped.is_some() {
                // Lines with an earlier outcome are counted as such; all others wait for the next run.
                let known = self.known(line)?.map(|known| known.outcome);
                match known {
                    Some(Outcome::Sent) => self.counts.sent_before += 1,
                    Some(Outcome::Failed) => self.counts.failed_before += 1,
                    Some(Outcome::Begun | Outcome::Doubtful) => self.counts.doubtful += 1,
                    Some(Outcome::PutOff) | None => self.counts.pending += 1,
                }
                continue;
            }
            self.one(line)?;
        }
        Ok(())
    }

    fn known(&self, line: &OutboxLine) -> Result<Option<Outgoing>, RunError> {
        match &self.folder.state {
            Some(state) => state.outgoing(&line.key).map_err(incomplete),
            None => Ok(None),
        }
    }

    fn one(&mut self, line: &OutboxLine) -> Result<(), RunError> {
        let known = self.known(line)?;
        if self.is_repeated(line) {
            return Ok(());
        }
        let is_same = known
            .as_ref()
            .is_some_and(|it| it.has_content(line.content));
        // A line that failed before it got a token was invalid. It may be valid now, with a changed book or other
        // options.
        let was_begun = known.as_ref().is_some_and(|it| !it.token.is_empty());
        match known.as_ref().map(|known| known.outcome) {
            Some(Outcome::Sent) if is_same => {
                self.counts.sent_before += 1;
                return Ok(());
            }
            Some(Outcome::Sent) => return self.reject_reused_id(line),
            Some(Outcome::Failed) if is_same && was_begun => {
                self.counts.failed_before += 1;
                return Ok(());
            }
            Some(Outcome::Begun) => {
                let why = "a run was stopped while it handed this message over, so it may have been sent; check, and give it another `id` if not";
                return self.record_failure(line, known, Outcome::Doubtful, why);
            }
            Some(Outcome::Doubtful) => {
                self.counts.doubtful += 1;
                self.warn(&format!(
                    "{}: an earlier run could not find out whether it was accepted; check whether it was sent, and give it another `id` if not",
                    line.place
                ));
                return Ok(());
            }
            Some(Outcome::Failed | Outcome::PutOff) | None => (),
        }
        let checked = match &line.message {
            Ok(pending) => self.context.sender(pending).map(|sender| (pending, sender)),
            Err(problem) => Err(problem.clone()),
        };
        // A damaged book must not lead to a refusal.
        check_undamaged(self.context.book)?;
        match checked {
            Ok(_) if known.is_none() && self.lacks_outgoing()? => {
                let why = "the state was rebuilt and does not know every message that was handed over, so this one may have been sent; check, and give it another `id` if not";
                self.record_failure(line, known, Outcome::Doubtful, why)
            }
            Ok((pending, sender)) => self.send(line, pending, &sender, known),
            Err(_) if known.is_some() && is_same => {
                self.counts.failed_before += 1;
                Ok(())
            }
            Err(problem) => self.record_failure(line, known, Outcome::Failed, &problem.to_string()),
        }
    }

    /// Returns whether messages may have been handed over that the state does not know.
    fn lacks_outgoing(&self) -> Result<bool, RunError> {
        match &self.folder.state {
            Some(state) => state.may_lack_outgoing().map_err(incomplete),
            None => Ok(false),
        }
    }

    /// Records, if every line was processed, that lines added from now on were never handed over.
    fn mark_all_seen(&mut self) -> Result<(), RunError> {
        let is_whole = !self.is_dry && self.counts.stopped.is_none();
        match self.folder.state.as_mut().filter(|_| is_whole) {
            Some(state) => state.clear_may_lack().map_err(incomplete),
            None => Ok(()),
        }
    }

    /// Reports a line whose id belongs to a sent message with other content. It fails as a message of its own.
    fn reject_reused_id(&mut self, line: &OutboxLine) -> Result<(), RunError> {
        let by_content = OutboxLine {
            key: line.content,
            ..line.clone()
        };
        if self.known(&by_content)?.is_some() {
            self.counts.failed_before += 1;
            return Ok(());
        }
        let id = line.id.as_deref().unwrap_or_default();
        let why = format!(
            "a message with the id `{id}` was sent before, and said something else; give this one an `id` of its own"
        );
        self.record_failure(&by_content, None, Outcome::Failed, &why)
    }

    /// Returns whether an earlier line of this run has the same key; if so, the line is reported and not sent.
    fn is_repeated(&mut self, line: &OutboxLine) -> bool {
        let Some((first, content)) = self.first.get(&line.key) else {
            let first = (line.place.clone(), line.content);
            self.first.insert(line.key, first);
            return false;
        };
        let warning = match (&line.id, *content == line.content) {
            (Some(id), false) => format!(
                "{}: has the id `{id}` of another message, {first}, and is not sent; give it one of its own",
                line.place
            ),
            _ => format!(
                "{}: is the same message as {first}, and is not sent twice; to send both, give each an `id`",
                line.place
            ),
        };
        self.warn(&warning);
        self.counts.repeated += 1;
        true
    }

    fn send(
        &mut self,
        line: &OutboxLine,
        pending: &Pending,
        sender: &Sender,
        known: Option<Outgoing>,
    ) -> Result<(), RunError> {
        if self.is_dry {
            self.would_send(line, pending);
            return Ok(());
        }
        if let Err(why) = self.transport.open() {
            self.stop(line, &why.to_string());
            return Ok(());
        }
        let put_off =
            known.filter(|it| it.outcome == Outcome::PutOff && it.has_content(line.content));
        let token = match put_off {
            Some(put_off) => put_off.token,
            None => self.token(&sender.owner)?,
        };
        let composed = compose(pending, line.key, &token, self.context.now).map_err(incomplete)?;
        let client = self.folder.client().to_owned();
        self.folder.mark_sending()?;
        if let Some(state) = &mut self.folder.state {
            let begun = state.begin(line.key, line.content, &token, &client);
            begun.map_err(incomplete)?;
        }
        self.folder.keep_folder();
        let begun = Some(Outgoing {
            content: line.content,
            outcome: Outcome::Begun,
            token: token.clone(),
        });
        match self.transport.hand_over(&composed) {
            Ok(()) => self.sent(line, (pending, &composed), sender, token),
            Err(NotAccepted::Permanent(why)) => {
                self.record_failure(line, begun, Outcome::Failed, &why)
            }
            Err(NotAccepted::Unknown(why)) => {
                self.record_failure(line, begun, Outcome::Doubtful, &why)?;
                self.counts.stopped = Some(why);
                Ok(())
            }
            Err(NotAccepted::Temporary(why)) => {
                self.put_off(line, token)?;
                self.leave_pending(line, &why);
                Ok(())
            }
            Err(NotAccepted::Unreachable(why)) => {
                self.put_off(line, token)?;
                self.stop(line, &why);
                Ok(())
            }
        }
    }

    /// Returns the next tracking token of a sender (R9).
    fn token(&mut self, owner: &str) -> Result<String, RunError> {
        let Some(state) = &mut self.folder.state else {
            return Ok(String::new());
        };
        let correlation = &self.context.options.correlation;
        let (user, counter) = state.next_token(owner).map_err(incomplete)?;
        let user = correlation.token_base + user;
        match correlation.token.token(user, counter) {
            Some(token) => Ok(correlation.token.written(token)),
            None => Err(RunError::Incomplete(anyhow::anyhow!(
                "{owner} has the number {user} in tracking tokens, which has more than `correlation.token.user_digits` digits"
            ))),
        }
    }

    /// Records that a message was accepted, and tracks it.
    fn sent(
        &mut self,
        line: &OutboxLine,
        message: (&Pending, &Composed),
        sender: &Sender,
        token: String,
    ) -> Result<(), RunError> {
        let (context, folder) = (self.context, &mut self.folder);
        let kept = context.track(message, sender, &line.source, |mut tracked| {
            let mut sent = Lines::default();
            sent.push(&SentRow {
                id: line.id.as_deref(),
                source: &line.source,
                activityid: tracked.id,
                messageid: &message.1.message_id,
                trackingtoken: &token,
                subject: tracked.subject,
                senton: tracked.sent_on,
                recipients: &message.1.recipients,
            });
            tracked.changes.outgoing.push((
                line.key,
                Outgoing {
                    content: line.content,
                    outcome: Outcome::Sent,
                    token: token.clone(),
                },
            ));
            let rows = [
                (Table::Emails, &tracked.emails),
                (Table::ActivityParties, &tracked.parties),
                (Table::Sent, &sent),
            ];
            folder.append_and_commit(&rows, tracked.changes, context.threads)
        });
        match kept {
            Some(kept) => kept?,
            None => {
                return Err(RunError::Incomplete(anyhow::anyhow!(
                    "{}: was sent, and its activity could not be made; please report this",
                    line.place
                )));
            }
        }
        if !message.0.bcc.is_empty() && !self.transport.passes_on_bcc() {
            self.warn(&format!(
                "{}: a Maildir does not say who gets a blind copy; take all recipients from sent.jsonl for the program that sends from it",
                line.place
            ));
        }
        self.counts.sent += 1;
        Ok(())
    }

    /// Records that a message will not be sent, and why.
    fn record_failure(
        &mut self,
        line: &OutboxLine,
        begun: Option<Outgoing>,
        outcome: Outcome,
        why: &str,
    ) -> Result<(), RunError> {
        let is_doubtful = outcome == Outcome::Doubtful;
        let token = begun.map(|begun| begun.token).unwrap_or_default();
        self.warn(&format!(
            "{}: {}{why}",
            line.place,
            if is_doubtful { "doubtful: " } else { "" }
        ));
        *(if is_doubtful {
            &mut self.counts.doubtful
        } else {
            &mut self.counts.failed
        }) += 1;
        let mut failed = Lines::default();
        failed.push(&FailedRow {
            id: line.id.as_deref(),
            source: &line.source,
            outcome: if is_doubtful { "doubtful" } else { "failed" },
            trackingtoken: Some(&*token).filter(|token| !token.is_empty()),
            error: why,
        });
        let changes = Changes {
            outgoing: vec![(
                line.key,
                Outgoing {
                    content: line.content,
                    outcome,
                    token,
                },
            )],
            ..Changes::default()
        };
        self.folder.append_and_commit(
            &[(Table::Failed, &failed)],
            changes,
            self.context.threads,
        )?;
        Ok(())
    }

    fn put_off(&mut self, line: &OutboxLine, token: String) -> Result<(), RunError> {
        let outgoing = Outgoing {
            content: line.content,
            outcome: Outcome::PutOff,
            token,
        };
        let changes = Changes {
            outgoing: vec![(line.key, outgoing)],
            ..Changes::default()
        };
        self.folder
            .append_and_commit(&[], changes, self.context.threads)?;
        Ok(())
    }

    fn warn(&self, text: &str) {
        self.progress.warn("outbox", &[text.into()]);
    }

    /// Leaves a message and all after it to the next run.
    fn stop(&mut self, line: &OutboxLine, why: &str) {
        self.warn(&format!("{}: not sent: {why}", line.place));
        self.counts.pending += 1;
        self.counts.stopped = Some(why.into());
    }

    /// Leaves a message to the next run, and continues with the next one.
    fn leave_pending(&mut self, line: &OutboxLine, why: &str) {
        self.warn(&format!("{}: not yet sent: {why}", line.place));
        self.counts.pending += 1;
    }

    /// Notes what a run would do that is not dry.
    fn would_send(&mut self, line: &OutboxLine, pending: &Pending) {
        let to = pending.recipients();
        let to: Vec<&str> = to.iter().map(|person| person.email.as_str()).collect();
        let (from, to) = (&pending.from.email, to.join(", "));
        let text = format!("{}: from {from} to {to}: {}", line.place, pending.subject);
        self.counts.would_send.push(text);
        self.counts.pending += 1;
    }
}
