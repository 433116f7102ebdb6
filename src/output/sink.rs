//! Where the lines of all tables go.

use crate::output::error::OutputError;
use crate::output::lines::Lines;
use crate::output::table::{Lengths, Table};

use super::summary::Summary;

/// Takes rows in order. They count once the state says so.
pub trait Sink {
    /// Adds lines to a table.
    ///
    /// # Errors
    /// If they cannot be written.
    fn append(&mut self, table: Table, lines: &Lines) -> Result<(), OutputError>;

    /// Has the system keep everything that was added; how long the files are now.
    ///
    /// # Errors
    /// If it cannot be written.
    fn sync(&mut self) -> Result<Lengths, OutputError>;

    /// Takes note that the state is asked to commit what was synced. Until it has answered, nothing is cut off: an error may
    /// come after everything was kept.
    fn committing(&mut self);

    /// Takes note that the state has committed what was synced.
    fn committed(&mut self, lengths: Lengths);

    /// Writes the summary and has the system keep it; it is not seen before the end.
    ///
    /// # Errors
    /// If it cannot be written.
    fn sum_up(&mut self, summary: &Summary) -> Result<(), OutputError>;

    /// Ends, the state having committed what was synced; the summary is there from then on.
    ///
    /// # Errors
    /// If it cannot be.
    fn close(self: Box<Self>) -> Result<(), OutputError>;
}

/// Takes rows and keeps none: a dry run.
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
    fn a_row_without_a_form_is_no_silent_loss() {
        let mut lines = Lines::default();
        lines.push(&1);
        assert!(matches!(lines.bytes(), Ok(b"1\n")));
        lines.push(&std::collections::BTreeMap::from([((1, 2), 3)]));
        lines.push(&2);
        assert!(lines.bytes().is_err());
    }
}
