//! Errors of opening an index.

use std::io;

/// The reason that a file cannot be used as an index; its message follows the file's name.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The system refuses to open it.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It does not begin like an index.
    #[error(
        "is not a built book; a book is a folder with contact.csv, lead.csv, account.csv, systemuser.csv ..., or a file that `mailtrack book build` made of one"
    )]
    NotAnIndex,
    /// It is shorter than a header.
    #[error("is cut off: it has {0} bytes, less than the header of an index; {BUILD_AGAIN}")]
    NoHeader(usize),
    /// It was built on a machine with another byte order.
    #[error("is an index in another byte order than this program's; {BUILD_AGAIN}")]
    ByteOrder,
    /// It was built in another version of the format.
    #[error("is an index of format {found}, and this program reads format {known}; {BUILD_AGAIN}")]
    Version {
        /// The file's format version.
        found: u32,
        /// This program's format version.
        known: u32,
    },
    /// Its length differs from the one in its header.
    #[error("is cut off or longer than it was: it has {there} of {expected} bytes; {BUILD_AGAIN}")]
    Length {
        /// Its length in bytes.
        there: usize,
        /// The length that its header states, in bytes.
        expected: u64,
    },
    /// Its bytes are not what was written.
    #[error("is damaged: {0}; {BUILD_AGAIN}")]
    Damaged(&'static str),
}

const BUILD_AGAIN: &str = "build it again with `mailtrack book build`";
