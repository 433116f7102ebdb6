//! The errors of an export.

use std::path::Path;

use crate::output::committed::error::CommittedError;

/// What cannot be exported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The rows cannot be read back.
    #[error(transparent)]
    Committed(#[from] CommittedError),
    /// What is written to is not what it would have to be.
    #[error("{place}: {problem}")]
    Place {
        /// The file or the database.
        place: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A database refuses.
    #[error("{place}: {problem}")]
    Failed {
        /// The file or the database.
        place: String,
        /// Why.
        problem: String,
    },
    /// The system refuses to read what an earlier export has left.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The system refuses to write.
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
