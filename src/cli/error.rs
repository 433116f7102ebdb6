//! Why a command ends early, and its exit status.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::console::Console;
use crate::output::folder::FolderError;
use crate::run::error::RunError;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// Wrong arguments, options or book; nothing was written.
    Usage(anyhow::Error),
    /// It could not be completed.
    Incomplete(anyhow::Error),
    /// Who reads the output has gone.
    BrokenPipe,
}

impl CommandError {
    /// Reports it on the error stream; the exit status.
    pub(crate) fn report(&self, console: &Console<'_>) -> u8 {
        for line in self.words().lines() {
            console.error_line(&format!("mailtrack: {line}"));
        }
        match self {
            CommandError::Usage(_) => 2,
            CommandError::Incomplete(_) => 1,
            CommandError::BrokenPipe => 0,
        }
    }

    /// What it says; nothing if nobody reads any more.
    pub(super) fn words(&self) -> String {
        match self {
            CommandError::Usage(error) | CommandError::Incomplete(error) => format!("{error:#}"),
            CommandError::BrokenPipe => String::new(),
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> CommandError {
        match error.kind() {
            io::ErrorKind::BrokenPipe => CommandError::BrokenPipe,
            _ => CommandError::Incomplete(
                anyhow::Error::new(error).context("standard output cannot be written"),
            ),
        }
    }
}

pub(crate) fn usage(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Usage(error.into())
}

pub(crate) fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Incomplete(error.into())
}

/// The error if the system does not say what is at a path.
pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.display().to_string();
    move |error| CommandError::Incomplete(anyhow::anyhow!("{path}: cannot be read: {error}"))
}

pub(crate) fn wrong(message: impl Display) -> CommandError {
    CommandError::Usage(anyhow::anyhow!("{message}"))
}

impl From<RunError> for CommandError {
    fn from(error: RunError) -> CommandError {
        match error {
            RunError::Usage(error) => CommandError::Usage(error),
            RunError::Incomplete(error) => CommandError::Incomplete(error),
        }
    }
}

impl From<FolderError> for CommandError {
    fn from(error: FolderError) -> CommandError {
        RunError::from(error).into()
    }
}
