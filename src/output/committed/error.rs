//! Why the rows of an output folder cannot be read back.

use crate::output::state::error::StateError;

/// Rows of an output folder that cannot be read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommittedError {
    /// There is no state.
    #[error(
        "{folder}: does not contain state.db, so it is not an output folder; `run --out {folder}` makes one"
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
    /// The system refuses to read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
}
