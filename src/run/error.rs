//! Errors that end a run.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::output::committed::error::CommittedError;
use crate::output::folder::FolderError;

/// An error that ends a run, by who can correct it.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Wrong arguments, options or book; nothing was written.
    #[error("{0:#}")]
    Usage(anyhow::Error),
    /// The run could not be completed.
    #[error("{0:#}")]
    Incomplete(anyhow::Error),
}

impl From<FolderError> for RunError {
    fn from(error: FolderError) -> RunError {
        match error.is_wrong_argument() {
            true => usage(error),
            false => incomplete(error),
        }
    }
}

impl From<CommittedError> for RunError {
    fn from(error: CommittedError) -> RunError {
        match error {
            CommittedError::Read { .. } => incomplete(error),
            _ => usage(error),
        }
    }
}

/// Wraps an error that the user can correct.
pub(crate) fn usage(error: impl std::error::Error + Send + Sync + 'static) -> RunError {
    RunError::Usage(error.into())
}

/// Wraps an error of the system.
pub(crate) fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> RunError {
    RunError::Incomplete(error.into())
}

/// Wraps the error if a path cannot be examined.
pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> RunError {
    let path = path.display().to_string();
    move |error| RunError::Incomplete(anyhow::anyhow!("{path}: cannot be read: {error}"))
}

/// Returns an error, given as text, that the user can correct.
pub(crate) fn wrong(message: impl Display) -> RunError {
    RunError::Usage(anyhow::anyhow!("{message}"))
}
