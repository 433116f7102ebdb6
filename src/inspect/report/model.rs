//! The content of a report.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use jiff::Timestamp;

use super::conversations::Conversation;
use super::interner::Interner;
use super::outcomes::Outcomes;
use super::shared_addresses::SharedAddress;
use super::timeline::DailyOutcomes;
use super::unknown_senders::TopUnknownSenders;
use crate::decide::created::Why;
use crate::decide::track::Reason;

/// A row of the page's table: a decision with the data of its activity.
#[derive(Debug)]
pub(super) struct DecisionRow {
    pub(super) source: Box<str>,
    /// The index of the arguments of its run, if they are known.
    pub(super) given: Option<usize>,
    pub(super) time: Option<Timestamp>,
    pub(super) is_outgoing: bool,
    pub(super) reason: Reason,
    pub(super) mailbox: u32,
    pub(super) sender: Option<u32>,
    pub(super) sender_record: Option<u32>,
    pub(super) accepting: Option<u32>,
    pub(super) method: Option<u8>,
    pub(super) activity: Option<Box<str>>,
    pub(super) created: Vec<u32>,
    pub(super) not_created: Vec<(u32, Why)>,
    pub(super) subject: Option<Box<str>>,
    pub(super) regarding: Option<u32>,
    pub(super) correlated: Option<Box<str>>,
    pub(super) parties: Vec<RowParty>,
}

/// A party of a row's activity.
#[derive(Debug)]
pub(super) struct RowParty {
    pub(super) mask: u8,
    pub(super) address: Option<u32>,
    pub(super) record: Option<u32>,
    pub(super) is_out_of_scope: bool,
}

/// A created record.
#[derive(Debug)]
pub(super) struct CreatedRecord {
    pub(super) record: u32,
    pub(super) address: String,
    pub(super) company: Option<String>,
    pub(super) activity: Box<str>,
}

/// The content of a report. Ids are those of its interners.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(super) reasons: BTreeMap<Reason, u64>,
    pub(super) outcomes: Outcomes,
    pub(super) days: DailyOutcomes,
    pub(super) by_mailbox: BTreeMap<u32, Outcomes>,
    pub(super) unknown_senders: TopUnknownSenders,
    pub(super) shared: Vec<SharedAddress>,
    /// The number of shared addresses, including those that are not in `shared`.
    pub(super) shared_count: usize,
    /// Whether an address book was searched for addresses that several records share.
    pub(super) has_book: bool,
    pub(super) created: Vec<CreatedRecord>,
    pub(super) created_counts: BTreeMap<&'static str, u64>,
    /// By reason, the addresses for which no record was created, and how often each was refused.
    pub(super) not_created: BTreeMap<Why, HashMap<u32, u64>>,
    pub(super) conversations: Vec<Conversation>,
    pub(super) failures: Vec<(String, String)>,
    pub(super) failure_count: u64,
    /// Activities that `send` made.
    pub(super) sent: u64,
    /// The rows of the table, in the order of the decisions.
    pub(super) rows: Vec<DecisionRow>,
    /// The number of earlier decisions, for which the table has no row.
    pub(super) left_out: u64,
    pub(super) mailboxes: Interner,
    /// Records as `type:id`.
    pub(super) records: Interner,
    pub(super) record_names: HashMap<u32, Box<str>>,
    /// Addresses and other senders as written in mail.
    pub(super) written: Interner,
    /// The rows of tracked decisions, by activity.
    pub(super) row_of_activity: HashMap<Box<str>, u32>,
}

impl Report {
    /// Returns the number of decisions, including those that the table leaves out.
    pub(crate) fn decisions(&self) -> u64 {
        self.outcomes.total()
    }

    /// Returns the row of the tracked decision that made an activity.
    pub(super) fn row(&self, activity: &str) -> Option<u32> {
        self.row_of_activity.get(activity).copied()
    }

    /// Returns the name of a record, if it is known, and its `type:id`.
    pub(super) fn record_name(&self, record: u32) -> (Option<&str>, &str) {
        let name = self.record_names.get(&record).map(|name| &**name);
        (name, self.records.text(record))
    }
}
