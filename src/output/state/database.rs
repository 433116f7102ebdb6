//! The file of the state: opens, locks, checks and upgrades it.

use crate::output::state::checksums::PAGE_SIZE;
use crate::output::state::error::{StateError, damaged, unread, unusable};
use crate::output::state::stored::{LOCK_FILE, STATE_FILE};
use crate::output::state::unfinished::remove_unfinished;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::base::disk;
use crate::output::table::{Lengths, Table};

/// The client that writes to an output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name.
    pub name: String,
    /// Whether it takes over a folder of another client.
    pub takes_over: bool,
}

/// The state of an output folder.
#[derive(Debug)]
pub struct StateDatabase {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// The version of the file; a state that is only read may have an older one.
    pub(super) version: i32,
    /// Whether, according to the file's header before it was opened, its pages have checksums.
    pub(super) has_sums: bool,
    /// Held until the run ends.
    pub(super) _lock: Option<File>,
}

impl StateDatabase {
    /// Opens the state of an existing folder for writing, and creates one if there is none.
    ///
    /// # Errors
    /// If another run is in progress, or the file is damaged, belongs to another program or has a newer version.
    pub fn open(folder: &Path) -> Result<StateDatabase, StateError> {
        let lock = lock(folder)?;
        remove_unfinished(folder);
        let path = folder.join(STATE_FILE);
        let header = header(&path)?;
        let connection = connect(&path)?;
        let mut state = StateDatabase {
            connection,
            path,
            version: super::schema::VERSION,
            has_sums: header.has_sums,
            _lock: Some(lock),
        };
        let mut is_new = state.prepare()?;
        let version = state.check(is_new)?;
        if !is_new && version < super::schema::VERSION_OF_SUMS {
            state.add_sums()?;
            is_new = state.prepare()?;
        }
        let renamed = match !is_new && (1..super::schema::VERSION_OF_NAMES).contains(&version) {
            true => super::former_keys::renamed(folder, &state.lengths()?),
            false => Ok(Vec::new()),
        };
        let renamed = renamed.map_err(|error| StateError::Unreadable {
            folder: folder.display().to_string(),
            error,
        })?;
        let rename = |connection: &Connection| super::former_keys::rename(connection, &renamed);
        let migrated = super::schema::migrate(&state.connection, is_new, rename);
        migrated.map_err(|error| unusable(&state.path, error))?;
        Ok(state)
    }

    /// Opens the state of a folder for reading, as for a dry run. Returns `None` if there is none.
    ///
    /// # Errors
    /// Those of [`StateDatabase::open`].
    pub fn open_read_only(folder: &Path) -> Result<Option<StateDatabase>, StateError> {
        let path = folder.join(STATE_FILE);
        if disk::length(&path).map_err(unread(&path))? == 0 {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let header = header(&path)?;
        let connection = super::checksums::open(&path, flags);
        let mut state = StateDatabase {
            connection: connection.map_err(|error| unusable(&path, error))?,
            path,
            version: super::schema::VERSION,
            has_sums: header.has_sums,
            _lock: None,
        };
        state.set_busy_timeout()?;
        state.version = state.check(false)?;
        Ok(Some(state))
    }

    /// Replaces a state of an older version by a copy with checksums, and opens that.
    fn add_sums(&mut self) -> Result<(), StateError> {
        // Close the connection first: it has the old file open.
        let nothing = Connection::open_in_memory().map_err(|error| unusable(&self.path, error))?;
        drop(std::mem::replace(&mut self.connection, nothing));
        super::checksums::add_checksums(&self.path).map_err(|error| unusable(&self.path, error))?;
        self.connection = connect(&self.path)?;
        self.has_sums = true;
        Ok(())
    }

    /// Waits for another program that reads or copies the state, so that a commit does not fail because of it.
    pub(super) fn set_busy_timeout(&self) -> Result<(), StateError> {
        let waits = self.connection.busy_timeout(BUSY_TIMEOUT);
        waits.map_err(|error| unusable(&self.path, error))
    }

    /// Prepares the connection, and returns whether the state is new: it has no page, or none that was committed.
    fn prepare(&self) -> Result<bool, StateError> {
        self.set_busy_timeout()?;
        let prepared = self.prepare_connection();
        prepared.map_err(|error| unusable(&self.path, error))
    }

    fn prepare_connection(&self) -> rusqlite::Result<bool> {
        let it = &self.connection;
        let pages: i64 = it.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let is_new = pages == 0;
        if is_new {
            // Rows are short and many; larger pages than usual waste less of them.
            it.pragma_update(None, "page_size", PAGE_SIZE)?;
            super::checksums::begin(it)?;
        } else {
            // Nobody else writes while the lock is held, so SQLite need not lock the file for each lookup. A new state
            // does without: it is written in one transaction, and its journal is removed sooner.
            it.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
        }
        // A rollback journal is removed with each commit, so that a copy of the folder is always complete.
        it.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        // With `EXTRA`, the folder is synced after the journal is removed. Otherwise a power loss could restore the
        // journal, and with it the state before the commit, such as one in which a message is not yet being sent.
        it.pragma_update(None, "synchronous", "EXTRA")?;
        it.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Ok(is_new)
    }

    /// Checks that the file is ours, of a known version, and has the checksums of that version. Returns the version.
    pub(super) fn check(&self, is_new: bool) -> Result<i32, StateError> {
        let number = |pragma: &str| {
            let found = self
                .connection
                .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i32>(0));
            found.map_err(|error| unusable(&self.path, error))
        };
        let (application, version) = (number("application_id")?, number("user_version")?);
        let tables = number("schema_version")?;
        let lacks_sums = version >= super::schema::VERSION_OF_SUMS && !self.has_sums;
        let problem =
            if application != super::schema::APPLICATION_ID && (application != 0 || tables != 0) {
                "is a database of another program; give another --out".to_owned()
            } else if !is_new && (lacks_sums || self.has_newer_tables(version)?) {
                damaged(&self.path)
            } else {
                return Ok(version);
            };
        Err(StateError::Unusable {
            path: self.path.display().to_string(),
            problem,
        })
    }

    /// Returns whether the file has tables that its version does not have. The version was then altered, and checksums
    /// or tables would wrongly be ignored.
    fn has_newer_tables(&self, version: i32) -> Result<bool, StateError> {
        let is_there = |table: &str| {
            let found = "SELECT count(*) FROM sqlite_schema WHERE name = ?1";
            let count = self.connection.query_row(found, [table], |row| row.get(0));
            count.map_err(|error| unusable(&self.path, error))
        };
        for (of_version, table) in super::schema::NEW_TABLES {
            let count: i64 = is_there(table)?;
            if of_version > version && count > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses a client that the folder does not belong to, unless it takes the folder over.
    ///
    /// # Errors
    /// If the folder belongs to another client, or the state cannot be read.
    pub fn check_client(&self, client: &Client) -> Result<(), StateError> {
        if client.takes_over || self.version < super::schema::VERSION_OF_CLIENT {
            return Ok(());
        }
        let owner = self.owner().map_err(|error| unusable(&self.path, error))?;
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

    /// Returns the committed length in bytes of each output file.
    ///
    /// # Errors
    /// If the state cannot be read.
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

/// Size of SQLite's page cache, in KiB.
pub(super) const CACHE_KIB: i64 = 64 * 1024;

/// How long to wait for another program that has the state locked.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the header of a state.
///
/// # Errors
/// If it cannot be read, or has a newer version.
pub(super) fn header(path: &Path) -> Result<super::checksums::Header, StateError> {
    let header = super::checksums::header(path).map_err(unread(path))?;
    let known = super::schema::VERSION;
    match header.version.filter(|&version| version > known) {
        None => Ok(header),
        Some(version) => Err(StateError::Unusable {
            path: path.display().to_string(),
            problem: format!(
                "is of version {version}, and this program knows up to {known}: it was written by a newer mailtrack; use that one, or give another --out"
            ),
        }),
    }
}

/// Opens a connection for writing, and creates the file if it does not exist.
pub(super) fn connect(path: &Path) -> Result<Connection, StateError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    super::checksums::open(path, flags).map_err(|error| unusable(path, error))
}

pub(super) fn lock(folder: &Path) -> Result<File, StateError> {
    let path = folder.join(LOCK_FILE);
    let io = |error| StateError::Io {
        path: path.display().to_string(),
        error,
    };
    let file = disk::open_to_write(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::Busy {
            folder: folder.display().to_string(),
        }),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
