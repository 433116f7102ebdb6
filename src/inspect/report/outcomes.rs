//! How many messages had which outcome.

use crate::decide::track::Reason;

/// What became of messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcomes {
    pub(super) tracked: u64,
    pub(super) not_tracked: u64,
    pub(super) duplicates: u64,
}

impl Outcomes {
    pub(super) fn of(reason: Reason) -> Outcomes {
        let mut one = Outcomes::default();
        match reason {
            Reason::Duplicate => one.duplicates = 1,
            reason if reason.is_tracked() => one.tracked = 1,
            _ => one.not_tracked = 1,
        }
        one
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
