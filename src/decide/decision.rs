//! What the fold over the messages decides. Each message, in order (R2), is a duplicate, tracked or not tracked; a
//! tracked one is correlated and may create records, and later decisions depend on that.

use std::sync::Arc;

use hashbrown::HashSet;
use jiff::Timestamp;

use super::correlate::{Facts, tokens};
use super::created::{CreatedId, CreatedRecords, Why};
use super::track::Reason;
use crate::base::reference::Reference;
use crate::decide::correlate::method::{ActivityKey, Correlated};
use crate::decide::duplicates::duplicate::Duplicate;
use crate::decide::ordinal::Ordinal;
use crate::decide::resolve::matches::RecordKey;
use crate::mail::address::Address;
use crate::mail::direction::Direction;
use crate::mail::envelope::{AddressId, Addresses};
use crate::mail::identity::{ActivityId, IdentityId};
use crate::mail::intake::MessageNumber;
use crate::options::{Correlation, MailboxId};

/// An activity that an earlier run tracked.
#[derive(Clone, Debug)]
pub struct RememberedActivity {
    /// The identity of its message, if mail of this run names it.
    pub identity: Option<IdentityId>,
    /// The direction, for internal mail that is tracked in both directions.
    pub direction: Option<Direction>,
    /// Its id.
    pub id: ActivityId,
    /// The source of its message in that run; `None` if it is not stored.
    pub source: Option<Box<str>>,
    /// The regarding record.
    pub regarding: Option<Reference>,
    /// The mailbox whose folder rule set the regarding record.
    pub folder: Option<Box<str>>,
    /// When it was received.
    pub received_on: Option<Timestamp>,
    /// Its tracking tokens.
    pub tokens: Box<str>,
    /// Its Thread-Index, base64.
    pub conversation_index: Box<str>,
    /// Its subject, for smart matching.
    pub subject: Box<str>,
    /// Its addresses in normal form, for smart matching.
    pub addresses: Vec<Address>,
}

impl RememberedActivity {
    /// Returns what correlation uses of it. Addresses that do not occur in the mail of the run are left out: no message
    /// can share them.
    pub fn facts(&self, addresses: &Addresses, options: &Correlation) -> Facts<'_> {
        Facts {
            identity: self.identity,
            received_on: self.received_on,
            subject: &self.subject,
            tokens: tokens(options, [&self.subject, &self.tokens]),
            conversation_index: &self.conversation_index,
            addresses: self
                .addresses
                .iter()
                .filter_map(|it| addresses.find(it))
                .collect(),
        }
    }
}

/// What set the regarding record of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegardingBy {
    /// Nothing, or correlation, or the CRM.
    Other,
    /// A folder rule of this mailbox, in an earlier run.
    FolderBefore(Box<str>),
    /// A folder rule of this mailbox, in this run.
    Folder(MailboxId),
}

/// An email activity: one that the CRM already has, or one that this run tracks.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its id.
    pub id: ActivityId,
    /// The regarding record.
    pub regarding: Option<Arc<Reference>>,
    /// What set the regarding record.
    pub regarding_by: RegardingBy,
    /// Whether it existed before this run.
    pub is_known: bool,
}

/// What was decided about one message.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The number of the message.
    pub message: MessageNumber,
    /// Its position in the order of decisions.
    pub ordinal: Ordinal,
    /// The reason.
    pub reason: Reason,
    /// The direction from the accepting mailbox's view; if none accepted it, from the receiving mailbox's.
    pub direction: Direction,
    /// The mailbox whose folder contains the message.
    pub receiving: MailboxId,
    /// The mailbox whose rules accepted it.
    pub accepting: Option<MailboxId>,
    /// The sender's record.
    pub sender: Option<RecordKey>,
    /// The result of correlation, if the message is tracked.
    pub correlated: Option<Correlated>,
    /// The activity of a tracked message; for a duplicate, that of the first copy.
    pub activity: Option<ActivityKey>,
    /// The records that it created, or why it did not; `None` for most messages.
    pub outcome: Option<Box<Outcome>>,
}

/// What a message that may create records did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The records.
    pub created: Box<[CreatedId]>,
    /// The addresses for which none was created, as written, and the reasons.
    pub not_created: Box<[(Box<str>, Why)]>,
}

impl Decision {
    /// Returns the records that it created.
    pub fn created(&self) -> &[CreatedId] {
        self.outcome.as_ref().map_or(&[], |it| &it.created)
    }

    /// Returns the addresses for which none was created, as written, and the reasons.
    pub fn not_created(&self) -> &[(Box<str>, Why)] {
        self.outcome.as_ref().map_or(&[], |it| &it.not_created)
    }
}

/// A changed regarding record of an activity that existed before the run (R5).
#[derive(Clone, Debug)]
pub struct Update {
    /// The activity.
    pub activity: ActivityKey,
    /// The new regarding record.
    pub regarding: Arc<Reference>,
    /// The mailbox whose folder rule sets it.
    pub mailbox: MailboxId,
    /// The message in the tracked folder.
    pub message: MessageNumber,
}

/// Everything that was decided.
#[derive(Debug)]
pub struct Decided {
    /// One decision per message, in the order of decisions.
    pub decisions: Vec<Decision>,
    /// Every activity: those known before the run first, then in the order of decisions.
    pub activities: Vec<Activity>,
    /// Every created record, in the order of creation.
    pub created: CreatedRecords,
    /// The changed regarding records.
    pub updates: Vec<Update>,
    /// Created records that the book's current state already has.
    pub duplicates: Vec<Duplicate>,
    /// Addresses whose own From header fields contain the names of other people (R11, `role`).
    pub writing_for_others: HashSet<AddressId>,
    /// The addresses without a record only because their message would have exceeded `email.create_limit`.
    pub over_limit: Vec<AddressId>,
    /// How often smart matching reached a limit and did not compare everything.
    pub smart_matching_cut: u64,
}

impl Decided {
    /// Returns the activity with this number.
    pub fn activity(&self, key: ActivityKey) -> &Activity {
        &self.activities[key.number() as usize]
    }
}
