//! Errors of rebuilding a state.

/// A state cannot be rebuilt.
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
    /// A line differs from what a run writes.
    #[error(
        "{path}:{line}: is not as mailtrack wrote it: {why}; nothing was changed. Put the file back from a copy, or run over all of the mail with another --out"
    )]
    Wrong {
        /// The file.
        path: String,
        /// The number of the line, counted from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// Decided messages are missing, and may be in mail that cannot be read.
    #[error(
        "{source_name}: cannot be read now, and may hold messages that were decided: {why}; nothing was changed. Give the command again once it can be read"
    )]
    Unreadable {
        /// The source that cannot be read.
        source_name: String,
        /// The reason.
        why: String,
    },
    /// Lines are missing, and so are their messages.
    #[error(
        "{folder}: {what}, and the mail that was given does not have it; nothing was changed. Give all of the mail that the folder was made of, or run with another --out"
    )]
    Lost {
        /// The output folder.
        folder: String,
        /// The lines and their message.
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
