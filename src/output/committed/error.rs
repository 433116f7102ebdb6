//! Errors of reading back an output folder.

use crate::output::state::error::StateError;

/// The rows of an output folder cannot be read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommittedError {
    /// The folder has no state.
    #[error(
        "{folder}: does not contain state.db, so it is not an output folder; `run --out {folder}` makes one"
    )]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// No run into the folder has finished.
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
    /// A file of the folder was altered.
    #[error("{path}: {problem}; put back what the run has written")]
    Altered {
        /// The file, and the line if there is one.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file cannot be read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
}
