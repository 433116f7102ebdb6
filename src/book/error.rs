//! Errors of reading and building a book.

use std::fmt;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// The errors of a book that cannot be used: each names the file, the line, and what would be right.
#[derive(Debug, PartialEq)]
pub struct BookError(pub(crate) Vec<String>);

impl std::error::Error for BookError {}

impl BookError {
    /// Creates an error with one message.
    pub(crate) fn of(message: String) -> BookError {
        BookError(vec![message])
    }

    /// Creates the error for a path that the system cannot read.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> BookError {
        BookError::of(format!("{}: cannot be read: {error}", path.display()))
    }
}

impl fmt::Display for BookError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(ERRORS_SHOWN_MAX)];
        out.write_str(&shown.join("\n"))?;
        match self.0.len() - shown.len() {
            0 => Ok(()),
            1 => out.write_str("\n... and 1 more error in the book"),
            more => write!(out, "\n... and {more} more errors in the book"),
        }
    }
}

/// An error of building a book into a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// The source has errors.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The file cannot be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Maximum number of errors that are shown at once; a file with more usually has one cause.
pub(crate) const ERRORS_SHOWN_MAX: usize = 20;
