//! Outcomes of messages, and the number of messages with each.

use crate::decide::track::Reason;

/// The outcome of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Tracked,
    NotTracked,
    Duplicate,
}

impl Outcome {
    pub(super) fn of(reason: Reason) -> Outcome {
        match reason {
            Reason::Duplicate => Outcome::Duplicate,
            reason if reason.is_tracked() => Outcome::Tracked,
            _ => Outcome::NotTracked,
        }
    }

    /// Returns its class in `page.css`, which `page.js` also gets from the data.
    pub(super) fn class(self) -> &'static str {
        match self {
            Outcome::Tracked => "tracked",
            Outcome::NotTracked => "not",
            Outcome::Duplicate => "duplicate",
        }
    }
}

/// Numbers of messages by outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcomes {
    pub(super) tracked: u64,
    pub(super) not_tracked: u64,
    pub(super) duplicates: u64,
}

impl Outcomes {
    /// Counts one message.
    pub(super) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Tracked => &mut self.tracked,
            Outcome::NotTracked => &mut self.not_tracked,
            Outcome::Duplicate => &mut self.duplicates,
        } += 1;
    }

    pub(super) fn add(&mut self, other: Outcomes) {
        self.tracked += other.tracked;
        self.not_tracked += other.not_tracked;
        self.duplicates += other.duplicates;
    }

    pub(super) fn total(&self) -> u64 {
        self.tracked + self.not_tracked + self.duplicates
    }
}
