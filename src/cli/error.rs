//! Errors that end a command, and their exit status.

use std::fmt::Display;
use std::io;
use std::path::Path;

use super::console::Console;
use crate::output::folder::FolderError;
use crate::run::error::RunError;

/// An error that ends a command.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// Wrong arguments, options or book; nothing was written.
    Usage(anyhow::Error),
    /// The command could not be completed.
    Incomplete(anyhow::Error),
    /// The reader of the output has closed it.
    BrokenPipe,
}

impl CommandError {
    /// Prints the error on the error stream, and returns the exit status.
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

    /// Returns the message; an empty one for a closed pipe.
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

/// Wraps the error if a path cannot be examined.
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
