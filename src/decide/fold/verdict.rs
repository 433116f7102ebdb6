//! Whether a message is tracked, by the rules of the mailboxes that have a say (R4, lines 4 to 15).

use super::messages::MessageFold;
use crate::decide::correlate::facts::Facts;
use crate::decide::ordinal::Ordinal;
use crate::decide::resolve::Author;
use crate::decide::resolve::matches::Sender;
use crate::decide::trace::{Step, Trace};
use crate::decide::track::{DecisionTable, Reason, TrackDecision, mailbox_words};
use crate::mail::direction::Direction;
use crate::mail::envelope::Envelope;
use crate::options::MailboxId;

impl<'a> MessageFold<'a> {
    /// R4, lines 4 to 15: the rules of the receiving mailbox, then those of the mailboxes among the recipients.
    pub(super) fn verdict(
        &self,
        receiving: MailboxId,
        message: &'a Envelope,
        author: Author<'a>,
        (sender, direction): (Option<Sender>, Direction),
        ordinal: Ordinal,
        trace: &mut Trace,
    ) -> TrackDecision {
        // Several mailboxes may ask, and the answer is the same for all.
        let mut correlated = None;
        let mut correlates = |trace: &mut Trace| {
            *correlated.get_or_insert_with(|| self.is_reply(message, &author, trace))
        };
        let own = self.judge_of(receiving, message, author, ordinal);
        let own = own.judge(sender, direction, &mut correlates, trace);
        let is_final = own.reason.is_tracked() || own.reason == Reason::InvalidSender;
        if is_final || self.options.organization.filter_of_receiving_mailbox_only {
            return own;
        }
        for other in self.mailboxes_among_recipients(receiving, message, own.direction) {
            trace.note(|| Step::Note {
                text: format!(
                    "the receiving mailbox does not accept it; asking {}",
                    mailbox_words(self.options, other)
                ),
            });
            let author = self.resolver.author(other, message);
            let judge = self.judge_of(other, message, author, ordinal);
            let sender = judge.sender();
            let direction = judge.direction(sender.as_ref());
            let verdict = judge.judge(sender, direction, &mut correlates, trace);
            if verdict.reason.is_tracked() {
                return verdict;
            }
        }
        own
    }

    /// Returns the other mailboxes with an owner that are among the recipients, in the order of the recipients (R4).
    fn mailboxes_among_recipients(
        &self,
        receiving: MailboxId,
        message: &Envelope,
        direction: Direction,
    ) -> Vec<MailboxId> {
        let mut found: Vec<MailboxId> = Vec::new();
        for address in
            DecisionTable::recipients(message, direction).filter_map(|party| party.address)
        {
            for id in self.resolver.mailboxes_of(address) {
                let has_owner = self.options.mailbox(id).owner.is_some();
                if id != receiving && has_owner && !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        found
    }

    fn is_reply(&self, message: &Envelope, author: &Author<'a>, trace: &mut Trace) -> bool {
        let facts = Facts::of_message(message, author, &self.options.correlation);
        self.correlate(message, &facts, trace).activity.is_some()
    }
}
