//! The *counts* of a run of `send`: the number of lines of the outboxes by outcome.

use serde::Serialize;

/// The number of lines by outcome; `lines` is the sum of the others.
#[derive(Default, Serialize)]
pub(crate) struct SendCounts {
    /// Lines of all outboxes.
    pub lines: u64,
    /// Sent by this run.
    pub sent: u64,
    /// Refused for good.
    pub failed: u64,
    /// Possibly sent.
    pub doubtful: u64,
    /// Waiting for the next run.
    pub pending: u64,
    /// Sent by an earlier run.
    #[serde(rename = "sentbefore")]
    pub sent_before: u64,
    /// Refused by an earlier run.
    #[serde(rename = "failedbefore")]
    pub failed_before: u64,
    /// Equal to another line of this run.
    pub repeated: u64,
    /// The reason why sending stopped early.
    pub stopped: Option<String>,
    /// One line for each message that would be sent; filled in a dry run.
    #[serde(skip)]
    pub would_send: Vec<String>,
}

impl SendCounts {
    /// Returns whether a message is still waiting that this run should have sent.
    pub(crate) fn has_pending(&self) -> bool {
        self.stopped.is_some() || self.pending > self.would_send.len() as u64
    }

    /// Returns whether a line failed, now or before, or may not have been sent.
    pub(crate) fn has_failures(&self) -> bool {
        self.failed + self.doubtful + self.failed_before + self.repeated > 0
    }
}
