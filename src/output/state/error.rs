//! Errors of the state.

use crate::base::disk;
use crate::output::error::recovery_advice;
use rusqlite::ErrorCode;
use rusqlite::ffi;
use std::path::Path;

/// A state that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another run is in progress.
    #[error(
        "{folder}: another run of mailtrack is writing to this folder; wait until it has ended"
    )]
    Busy {
        /// The output folder.
        folder: String,
    },
    /// The folder belongs to another client.
    #[error(
        "{folder}: belongs to the client `{owner}`, and this one is `{client}`; give another --out, or --take-over to make it `{client}`'s from now on"
    )]
    OfAnother {
        /// The output folder.
        folder: String,
        /// The client that it belongs to.
        owner: String,
        /// The client of this run.
        client: String,
    },
    /// The file is not a state, or was altered.
    #[error("{path}: {problem}")]
    Unusable {
        /// The file.
        path: String,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// The decisions of an older version, which name its messages, cannot be read.
    #[error(
        "{folder}: decisions.jsonl cannot be read, and what an older mailtrack wrote is known by it: {error}"
    )]
    Unreadable {
        /// The output folder.
        folder: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{path}: cannot be written: {error}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// A file cannot be read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// SQLite reports an error, such as a full disk.
    #[error("{path}: cannot be {what}: {error}")]
    Sql {
        /// The file.
        path: String,
        /// What failed: `read` or `written`.
        what: &'static str,
        /// SQLite's reason.
        error: rusqlite::Error,
    },
}

/// How to repair a folder whose state was altered or lost.
pub(crate) const REBUILD: &str =
    "rebuild it with `mailtrack run --rebuild-state` over the same mail, book and options";

/// Returns the text for a state that was altered.
pub(super) fn damaged(path: &Path) -> String {
    let way_out = recovery_advice(disk::folder_of(path));
    format!(
        "is damaged; put a copy back together with the other files of the folder, or {REBUILD}, or {way_out}"
    )
}

/// Converts an error of SQLite into one that tells a user what to do.
pub(super) fn unusable(path: &Path, error: rusqlite::Error) -> StateError {
    let shown = path.display().to_string();
    let problem = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => &format!(
            "is not a state of mailtrack; give another --out, or put the right file back, or {REBUILD}"
        ),
        Some(ErrorCode::DatabaseCorrupt) => &damaged(path),
        _ if super::checksums::is_mismatch(&error) => &damaged(path),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "cannot be written to; give its folder and it write permission, or give another --out"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "is in use by another program; wait until it has ended"
        }
        _ => {
            let what = match error.sqlite_extended_error_code() {
                Some(ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_FSTAT) => "read",
                _ => "written",
            };
            return StateError::Sql {
                path: shown,
                what,
                error,
            };
        }
    };
    StateError::Unusable {
        path: shown,
        problem: problem.into(),
    }
}

pub(super) fn unread(path: &Path) -> impl FnOnce(std::io::Error) -> StateError {
    let path = path.display().to_string();
    move |error| StateError::Read { path, error }
}
