//! Why a file is not an index that can be used.

use std::io;

/// Why a file is not an index that can be used; its words follow the file's name.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The system refuses to open it.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It does not begin as an index does.
    #[error(
        "is not a built book; a book is a folder with contact.csv, lead.csv, account.csv, systemuser.csv ..., or a file that `mailtrack book build` made of one"
    )]
    NotAnIndex,
    /// It is shorter than a header.
    #[error("is cut off: it has {0} bytes, less than the header of an index; {BUILD_AGAIN}")]
    NoHeader(usize),
    /// It was built on another kind of machine.
    #[error("is an index in another byte order than this program's; {BUILD_AGAIN}")]
    ByteOrder,
    /// It was built by another version.
    #[error("is an index of format {found}, and this program reads format {known}; {BUILD_AGAIN}")]
    Version {
        /// Its format.
        found: u32,
        /// This program's.
        known: u32,
    },
    /// It is not as long as its header says.
    #[error("is cut off or longer than it was: it has {there} of {expected} bytes; {BUILD_AGAIN}")]
    Length {
        /// Its length.
        there: usize,
        /// The length that the header says.
        expected: u64,
    },
    /// Its bytes are not what was written.
    #[error("is damaged: {0}; {BUILD_AGAIN}")]
    Damaged(&'static str),
}

const BUILD_AGAIN: &str = "build it again with `mailtrack book build`";
