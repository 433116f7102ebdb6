//! The destination of the lines of all tables.

use crate::output::error::OutputError;
use crate::output::lines::Lines;
use crate::output::table::{Lengths, Table};

use super::summary::Summary;

/// Takes rows in order. They count after the state has committed them.
pub trait Sink {
    /// Appends lines to a table.
    ///
    /// # Errors
    /// If they cannot be written.
    fn append(&mut self, table: Table, lines: &Lines) -> Result<(), OutputError>;

    /// Syncs everything that was appended, and returns the lengths of the files.
    ///
    /// # Errors
    /// If it cannot be written.
    fn sync(&mut self) -> Result<Lengths, OutputError>;

    /// Is called before the state commits what was synced. Until it has answered, nothing may be cut off: a commit can
    /// report an error and take effect nevertheless.
    fn committing(&mut self);

    /// Is called after the state has committed what was synced.
    fn committed(&mut self, lengths: Lengths);

    /// Writes and syncs the summary, which becomes visible only in [`close`](Sink::close).
    ///
    /// # Errors
    /// If it cannot be written.
    fn sum_up(&mut self, summary: &Summary) -> Result<(), OutputError>;

    /// Ends after a successful commit, and makes the summary visible.
    ///
    /// # Errors
    /// If that fails.
    fn close(self: Box<Self>) -> Result<(), OutputError>;
}

/// Discards all rows, for a dry run.
#[derive(Debug)]
pub struct Nowhere;

impl Sink for Nowhere {
    fn append(&mut self, _: Table, _: &Lines) -> Result<(), OutputError> {
        Ok(())
    }

    fn sync(&mut self) -> Result<Lengths, OutputError> {
        Ok(Lengths::default())
    }

    fn committing(&mut self) {}

    fn committed(&mut self, _: Lengths) {}

    fn sum_up(&mut self, _: &Summary) -> Result<(), OutputError> {
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<(), OutputError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::output::lines::Lines;

    #[test]
    fn a_row_without_a_form_is_not_lost_silently() {
        let mut lines = Lines::default();
        lines.push(&1);
        assert!(matches!(lines.bytes(), Ok(b"1\n")));
        lines.push(&std::collections::BTreeMap::from([((1, 2), 3)]));
        lines.push(&2);
        assert!(lines.bytes().is_err());
    }
}
