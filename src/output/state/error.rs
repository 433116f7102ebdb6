//! What can go wrong with the state.

use crate::base::disk;
use crate::output::error::way_out;
use rusqlite::ErrorCode;
use rusqlite::ffi;
use std::path::Path;

/// A state that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another run is under way.
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
        /// Whose it is.
        owner: String,
        /// Who asks.
        client: String,
    },
    /// The file is none of ours, or not as it was written.
    #[error("{path}: {problem}")]
    Unusable {
        /// The file.
        path: String,
        /// What it is, and what would be right.
        problem: String,
    },
    /// The decisions of an older version cannot be read, from which names are taken.
    #[error(
        "{folder}: decisions.jsonl cannot be read, and what an older mailtrack wrote is known by it: {error}"
    )]
    Unreadable {
        /// The output folder.
        folder: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The system refuses to write.
    #[error("{path}: cannot be written: {error}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The system refuses to read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// SQLite refuses: the disk is full, or something that is not to be expected.
    #[error("{path}: cannot be {what}: {error}")]
    Sql {
        /// The file.
        path: String,
        /// What it cannot be.
        what: &'static str,
        /// SQLite's reason.
        error: rusqlite::Error,
    },
}

/// The way out for a folder whose state is altered or gone.
pub(crate) const REBUILD: &str =
    "rebuild it with `mailtrack run --rebuild-state` over the same mail, book and options";

/// What is said of a state that is not as it was written.
pub(super) fn damaged(path: &Path) -> String {
    let way_out = way_out(disk::folder_of(path));
    format!(
        "is damaged; put a copy back together with the other files of the folder, or {REBUILD}, or {way_out}"
    )
}

/// What SQLite's words mean for a user.
pub(super) fn unusable(path: &Path, error: rusqlite::Error) -> StateError {
    let shown = path.display().to_string();
    let problem = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => &format!(
            "is not a state of mailtrack; give another --out, or put the right file back, or {REBUILD}"
        ),
        Some(ErrorCode::DatabaseCorrupt) => &damaged(path),
        _ if super::sums::is_mismatch(&error) => &damaged(path),
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
