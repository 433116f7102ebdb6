//! The errors of an export.

use crate::output::state::error::StateError;
use std::io::Write;
use std::path::Path;

/// What cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no state.
    #[error(
        "{folder}: holds no state.db, so it is not an output folder; `run --out {folder}` makes one"
    )]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// No run into it has come to its end.
    #[error(
        "{folder}: its first run was stopped before its end, or is still under way, so nothing in it counts yet; wait for it, or start it again with the same --out"
    )]
    NoRun {
        /// The folder.
        folder: String,
    },
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// A file of the folder is not as it was written.
    #[error("{path}: {problem}; put back what the run has written")]
    Altered {
        /// The file, and where it can be said the line.
        path: String,
        /// What it is.
        problem: String,
    },
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
    /// The system refuses to read.
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
