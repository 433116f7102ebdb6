//! Errors of reading a message, or a file with several.

use std::io;

/// The reason that a message could not be read (R12).
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Something else has replaced the file.
    #[error("has become {0} since it was listed, so it is not read")]
    Replaced(&'static str),
    /// A program has written to the file, and its messages are no longer where they were.
    #[error("was changed or shortened while it was read; run again once no program writes to it")]
    Changed,
    /// A file that consists mostly of holes.
    #[error(
        "has a size of {size} bytes and takes {stored} on disk, so it is not read: mail files do not have such holes"
    )]
    Holes {
        /// Its size in bytes.
        size: u64,
        /// The number of bytes that are stored on disk.
        stored: u64,
    },
    /// The message is larger than the limit.
    #[error("{size} bytes, more than the limit of {limit} (--max-size)")]
    TooLarge {
        /// The message's size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Compressed data is damaged.
    #[error("cannot be unpacked: {0}; it is damaged or cut off")]
    Damaged(io::Error),
    /// The uncompressed message is larger than the limit.
    #[error("unpacks to more than the limit of {limit} bytes (--max-size)")]
    UnpacksTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The file unpacks to far more than mail would.
    #[error(
        "unpacks to more than {limit} bytes, far more than mail of its size does, so it is not read; if it is sound, unpack it first"
    )]
    Bomb {
        /// The limit in bytes.
        limit: u64,
    },
    /// The archive contains too many files.
    #[error("holds more than {limit} files, so it is not read; unpack it first")]
    TooManyEntries {
        /// The limit.
        limit: u64,
    },
    /// The temporary file for unpacking cannot be written.
    #[error(
        "cannot be unpacked: the temporary file cannot be written: {0}; TMPDIR names another place"
    )]
    Spooling(io::Error),
}

impl ReadError {
    /// Converts an error of unpacking: with a system error number it is a read error, otherwise the data is damaged.
    pub(super) fn unpacking(error: io::Error) -> ReadError {
        if error.raw_os_error().is_some() {
            ReadError::Io(error)
        } else {
            ReadError::Damaged(error)
        }
    }

    /// Returns whether the error concerns the file, and not a message in it.
    pub fn is_of_file(&self) -> bool {
        match self {
            ReadError::Io(_)
            | ReadError::Replaced(_)
            | ReadError::Changed
            | ReadError::Holes { .. }
            | ReadError::Damaged(_)
            | ReadError::Bomb { .. }
            | ReadError::TooManyEntries { .. }
            | ReadError::Spooling(_) => true,
            ReadError::TooLarge { .. } | ReadError::UnpacksTooLarge { .. } => false,
        }
    }
}
