//! Makes the activity and parties of a sent message, like those of a received one, so that later runs correlate replies
//! with it.

use super::unsendable::Unsendable;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::compose::Composed;
use super::outbox::Pending;
use crate::base::threads::Threads;
use crate::book::Book;
use crate::decide::correlate::method::{ActivityKey, Correlated, Method};
use crate::decide::created::CreatedRecords;
use crate::decide::decision::{Activity, Decided, Decision, RegardingBy};
use crate::decide::ordinal::Ordinal;
use crate::decide::pass;
use crate::decide::resolve::AsOf;
use crate::decide::resolve::matches::RecordKey;
use crate::decide::track::{DecisionTable, Reason};
use crate::mail::direction::Direction;
use crate::mail::envelope::{Distinct, EnvelopeDraft};
use crate::mail::identity::{ActivityId, activity_id};
use crate::mail::intake::Mail;
use crate::mail::intake::MessageNumber;
use crate::mail::message::header_end;
use crate::mail::message::mime;
use crate::mail::rules::Rules;
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::{ContainedMessage, Content, MessageSource, SourceKey};
use crate::options::{InternalEmail, MailboxId, Options};
use crate::output::OutputRows;
use crate::output::lines::Lines;
use crate::output::state::Changes;
use crate::run::history::History;

/// The input of tracking.
#[derive(Clone, Copy)]
pub(crate) struct SendContext<'g> {
    /// The options.
    pub options: &'g Options,
    /// The rules.
    pub rules: &'g Rules,
    /// The book.
    pub book: &'g Book,
    /// The reference time, from which filters count days.
    pub now: Timestamp,
    /// The threads.
    pub threads: &'g Threads,
}

/// The sender of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sender {
    /// The mailbox that the message belongs to.
    pub mailbox: MailboxId,
    /// Whose number the tracking token has: the mailbox's owner, the user, or the address.
    pub owner: String,
}

impl SendContext<'_> {
    /// Returns the sender of a message.
    ///
    /// # Errors
    /// If its address does not belong to a mailbox, user or queue; or if the regarding record is of a type that the
    /// book has, but is not in the book.
    pub(crate) fn sender(&self, pending: &Pending) -> Result<Sender, Unsendable> {
        if let Some(regarding) = &pending.regarding
            && self.book.has_kind(&regarding.kind)
            && self.book.find(regarding).is_none()
        {
            return Err(Unsendable::UnknownRecord(regarding.clone()));
        }
        let mut distinct = Distinct::default();
        let from = distinct.addresses.intern(&pending.from.address);
        let resolver = pass::resolve(self.book, self.options, &distinct, self.now, self.threads);
        let created = CreatedRecords::default();
        let moment = AsOf {
            created: &created,
            ordinal: Ordinal::default(),
        };
        if let Some(&mailbox) = resolver.mailboxes_of(from).first() {
            let owner = self.options.mailbox(mailbox).owner.as_ref();
            return Ok(Sender {
                mailbox,
                owner: owner.map_or(pending.from.address.as_str().into(), ToString::to_string),
            });
        }
        let record = resolver.sender(MailboxId::GENERAL, from, moment).record;
        let record = record.map(|record| resolver.reference(record, &created));
        match record.filter(|record| matches!(&*record.kind, "systemuser" | "queue")) {
            Some(owner) => Ok(Sender {
                mailbox: MailboxId::GENERAL,
                owner: owner.to_string(),
            }),
            None => Err(Unsendable::Sender(pending.from.email.clone())),
        }
    }

    /// Makes the rows of a sent message and the changes of the state, and passes them to `take`. Returns `None` if that
    /// fails.
    pub(crate) fn track<R>(
        &self,
        (pending, composed): (&Pending, &Composed),
        sender: &Sender,
        source: &str,
        take: impl FnOnce(Tracked<'_, '_>) -> R,
    ) -> Option<R> {
        let mut distinct = Distinct::default();
        let head = header_end(&composed.whole, 0).unwrap_or(composed.whole.len());
        let draft = EnvelopeDraft::read(composed.whole.get(..head)?, self.rules)?;
        let file = MailFile::in_folder(Path::new(""), "", &[source]).pop()?;
        let mail = [Mail {
            source: MessageSource::Other(Box::new(ContainedMessage {
                name: source.into(),
                folder: "".into(),
                labels: None,
                place: SourceKey::default(),
                content: Content::File(file),
            })),
            envelope: draft.finish(&mut distinct),
            stands: false,
        }];
        let [Mail { envelope, .. }] = &mail;
        let resolver = pass::resolve(self.book, self.options, &distinct, self.now, self.threads);
        let mut decided = Decided {
            decisions: Vec::new(),
            activities: Vec::new(),
            created: CreatedRecords::default(),
            updates: Vec::new(),
            duplicates: Vec::new(),
            writing_for_others: Default::default(),
            over_limit: Vec::new(),
            smart_matching_cut: 0,
        };
        let moment = AsOf {
            created: &decided.created,
            ordinal: Ordinal::default(),
        };
        let judge = DecisionTable {
            resolver: &resolver,
            moment,
            mailbox: sender.mailbox,
            message: envelope,
            author: resolver.author(sender.mailbox, envelope),
        };
        let of = judge.sender();
        // R1: the received copy of internal mail may be another activity.
        let is_pair = self.options.organization.internal_email == InternalEmail::Track
            && judge.is_internal(of.as_ref(), Direction::Outgoing);
        let record: Option<RecordKey> = of.and_then(|of| of.record);
        let direction = is_pair.then_some(Direction::Outgoing);
        let identity = distinct.identities.get(envelope.identity);
        let id = ActivityId::Derived(activity_id(identity, direction));
        decided.activities.push(Activity {
            id: id.clone(),
            regarding: pending.regarding.clone().map(Arc::new),
            regarding_by: RegardingBy::Other,
            is_known: false,
        });
        decided.decisions.push(Decision {
            message: MessageNumber::default(),
            ordinal: Ordinal::default(),
            reason: Reason::Sent,
            direction: Direction::Outgoing,
            receiving: sender.mailbox,
            accepting: Some(sender.mailbox),
            sender: record,
            correlated: Some(Correlated {
                method: Method::None,
                activity: None,
            }),
            activity: Some(ActivityKey::new(0)),
            outcome: None,
        });
        let rows = OutputRows {
            resolver: &resolver,
            decided: &decided,
            mail: &mail,
            rules: self.rules,
            cards: None,
        };
        let decision = decided.decisions.first()?;
        let (mut emails, mut parties) = (Lines::default(), Lines::default());
        emails.push(&rows.email(decision, Some(mime::body(&composed.whole, false)))?);
        rows.parties(decision, &mut |party| parties.push(party));
        // It is in no mail folder, so no run sees it there; a copy of it will be recognized as a duplicate.
        let changes = History::default().changes(&rows, &[], Vec::new(), None);
        Some(take(Tracked {
            id: &id.to_string(),
            subject: envelope.subject(),
            sent_on: envelope.sent_on.get(),
            emails,
            parties,
            changes,
        }))
    }
}

/// The rows of a sent message, and the changes of the state.
pub(crate) struct Tracked<'r, 'c> {
    /// The activity's id.
    pub id: &'r str,
    /// The subject with its token.
    pub subject: Option<&'r str>,
    /// When it was sent.
    pub sent_on: Option<Timestamp>,
    /// The activity.
    pub emails: Lines,
    /// Its parties.
    pub parties: Lines,
    /// The changes of the state.
    pub changes: Changes<'c>,
}
