//! Errors of the output folder.

use crate::base::disk;
use crate::output::table::Table;
use crate::output::table::file_name;
use std::path::Path;
use std::path::PathBuf;

/// Output that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder has output files but no state.
    #[error(
        "{folder}: holds {file} and no state.db, so nothing can be added to it: put state.db back, or rebuild it with `mailtrack run --rebuild-state` over the same mail, book and options, or give another --out"
    )]
    NotOurs {
        /// The folder.
        folder: String,
        /// The file.
        file: String,
    },
    /// A file is shorter than the part of it that is committed.
    #[error(
        "{path}: has {length} bytes, and earlier runs had written {committed}: it was cut off or removed; put it back, or decide again what it has lost with `mailtrack run --rebuild-state`, or {way_out}"
    )]
    CutOff {
        /// The file.
        path: String,
        /// Its length in bytes.
        length: u64,
        /// Its committed length in bytes.
        committed: u64,
        /// What to do if the missing part is lost.
        way_out: String,
    },
    /// A row cannot be represented in JSON.
    #[error("a row cannot be written as JSON: {0}; please report this")]
    Row(String),
    /// A file cannot be examined.
    #[error("{path}: cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{path}: cannot be written: {error}")]
    Io {
        /// The file.
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

/// Describes what to do if a folder cannot be repaired.
pub(crate) fn recovery_advice(folder: &Path) -> String {
    let words = "run over all of the mail with another --out: ids stay the same, so that an export delivers nothing twice";
    // Only the state and this file record which messages were sent.
    let sent = folder.join(file_name(Table::Sent));
    match disk::length(&sent) {
        Ok(0) => words.into(),
        _ => format!(
            "{words}; `send` would send again what {} lists, so take that out of the outbox first",
            sent.display()
        ),
    }
}
