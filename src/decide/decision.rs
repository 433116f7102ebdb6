//! *To decide* is to fold over the messages in their order (R2): each is a duplicate, tracked or not, correlated, and
//! may create records; what comes after depends on it. Nothing here touches a file, and one thread does it all, so
//! that the result is the same on any number of threads.

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
    /// The identity of its message, where this run's mail names it.
    pub identity: Option<IdentityId>,
    /// Of internal mail that is tracked both ways: the direction.
    pub direction: Option<Direction>,
    /// Its id.
    pub id: ActivityId,
    /// The source of its message then; `None` if that is not known.
    pub source: Option<Box<str>>,
    /// The record that it is about.
    pub regarding: Option<Reference>,
    /// The mailbox whose folder rule said so.
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
    /// What it is known by. Of its addresses only those that the run has met have a number; no message could have the
    /// others in common with it.
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

/// Who has said what record an activity is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegardingBy {
    /// Nobody, or correlation, or the CRM.
    Other,
    /// A folder rule of that mailbox, in an earlier run.
    FolderBefore(Box<str>),
    /// A folder rule of that mailbox, in this run.
    Folder(MailboxId),
}

/// An email activity: one that the CRM already has, or one that this run tracks.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its id.
    pub id: ActivityId,
    /// The record that it is about.
    pub regarding: Option<Arc<Reference>>,
    /// Who has said so.
    pub regarding_by: RegardingBy,
    /// Whether it was there before this run.
    pub is_known: bool,
}

/// What was decided of one message.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The message's number.
    pub message: MessageNumber,
    /// Its number in the order of decisions.
    pub ordinal: Ordinal,
    /// Why.
    pub reason: Reason,
    /// The direction it has in the accepting mailbox, else in the receiving one.
    pub direction: Direction,
    /// The mailbox that holds it.
    pub receiving: MailboxId,
    /// The mailbox whose rules accepted it.
    pub accepting: Option<MailboxId>,
    /// The sender's record.
    pub sender: Option<RecordKey>,
    /// Of a tracked message: what it was tied to.
    pub correlated: Option<Correlated>,
    /// Of a tracked message its activity, of a duplicate the first one's.
    pub activity: Option<ActivityKey>,
    /// What it created, or did not; `None` of most messages.
    pub outcome: Option<Box<Outcome>>,
}

/// What came of a message that may create records.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The records.
    pub created: Box<[CreatedId]>,
    /// The addresses for which none was created, as written, and why.
    pub not_created: Box<[(Box<str>, Why)]>,
}

impl Decision {
    /// The records that it created.
    pub fn created(&self) -> &[CreatedId] {
        self.outcome.as_ref().map_or(&[], |it| &it.created)
    }

    /// The addresses for which none was created, as written, and why.
    pub fn not_created(&self) -> &[(Box<str>, Why)] {
        self.outcome.as_ref().map_or(&[], |it| &it.not_created)
    }
}

/// A regarding record that changed of an activity that the CRM had before (R5).
#[derive(Clone, Debug)]
pub struct Update {
    /// The activity.
    pub activity: ActivityKey,
    /// The record that it is now about.
    pub regarding: Arc<Reference>,
    /// The mailbox whose folder rule says so.
    pub mailbox: MailboxId,
    /// The number of the message in the tracked folder.
    pub message: MessageNumber,
}

/// Everything that was decided.
#[derive(Debug)]
pub struct Decided {
    /// One decision a message, in order.
    pub decisions: Vec<Decision>,
    /// Every activity: known ones first, then in order.
    pub activities: Vec<Activity>,
    /// Every created record, in order.
    pub created: CreatedRecords,
    /// Regarding records that changed.
    pub updates: Vec<Update>,
    /// Created records that the book has already.
    pub duplicates: Vec<Duplicate>,
    /// Addresses whose own From headers bear the names of others (R11, `role`).
    pub writing_for_others: HashSet<AddressId>,
    /// The addresses that got no record only because their message would have created too many.
    pub over_limit: Vec<AddressId>,
    /// How many times smart matching did not compare everything, since there was too much of it.
    pub smart_matching_cut: u64,
}

impl Decided {
    /// The activity of that number.
    pub fn activity(&self, key: ActivityKey) -> &Activity {
        &self.activities[key.number() as usize]
    }
}
