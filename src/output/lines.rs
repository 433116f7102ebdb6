//! Lines of a table, buffered before they are written.

use crate::output::error::OutputError;
use serde::Serialize;

/// Capacity in bytes that is kept when lines are cleared; a body may be as long as a message.
const ROOM_KEPT_BYTES: usize = 1 << 20;

/// Rows as JSON, one per line.
#[derive(Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    failed: Option<String>,
}

impl Lines {
    /// Adds a row. If it cannot be represented in JSON, [`bytes`](Lines::bytes) fails, so that no row is lost.
    pub fn push(&mut self, row: &impl Serialize) {
        match super::json::write(row, &mut self.bytes) {
            Ok(()) => self.bytes.push(b'\n'),
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    /// Removes all lines, but keeps an allocation of ordinary size.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(ROOM_KEPT_BYTES);
        self.failed = None;
    }

    /// Returns the lines.
    ///
    /// # Errors
    /// If a row could not be represented in JSON.
    pub fn bytes(&self) -> Result<&[u8], OutputError> {
        match &self.failed {
            None => Ok(&self.bytes),
            Some(error) => Err(OutputError::Row(error.clone())),
        }
    }
}
