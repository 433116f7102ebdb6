//! The *state* is what later runs need of earlier ones: `state.db`, SQLite, in the output folder. It is written in one
//! transaction, which a run commits at its end, together with how many bytes of each output file count from then on; what
//! lies beyond is of a run that was stopped, and is cut off.

mod changes;
mod files;
mod former;
mod given;
mod recall;
mod schema;
mod sending;
mod writing;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _};

pub use changes::{Activities, ActivityRow, Changes, CreatedRow, DecidedRow, RegardingRow};
pub use files::{FileRow, KnownFiles};
pub use given::{Given, GivenFrom};
pub use recall::{Before, CreatedBefore, TrackedBefore, Wanted};

pub(crate) use schema::APPLICATION_ID;
pub use sending::{Outcome, Outgoing};

use crate::output::{Lengths, Table};
use crate::track::Direction;

/// The state's file in the output folder.
pub const STATE_FILE: &str = "state.db";

/// Locked while a run is under way, so that no other begins.
pub const LOCK_FILE: &str = ".mailtrack.lock";

/// The key of a message: the id of an activity that is derived from its identity, without a direction.
pub type Key = [u8; 16];

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
    /// The system refuses.
    #[error("{path}: cannot be written: {error}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// SQLite refuses: the disk is full, or something that is not to be expected.
    #[error("{path}: cannot be written: {error}")]
    Sql {
        /// The file.
        path: String,
        /// SQLite's reason.
        error: rusqlite::Error,
    },
}

/// Who writes to an output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name.
    pub name: String,
    /// Whether it makes another's folder its own.
    pub takes_over: bool,
}

/// The state of an output folder.
#[derive(Debug)]
pub struct State {
    connection: Connection,
    path: PathBuf,
    /// The version that the file has: one that is only read may be of an older one.
    version: i32,
    /// Held as long as the run goes on.
    _lock: Option<File>,
}

impl State {
    /// Opens the state of a folder, which is there, to write to it; makes one where there is none.
    ///
    /// # Errors
    /// Where another run is under way, or the file is damaged, of another program or of a newer version.
    pub fn open(folder: &Path) -> Result<State, StateError> {
        let lock = lock(folder)?;
        let path = folder.join(STATE_FILE);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags);
        let state = State {
            connection: connection.map_err(|error| unusable(&path, error))?,
            path,
            version: schema::VERSION,
            _lock: Some(lock),
        };
        let is_new = state
            .prepare()
            .map_err(|error| unusable(&state.path, error))?;
        let version = state.check()?;
        let renamed = match !is_new && (1..schema::VERSION_OF_NAMES).contains(&version) {
            true => former::renamed(folder, &state.lengths()?),
            false => Ok(Vec::new()),
        };
        let renamed = renamed.map_err(|error| StateError::Unreadable {
            folder: folder.display().to_string(),
            error,
        })?;
        let rename = |connection: &Connection| former::rename(connection, &renamed);
        let migrated = schema::migrate(&state.connection, is_new, rename);
        migrated.map_err(|error| unusable(&state.path, error))?;
        Ok(state)
    }

    /// Opens the state of a folder to read it only: for a dry run. `None` where there is none.
    ///
    /// # Errors
    /// As [`State::open`].
    pub fn open_read_only(folder: &Path) -> Result<Option<State>, StateError> {
        let path = folder.join(STATE_FILE);
        if std::fs::metadata(&path).map_or(0, |meta| meta.len()) == 0 {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags);
        let mut state = State {
            connection: connection.map_err(|error| unusable(&path, error))?,
            path,
            version: schema::VERSION,
            _lock: None,
        };
        state.version = state.check()?;
        Ok(Some(state))
    }

    /// Whether the state is new: it has no page yet, or none that was committed.
    fn prepare(&self) -> rusqlite::Result<bool> {
        let it = &self.connection;
        it.busy_timeout(Duration::ZERO)?;
        let pages: i64 = it.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let is_new = pages == 0;
        if is_new {
            // Rows are short and many; larger pages than usual waste less of them.
            it.pragma_update(None, "page_size", 8192)?;
        } else {
            // Nobody else writes while the lock is held, so SQLite need not ask the system for each lookup. (What makes a new
            // state is one transaction, in which it does not; and its journal is gone the sooner.)
            it.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
        }
        // A rollback journal is gone after each commit, so that a copy of the folder is whole.
        it.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        it.pragma_update(None, "synchronous", "FULL")?;
        it.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Ok(is_new)
    }

    /// Whether the file is ours, and of a version that this program knows: which one.
    fn check(&self) -> Result<i32, StateError> {
        let number = |pragma: &str| {
            let found = self
                .connection
                .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i32>(0));
            found.map_err(|error| unusable(&self.path, error))
        };
        let (application, version) = (number("application_id")?, number("user_version")?);
        let tables = number("schema_version")?;
        let problem = if application != schema::APPLICATION_ID && (application != 0 || tables != 0)
        {
            "is a database of another program; give another --out".to_owned()
        } else if version > schema::VERSION {
            let known = schema::VERSION;
            format!(
                "is of version {version}, and this program knows up to {known}: it was written by a newer mailtrack; use that one, or give another --out"
            )
        } else {
            return Ok(version);
        };
        Err(StateError::Unusable {
            path: self.path.display().to_string(),
            problem,
        })
    }

    /// Refuses a client that the folder does not belong to, unless it takes the folder over.
    ///
    /// # Errors
    /// Where it belongs to another, or the state cannot be read.
    pub fn check_client(&self, client: &Client) -> Result<(), StateError> {
        if client.takes_over || self.version < schema::VERSION_OF_CLIENT {
            return Ok(());
        }
        let owner = self
            .connection
            .query_row("SELECT name FROM client", [], |row| row.get::<_, String>(0))
            .optional()
            .map_err(|error| unusable(&self.path, error))?;
        match owner.filter(|owner| *owner != client.name) {
            None => Ok(()),
            Some(owner) => Err(StateError::OfAnother {
                folder: self
                    .path
                    .parent()
                    .unwrap_or(&self.path)
                    .display()
                    .to_string(),
                owner,
                client: client.name.clone(),
            }),
        }
    }

    /// How many bytes of each output file are committed.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn lengths(&self) -> Result<Lengths, StateError> {
        let read = || {
            let mut lengths = Lengths::default();
            let mut rows = self.connection.prepare("SELECT name, length FROM output")?;
            let rows = rows.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
            })?;
            for row in rows {
                let (name, length) = row?;
                if let Some(table) = Table::ALL.into_iter().find(|table| table.name() == name) {
                    lengths.set(table, length as u64);
                }
            }
            Ok(lengths)
        };
        read().map_err(|error| unusable(&self.path, error))
    }
}

/// Memory for pages of the state, in KiB.
const CACHE_KIB: i64 = 64 * 1024;

fn lock(folder: &Path) -> Result<File, StateError> {
    let path = folder.join(LOCK_FILE);
    let io = |error| StateError::Io {
        path: path.display().to_string(),
        error,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::Busy {
            folder: folder.display().to_string(),
        }),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

/// What SQLite's words mean for a user.
fn unusable(path: &Path, error: rusqlite::Error) -> StateError {
    let shown = path.display().to_string();
    let problem = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            "is no state of mailtrack; give another --out, or put the right file back"
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            "is damaged; put a copy back together with the other files of the folder, or give another --out"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "cannot be written to; give its folder and it write permission, or give another --out"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "is in use by another program; wait until it has ended"
        }
        _ => return StateError::Sql { path: shown, error },
    };
    StateError::Unusable {
        path: shown,
        problem: problem.into(),
    }
}

fn direction_number(direction: Option<Direction>) -> i64 {
    match direction {
        None => 0,
        Some(Direction::Incoming) => 1,
        Some(Direction::Outgoing) => 2,
    }
}

fn direction_of(number: i64) -> Option<Direction> {
    match number {
        1 => Some(Direction::Incoming),
        2 => Some(Direction::Outgoing),
        _ => None,
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
