//! A state that is made *anew*, for a folder whose own is altered or gone. It is written aside, and takes its place at
//! once and for good. What only the old one knows is taken from it, as far as its pages are as they were written.

use crate::output::state::unfinished::PREFIX;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row};

use super::Given;
use super::database::State;
use super::database::{connect, lock};
use super::schema::{VERSION, VERSION_OF_GIVEN, VERSION_OF_SUMS};
use super::sending::{Outgoing, write_outgoing};
use super::writing::Transaction;
use super::{schema, sums};
use crate::base::disk;
use crate::base::disk::{Aside, remove_leftovers};
use crate::output::state::error::StateError;
use crate::output::state::error::{unread, unusable};
use crate::output::state::stored::{Key, STATE_FILE};
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};

/// What a state that was replaced is called from then on; with a number if there is one already.
const REPLACED: &str = "state.db.altered";

/// What the program keeps of a transaction until it has taken effect, beside the state.
const JOURNAL: &str = "-journal";

/// A state that is being made anew. The folder is locked as long as it is there.
#[derive(Debug)]
pub(crate) struct Rebuilding {
    folder: PathBuf,
    /// What the old state still says.
    pub old: Salvaged,
    state: State,
    aside: Aside,
    _lock: File,
}

/// What is known of a state that may be altered: of each table all or nothing.
#[derive(Debug, Default)]
pub(crate) struct Salvaged {
    /// Whether it can be read at all. Then SQLite has played its journal back, if there was one.
    is_readable: bool,
    /// How much of each output file counts.
    pub lengths: Option<Lengths>,
    /// Whose the folder is.
    pub client: Option<String>,
    /// What `send` has done.
    pub sending: Option<Sending>,
    /// What runs were given: the byte of `decisions.jsonl` from which on it counts, and the arguments.
    given: Option<Vec<(i64, String)>>,
}

/// What `send` has done.
#[derive(Debug, Default)]
pub(crate) struct Sending {
    /// The messages that were begun.
    pub outgoing: Vec<(Key, Outgoing)>,
    /// The numbers of senders in tracking tokens.
    pub users: Vec<(String, i64)>,
    /// By sender the last number of the sender's counter.
    pub counts: Vec<(i64, i64)>,
    /// Whether messages may have been begun that are not among these.
    pub may_lack: bool,
}

impl Rebuilding {
    /// Begins a new state for a folder, which is there, and reads what can be read of the old one.
    ///
    /// # Errors
    /// If another run is under way, the state was written by a newer version, or the system refuses.
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
        let state = State {
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

    /// The new state, which is empty at first.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// The new state, to be filled.
    pub(crate) fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Takes what runs were given from the old state; if that cannot be read, `given` stands for all of them.
    ///
    /// # Errors
    /// If the new state cannot be written; so for what follows.
    pub(crate) fn take_given(&mut self, given: &Given) -> Result<(), StateError> {
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
            // Runs have new numbers. The last one is the first of them, so that those to come have none of these.
            for (run, (start, arguments)) in (2 - rows.len() as i64..).zip(&rows) {
                insert.execute((run, start, arguments))?;
            }
            drop(insert);
            transaction.leave_open();
            Ok(())
        };
        write().map_err(|error| unusable(&path, error))
    }

    /// Takes what `send` has done.
    ///
    /// # Errors
    /// As there.
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
                    [super::sending::LACKS],
                )?;
            }
            transaction.leave_open();
            Ok(())
        };
        write().map_err(|error| unusable(&path, error))
    }

    /// Commits the new state and puts it in its place, where it stays even if power is lost. The old one gets another name
    /// in the folder, which is returned; `None` if there was none.
    ///
    /// # Errors
    /// If the system refuses. Then the old state has its place, or none has, and the command can be given again.
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
            // What the new state counts is on the disk before it does.
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

/// The tables of a state that is made aside. It is synced as a whole, and is of no use before: it needs no journal.
fn begin_aside(state: &State) -> rusqlite::Result<()> {
    let it = &state.connection;
    it.pragma_update(None, "page_size", crate::output::state::sums::PAGE_SIZE)?;
    sums::begin(it)?;
    it.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    it.pragma_update(None, "synchronous", "OFF")?;
    it.pragma_update(None, "cache_size", -super::database::CACHE_KIB)?;
    schema::migrate(it, true, |_| Ok(()))
}

/// Gives an old state another name, and its journal if that may still be needed; which.
fn set_aside(folder: &Path, is_readable: bool) -> io::Result<Option<String>> {
    let is_there = disk::length(&folder.join(STATE_FILE))? > 0;
    let name = is_there.then(|| rename(folder)).transpose()?;
    // It would be played back into the new state.
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

/// Gives a state the first name that nothing has, and leaves it its own until another takes that.
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
            // A file system without hard links.
            Err(_) => return fs::rename(&state, &to).map(|()| name),
        }
    }
}

/// Whether a file is a state of a newer version, as it was written: its first page has its sum.
fn is_newer(path: &Path) -> io::Result<bool> {
    let is_newer = sums::header(path)?.version.is_some_and(|it| it > VERSION);
    Ok(is_newer && sums::is_first_page_sound(path)?)
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
        let header = sums::header(path).map_err(unread(path))?;
        let is_older = header.version.is_some_and(|it| it < VERSION_OF_SUMS);
        if !header.has_sums && !is_older {
            return Ok(nothing);
        }
        // To write, as any run opens it: what a killed one has not committed is rolled back.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(connection) = sums::open(path, flags) else {
            return Ok(nothing);
        };
        let mut old = State {
            connection,
            path: path.into(),
            version: VERSION,
            has_sums: header.has_sums,
            _lock: None,
        };
        if old.wait_for_others().is_err() {
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

impl State {
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

    /// Whose the folder is, if anybody's.
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

/// How long the files of an output folder are, whether or not all of it counts.
///
/// # Errors
/// If the system cannot tell.
pub(crate) fn lengths_on_disk(folder: &Path) -> io::Result<Lengths> {
    let mut lengths = Lengths::default();
    for table in Table::ALL {
        let path = folder.join(file_name(table));
        lengths.set(table, disk::length(&path)?);
    }
    Ok(lengths)
}
