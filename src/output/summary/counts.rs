//! Counts of a run that are made while rows are written.

use crate::output::row::ActivityParty;
use schemars::JsonSchema;
use serde::Serialize;

/// The counts that are known only after the rows are made.
#[derive(Debug, Default)]
pub struct Written {
    /// How the parties were linked.
    pub parties: PartyCounts,
    /// Messages whose body could no longer be read when it was to be written.
    pub bodies_lost: Vec<Box<str>>,
}

/// Maximum number of examples of anything that are listed.
pub(super) const EXAMPLES_MAX: usize = 5;

/// How the parties of activities were linked.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PartyCounts {
    /// Parties that are linked to a record.
    pub resolved: u64,
    /// Parties that are not.
    pub unresolved: u64,
    /// Unresolved parties whose records are out of scope or inactive.
    pub outofscope: u64,
    /// Parties that matched only under an address equivalence.
    pub weaker: u64,
}

impl PartyCounts {
    /// Counts a party.
    pub fn count(&mut self, party: &ActivityParty<'_>) {
        if party.partyid.is_some() {
            self.resolved += 1;
        } else {
            self.unresolved += 1;
        }
        self.outofscope += u64::from(party.outofscope);
        self.weaker += u64::from(party.equivalence.is_some());
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &PartyCounts) {
        self.resolved += other.resolved;
        self.unresolved += other.unresolved;
        self.outofscope += other.outofscope;
        self.weaker += other.weaker;
    }
}

/// Messages by outcome; `total` is the sum of the others.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MessageCounts {
    /// All messages.
    pub total: u64,
    /// Messages that this run tracked.
    pub tracked: u64,
    /// Messages that this run decided not to track.
    pub nottracked: u64,
    /// Messages whose identity is already tracked (R1).
    pub duplicates: u64,
    /// Messages that an earlier run decided at the same place (R1); they are not decided again.
    pub seen: u64,
    /// Messages and files that could not be read (R12).
    pub failures: u64,
}

/// Files by fate; `total` is the sum of the others.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Files {
    /// All files.
    pub total: u64,
    /// Files with at least one message.
    pub withmessages: u64,
    /// Files that are not mail.
    pub skipped: u64,
    /// Files that could not be read.
    pub unreadable: u64,
}

/// How long the stages of a run took, in seconds.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Timing {
    /// Opening or reading the book.
    pub book_seconds: f64,
    /// Finding the mail and reading header sections.
    pub read_seconds: f64,
    /// Resolving and deciding.
    pub decide_seconds: f64,
    /// Reading bodies, writing the output and committing it.
    pub write_seconds: f64,
    /// The whole run.
    pub total_seconds: f64,
    /// All messages, divided by `total_seconds`.
    pub messages_per_second: f64,
    /// Number of threads.
    pub threads: usize,
}

/// An address and a number of messages.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AddressCount {
    /// The address, normalized.
    pub address: String,
    /// Number of messages.
    pub messages: u64,
}

/// An address that several records share.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SharedAddress {
    /// The address, normalized.
    pub address: String,
    /// The records that have it.
    pub records: Vec<String>,
}
