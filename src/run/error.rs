//! Why a run ends early.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::output::committed::error::CommittedError;
use crate::output::folder::FolderError;

/// A run that ended early, by who can put it right.
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

/// What a user can put right.
pub(crate) fn usage(error: impl std::error::Error + Send + Sync + 'static) -> RunError {
    RunError::Usage(error.into())
}

/// What the system refuses.
pub(crate) fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> RunError {
    RunError::Incomplete(error.into())
}

/// The error if the system does not say what is at a path.
pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> RunError {
    let path = path.display().to_string();
    move |error| RunError::Incomplete(anyhow::anyhow!("{path}: cannot be read: {error}"))
}

/// What a user can put right, in words.
pub(crate) fn wrong(message: impl Display) -> RunError {
    RunError::Usage(anyhow::anyhow!("{message}"))
}
