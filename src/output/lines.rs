//! Lines of the tables, before they are written.

use crate::output::error::OutputError;
use serde::Serialize;

/// Room that lines keep when they are cleared; a body may be as long as a message.
const ROOM_KEPT_BYTES: usize = 1 << 20;

/// Rows as JSON, one a line.
#[derive(Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    failed: Option<String>,
}

impl Lines {
    /// Adds a row. One that has no form in JSON makes [`bytes`](Lines::bytes) fail, so that none is lost.
    pub fn push(&mut self, row: &impl Serialize) {
        match super::json::write(row, &mut self.bytes) {
            Ok(()) => self.bytes.push(b'\n'),
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    /// Forgets the lines and keeps their room, if it is not far more than lines take.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(ROOM_KEPT_BYTES);
        self.failed = None;
    }

    /// The lines' bytes.
    ///
    /// # Errors
    /// If a row had no form in JSON.
    pub fn bytes(&self) -> Result<&[u8], OutputError> {
        match &self.failed {
            None => Ok(&self.bytes),
            Some(error) => Err(OutputError::Row(error.clone())),
        }
    }
}
