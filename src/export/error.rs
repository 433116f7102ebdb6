//! The errors of an export.

use std::path::Path;

use crate::output::committed::error::CommittedError;

/// An export that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The rows cannot be read back.
    #[error(transparent)]
    Committed(#[from] CommittedError),
    /// The target is not suitable.
    #[error("{place}: {problem}")]
    Place {
        /// The file or the database.
        place: String,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// A database reports an error.
    #[error("{place}: {problem}")]
    Failed {
        /// The file or the database.
        place: String,
        /// The reason.
        problem: String,
    },
    /// The list of a stopped export cannot be read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{path}: cannot be written: {error}")]
    Write {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
}

impl ExportError {
    pub(super) fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> ExportError {
        let path = path.display().to_string();
        move |error| ExportError::Write { path, error }
    }
}
