//! The *counts* of a run of `send`: how many lines of the outboxes ended in which way.

use serde::Serialize;

/// Numbers of lines by outcome; `lines` is the sum of the others.
#[derive(Default, Serialize)]
pub(crate) struct SendCounts {
    /// Lines of all outboxes.
    pub lines: u64,
    /// Handed over by this run.
    pub sent: u64,
    /// Never to be sent.
    pub failed: u64,
    /// Perhaps sent: nobody can say.
    pub doubtful: u64,
    /// Waiting for the next run.
    pub pending: u64,
    /// Handed over by an earlier run.
    #[serde(rename = "sentbefore")]
    pub sent_before: u64,
    /// Refused by an earlier run.
    #[serde(rename = "failedbefore")]
    pub failed_before: u64,
    /// The same message as another line.
    pub repeated: u64,
    /// Why no more messages were handed over.
    pub stopped: Option<String>,
    /// In a dry run, a line for each message that would be sent.
    #[serde(skip)]
    pub would_send: Vec<String>,
}

impl SendCounts {
    /// Whether a message waits that this run was to send.
    pub(crate) fn has_pending(&self) -> bool {
        self.stopped.is_some() || self.pending > self.would_send.len() as u64
    }

    /// Whether a line failed, now or before, or could not be sent for certain.
    pub(crate) fn has_failures(&self) -> bool {
        self.failed + self.doubtful + self.failed_before + self.repeated > 0
    }
}
