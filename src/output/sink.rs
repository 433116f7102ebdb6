//! Where the lines of all tables go.

use crate::output::jsonl::file_name;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::summary::Summary;
use crate::base::disk;

/// A kind of row, and the file that it goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Email activities.
    Emails,
    /// Their parties.
    ActivityParties,
    /// Created contacts.
    Contacts,
    /// Created leads.
    Leads,
    /// One line for each message.
    Decisions,
    /// Regarding records that changed.
    Updates,
    /// Created records that the book has already.
    Duplicates,
    /// What could not be read.
    Failures,
    /// Messages that `send` has sent.
    Sent,
    /// Messages that it could not send.
    Failed,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 10] = [
        Table::Emails,
        Table::ActivityParties,
        Table::Contacts,
        Table::Leads,
        Table::Decisions,
        Table::Updates,
        Table::Duplicates,
        Table::Failures,
        Table::Sent,
        Table::Failed,
    ];

    /// Whether its file is there also where it is empty; the others are made with their first row.
    pub(super) fn is_always_there(self) -> bool {
        !matches!(self, Table::Sent | Table::Failed)
    }

    /// The file's name without its ending.
    pub fn name(self) -> &'static str {
        match self {
            Table::Emails => "emails",
            Table::ActivityParties => "activityparties",
            Table::Contacts => "contacts",
            Table::Leads => "leads",
            Table::Decisions => "decisions",
            Table::Updates => "updates",
            Table::Duplicates => "duplicates",
            Table::Failures => "failures",
            Table::Sent => "sent",
            Table::Failed => "failed",
        }
    }
}

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

    /// Forgets the lines and keeps their room, where it is not far more than lines take.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(ROOM_KEPT_BYTES);
        self.failed = None;
    }

    /// The lines' bytes.
    ///
    /// # Errors
    /// Where a row had no form in JSON.
    pub fn bytes(&self) -> Result<&[u8], OutputError> {
        match &self.failed {
            None => Ok(&self.bytes),
            Some(error) => Err(OutputError::Row(error.clone())),
        }
    }
}

/// Output that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder holds files of that name and no state.
    #[error(
        "{folder}: holds {file} and no state.db, so that nothing can be added to it: put state.db back, or make it anew with `mailtrack run --rebuild-state` over the same mail, book and options, or give another --out"
    )]
    NotOurs {
        /// The folder.
        folder: String,
        /// The file.
        file: String,
    },
    /// A file has lost what an earlier run had written.
    #[error(
        "{path}: has {length} bytes, and earlier runs had written {committed}: it was cut off or removed; put it back, or decide again what it has lost with `mailtrack run --rebuild-state`, or {way_out}"
    )]
    CutOff {
        /// The file.
        path: String,
        /// How long it is.
        length: u64,
        /// How long it was.
        committed: u64,
        /// What can be done without it.
        way_out: String,
    },
    /// A row has no form in JSON.
    #[error("a row cannot be written as JSON: {0}; please report this")]
    Row(String),
    /// The system does not say what is there.
    #[error("{path}: cannot be read: {error}")]
    Unreadable {
        /// What was asked for.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The system refuses.
    #[error("{path}: cannot be written: {error}")]
    Io {
        /// What was to be written.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
}

impl OutputError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> OutputError {
        let path: PathBuf = path.into();
        move |error| OutputError::Io {
            path: path.display().to_string(),
            error,
        }
    }

    pub(super) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> OutputError {
        let path = path.display().to_string();
        move |error| OutputError::Unreadable { path, error }
    }
}

/// Says how to go on if a folder cannot be put right.
pub fn way_out(folder: &Path) -> String {
    let words = "run over all of the mail with another --out: ids stay the same, so that an export delivers nothing twice";
    // Nobody but the state and this file knows what went out.
    let sent = folder.join(file_name(Table::Sent));
    match disk::length(&sent) {
        Ok(0) => words.into(),
        _ => format!(
            "{words}; `send` would send again what {} lists, so take that out of the outbox first",
            sent.display()
        ),
    }
}

/// How many bytes of each table's file are committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths([u64; Table::ALL.len()]);

impl Lengths {
    /// Of one table's file.
    pub fn of(&self, table: Table) -> u64 {
        self.0[table as usize]
    }

    /// Sets that of one table's file.
    pub fn set(&mut self, table: Table, length: u64) {
        self.0[table as usize] = length;
    }
}

/// Takes rows in order. They count once the state says so.
pub trait Sink {
    /// Adds lines to a table.
    ///
    /// # Errors
    /// Where they cannot be written.
    fn append(&mut self, table: Table, lines: &Lines) -> Result<(), OutputError>;

    /// Has the system keep everything that was added; how long the files are now.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn sync(&mut self) -> Result<Lengths, OutputError>;

    /// Takes note that the state is asked to commit what was synced. Until it has answered, nothing is cut off: an error may
    /// come after everything was kept.
    fn committing(&mut self);

    /// Takes note that the state has committed what was synced.
    fn committed(&mut self, lengths: Lengths);

    /// Writes the summary and has the system keep it; it is not seen before the end.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn sum_up(&mut self, summary: &Summary) -> Result<(), OutputError>;

    /// Ends, the state having committed what was synced; the summary is there from then on.
    ///
    /// # Errors
    /// Where it cannot be.
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
    use super::Lines;

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
