//! *Rebuilds* a state, for a folder whose state was altered or lost. The new state is written to a separate file and
//! put in place at the end. What only the old state has is taken from it, as far as its pages are intact.

use crate::output::state::unfinished::PREFIX;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row};

use super::RunArguments;
use super::database::StateDatabase;
use super::database::{connect, lock};
use super::schema::{VERSION, VERSION_OF_GIVEN, VERSION_OF_SUMS};
use super::sending::{Outgoing, write_outgoing};
use super::writing::Transaction;
use super::{checksums, schema};
use crate::base::disk;
use crate::base::disk::{Aside, remove_leftovers};
use crate::output::state::error::StateError;
use crate::output::state::error::{unread, unusable};
use crate::output::state::stored::{MessageKey, STATE_FILE};
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};

/// The name of a replaced state, followed by a number if the name is taken.
const REPLACED: &str = "state.db.altered";

/// The suffix of SQLite's rollback journal.
const JOURNAL: &str = "-journal";

/// A state that is being rebuilt. The folder stays locked during that time.
#[derive(Debug)]
pub(crate) struct Rebuilding {
    folder: PathBuf,
    /// What could be read of the old state.
    pub old: Salvaged,
    state: StateDatabase,
    aside: Aside,
    _lock: File,
}

/// The readable parts of a state that may be altered: each table is either complete or missing.
#[derive(Debug, Default)]
pub(crate) struct Salvaged {
    /// Whether it can be read at all. If so, SQLite has rolled back its journal, if there was one.
    is_readable: bool,
    /// The committed length of each output file.
    pub lengths: Option<Lengths>,
    /// The client that the folder belongs to.
    pub client: Option<String>,
    /// What `send` has done.
    pub sending: Option<Sending>,
    /// The arguments of runs: the first byte of `decisions.jsonl` that they apply to, and the arguments as JSON.
    given: Option<Vec<(i64, String)>>,
}

/// What `send` has done.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    /// The messages that were begun.
    pub outgoing: Vec<(MessageKey, Outgoing)>,
    /// The owners with their numbers in tracking tokens.
    pub users: Vec<(String, i64)>,
    /// The last value of each sender's counter, by the sender's number.
    pub counts: Vec<(i64, i64)>,
    /// Whether messages may have been begun that are not listed here.
    pub may_lack: bool,
}

impl Rebuilding {
    /// Begins a new state for an existing folder, and reads what can be read of the old one.
    ///
    /// # Errors
    /// If another run is in progress, the state was written by a newer version, or a file cannot be read or written.
    pub(crate) fn begin(folder: &Path) -> Result<Rebuilding, StateError> {
        let lock = lock(folder)?;
        remove_leftovers(folder, PREFIX);
        let path = folder.join(STATE_FILE);
        if is_newer(&path).map_err(unread(&path))? {
            super::database::header(&path)?;
        }
        let old = Salvaged::read(&path)?;
        let aside = Aside::new(&path, PREFIX).map_err(unwritten(&path))?;
        let connection = connect(aside.path())?;
        let state = StateDatabase {
            connection,
            path: aside.path().into(),
            version: VERSION,
            has_sums: true,
            _lock: None,
        };
        let begun = begin_aside(&state);
        begun.map_err(|error| unusable(&path, error))?;
        Ok(Rebuilding {
            folder: folder.into(),
            old,
            state,
            aside,
            _lock: lock,
        })
    }

    /// Returns the new state, which is empty at first.
    pub(crate) fn state(&self) -> &StateDatabase {
        &self.state
    }

    /// Returns the new state for filling.
    pub(crate) fn state_mut(&mut self) -> &mut StateDatabase {
        &mut self.state
    }

    /// Copies the arguments of runs from the old state. If they cannot be read, `given` stands for all runs.
    ///
    /// # Errors
    /// If the new state cannot be written.
    pub(crate) fn take_given(&mut self, given: &RunArguments) -> Result<(), StateError> {
        let rows = match self.old.given.take() {
            Some(rows) => rows,
            None => {
                let text = serde_json::to_string(given).unwrap_or_default();
                vec![(0, text)]
            }
        };
        let path = self.folder.join(STATE_FILE);
        let write = || {
            let transaction = Transaction::begin(&self.state.connection)?;
            let mut insert = transaction.prepare("INSERT INTO given VALUES (?1, ?2, ?3)")?;
            // Runs are renumbered. The last one gets number 1 and earlier ones lower numbers, so that no later run
            // collides.
            for (run, (start, arguments)) in (2 - rows.len() as i64..).zip(&rows) {
                insert.execute((run, start, arguments))?;
            }
            drop(insert);
            transaction.leave_open();
            Ok(())
        };
        write().map_err(|error| unusable(&path, error))
    }

    /// Stores what `send` has done.
    ///
    /// # Errors
    /// If the new state cannot be written.
    pub(crate) fn take_sending(&mut self, sending: &Sending) -> Result<(), StateError> {
        let path = self.folder.join(STATE_FILE);
        let write = || {
            let transaction = Transaction::begin(&self.state.connection)?;
            write_outgoing(&transaction, &sending.outgoing)?;
            for (owner, number) in &sending.users {
                let sql = "INSERT INTO tokenuser VALUES (?1, ?2)";
                transaction.execute(sql, (owner, number))?;
            }
            for (user, count) in &sending.counts {
                let sql = "INSERT INTO counter VALUES ('token/' || ?1, ?2)";
                transaction.execute(sql, (user, count))?;
            }
            if sending.may_lack {
                transaction.execute(
                    "INSERT INTO counter VALUES (?1, 1)",
                    [super::sending::MAY_LACK],
                )?;
            }
            transaction.leave_open();
            Ok(())
        };
        write().map_err(|error| unusable(&path, error))
    }

    /// Commits the new state and puts it in place durably. Returns the new name of the old state; `None` if there was
    /// none.
    ///
    /// # Errors
    /// If a file cannot be written. The old state is then still in place, or none is, and the command can be repeated.
    pub(crate) fn put(self, lengths: &Lengths) -> Result<Option<String>, StateError> {
        let Rebuilding {
            folder,
            old,
            mut state,
            aside,
            _lock,
        } = self;
        state.commit(lengths)?;
        drop(state);
        let path = folder.join(STATE_FILE);
        let put = || {
            // Everything that the new state counts must be on the disk before the state is.
            for table in Table::ALL {
                let path = folder.join(file_name(table));
                if disk::is_there(&path)? {
                    File::open(&path)?.sync_all()?;
                }
            }
            aside.sync()?;
            let replaced = set_aside(&folder, old.is_readable)?;
            aside.put()?;
            Ok(replaced)
        };
        put().map_err(unwritten(&path))
    }
}

/// Creates the tables of the new state. The file is useless until it is complete and then synced as a whole, so it
/// needs no journal.
fn begin_aside(state: &StateDatabase) -> rusqlite::Result<()> {
    let it = &state.connection;
    it.pragma_update(
        None,
        "page_size",
        crate::output::state::checksums::PAGE_SIZE,
    )?;
    checksums::begin(it)?;
    it.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    it.pragma_update(None, "synchronous", "OFF")?;
    it.pragma_update(None, "cache_size", -super::database::CACHE_KIB)?;
    schema::migrate(it, true, |_| Ok(()))
}

/// Renames an old state, and its journal if that may still be needed. Returns the new name.
fn set_aside(folder: &Path, is_readable: bool) -> io::Result<Option<String>> {
    let is_there = disk::length(&folder.join(STATE_FILE))? > 0;
    let name = is_there.then(|| rename(folder)).transpose()?;
    // SQLite would apply the old journal to the new state.
    let journal = folder.join(format!("{STATE_FILE}{JOURNAL}"));
    if disk::is_there(&journal)? {
        match name.as_ref().filter(|_| !is_readable) {
            Some(name) => fs::rename(journal, folder.join(format!("{name}{JOURNAL}")))?,
            None => fs::remove_file(journal)?,
        }
        disk::sync_folder(folder)?;
    }
    Ok(name)
}

/// Gives a state the first unused name, and keeps its old name until another file takes it.
fn rename(folder: &Path) -> io::Result<String> {
    let state = folder.join(STATE_FILE);
    let mut number = 1;
    loop {
        let name = match number {
            1 => REPLACED.to_owned(),
            _ => format!("{REPLACED}.{number}"),
        };
        let to = folder.join(&name);
        match fs::hard_link(&state, &to) {
            Ok(()) => return Ok(name),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(_) if disk::is_there(&to)? => number += 1,
            // The file system has no hard links.
            Err(_) => return fs::rename(&state, &to).map(|()| name),
        }
    }
}

/// Returns whether a file is an intact state of a newer version, judging by the checksum of its first page.
fn is_newer(path: &Path) -> io::Result<bool> {
    let is_newer = checksums::header(path)?
        .version
        .is_some_and(|it| it > VERSION);
    Ok(is_newer && checksums::is_first_page_sound(path)?)
}

fn unwritten(path: &Path) -> impl FnOnce(io::Error) -> StateError {
    let path = path.display().to_string();
    move |error| StateError::Io { path, error }
}

impl Salvaged {
    /// Reads what can be read.
    fn read(path: &Path) -> Result<Salvaged, StateError> {
        let nothing = Salvaged::default();
        if disk::length(path).map_err(unread(path))? == 0 {
            return Ok(nothing);
        }
        let header = checksums::header(path).map_err(unread(path))?;
        let is_older = header.version.is_some_and(|it| it < VERSION_OF_SUMS);
        if !header.has_sums && !is_older {
            return Ok(nothing);
        }
        // For writing, as in any run, so that SQLite rolls back what a killed run has not committed.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(connection) = checksums::open(path, flags) else {
            return Ok(nothing);
        };
        let mut old = StateDatabase {
            connection,
            path: path.into(),
            version: VERSION,
            has_sums: header.has_sums,
            _lock: None,
        };
        if old.set_busy_timeout().is_err() {
            return Ok(nothing);
        }
        match old.check(false) {
            Ok(version) => old.version = version,
            Err(_) => return Ok(nothing),
        }
        let lengths = old.lengths().ok();
        Ok(Salvaged {
            is_readable: lengths.is_some(),
            lengths: lengths.filter(|it| *it != Lengths::default()),
            client: old.owner().ok().flatten(),
            sending: old.sending().ok(),
            given: old.given_rows().ok().filter(|it| !it.is_empty()),
        })
    }
}

impl StateDatabase {
    fn sending(&self) -> rusqlite::Result<Sending> {
        let mut sending = Sending::default();
        if self.version < schema::VERSION_OF_SENDING {
            return Ok(sending);
        }
        let it = &self.connection;
        let outgoing = |row: &Row<'_>| {
            let outgoing = Outgoing {
                content: row.get(1)?,
                outcome: row.get(2)?,
                token: row.get(3)?,
            };
            Ok((row.get(0)?, outgoing))
        };
        let pair = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        sending.outgoing = all(
            it,
            "SELECT line, content, outcome, token FROM outgoing",
            outgoing,
        )?;
        sending.users = all(it, "SELECT owner, number FROM tokenuser", pair)?;
        let sql =
            "SELECT CAST(substr(name, 7) AS INTEGER), value FROM counter WHERE name LIKE 'token/%'";
        sending.counts = all(it, sql, |row| Ok((row.get(0)?, row.get(1)?)))?;
        sending.may_lack = self.lacks_outgoing_rows()?;
        Ok(sending)
    }

    fn given_rows(&self) -> rusqlite::Result<Vec<(i64, String)>> {
        if self.version < VERSION_OF_GIVEN {
            return Ok(Vec::new());
        }
        let sql = "SELECT start, arguments FROM given ORDER BY run";
        all(&self.connection, sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Returns the client that the folder belongs to, if any.
    pub(super) fn owner(&self) -> rusqlite::Result<Option<String>> {
        if self.version < schema::VERSION_OF_CLIENT {
            return Ok(None);
        }
        let sql = "SELECT name FROM client";
        let owner = self.connection.query_row(sql, [], |row| row.get(0));
        owner.optional()
    }
}

fn all<T>(
    from: &Connection,
    sql: &str,
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    from.prepare(sql)?.query_map([], row)?.collect()
}

/// Returns the lengths of the files in an output folder, committed or not.
///
/// # Errors
/// If a length cannot be read.
pub(crate) fn lengths_on_disk(folder: &Path) -> io::Result<Lengths> {
    let mut lengths = Lengths::default();
    for table in Table::ALL {
        let path = folder.join(file_name(table));
        lengths.set(table, disk::length(&path)?);
    }
    Ok(lengths)
}
