//! Why a state cannot be made anew.

/// A folder from whose lines no state can be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RebuildError {
    /// A file cannot be read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A line is not as a run writes it.
    #[error(
        "{path}:{line}: is not as mailtrack wrote it: {why}; nothing was changed. Put the file back from a copy, or run over all of the mail with another --out"
    )]
    Wrong {
        /// The file.
        path: String,
        /// The line's number, from 1 on.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Something of the mail cannot be read, and decided messages are not there.
    #[error(
        "{source_name}: cannot be read now, and may hold messages that were decided: {why}; nothing was changed. Give the command again once it can be read"
    )]
    Unreadable {
        /// What it is called.
        source_name: String,
        /// The reason.
        why: String,
    },
    /// Lines are missing, and their messages are not in the mail.
    #[error(
        "{folder}: {what}, and the mail that was given does not have it; nothing was changed. Give all of the mail that the folder was made of, or run with another --out"
    )]
    Lost {
        /// The output folder.
        folder: String,
        /// Which lines, of which message.
        what: String,
    },
}

impl RebuildError {
    pub(super) fn unread(path: &str, error: std::io::Error) -> RebuildError {
        RebuildError::Read {
            path: path.into(),
            error,
        }
    }
}
