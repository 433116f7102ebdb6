//! The output folder of a run: its files and its state, which are committed together.

use std::fs;
use std::path::PathBuf;

use super::JsonLines;
use super::sink::{Nowhere, Sink};
use super::state::{Changes, Client, FileRow, StateDatabase};
use super::summary::Summary;
use crate::base::disk;
use crate::base::threads::{Concurrent, Threads};
use crate::book::may_be_url;
use crate::options::Options;
use crate::output::error::OutputError;
use crate::output::lines::Lines;
use crate::output::state::error::StateError;
use crate::output::state::stored::{LOCK_FILE, STATE_FILE};
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};

/// The path of the output folder and how to open it.
#[derive(Clone, Debug)]
pub(crate) struct FolderSettings {
    /// The folder, which is created if it does not exist.
    pub path: PathBuf,
    /// Only reads what exists, and writes nothing.
    pub dry_run: bool,
    /// Takes over a folder that belongs to another client.
    pub take_over: bool,
}

/// An output folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// An error of its files.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// An error of its state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The commit reported an error, but took effect.
    #[error("{0}; what was written counts all the same")]
    Counts(StateError),
    /// The path is the URL of a database.
    #[error(
        "--out: looks like the URL of a database; it is a folder, and `export --to postgres` writes to a database"
    )]
    Url,
    /// Neither the options nor the host have a name for the client.
    #[error("this host has no name; say whose output folder it is with `synchronization.client`")]
    NoHost,
}

impl FolderError {
    /// Returns whether the user can correct the error; any other means that the run cannot be completed.
    pub fn is_wrong_argument(&self) -> bool {
        match self {
            FolderError::Url | FolderError::NoHost => true,
            FolderError::Output(error) => matches!(error, OutputError::NotOurs { .. }),
            FolderError::Counts(_) => false,
            FolderError::State(error) => matches!(
                error,
                StateError::Busy { .. }
                    | StateError::OfAnother { .. }
                    | StateError::Unusable { .. }
            ),
        }
    }
}

/// The output folder.
pub(crate) struct OutFolder {
    /// Where rows are written.
    pub sink: Box<dyn Sink + Send>,
    /// What earlier runs left; `None` in a dry run if there is no state.
    pub state: Option<StateDatabase>,
    client: Client,
    is_dry: bool,
    /// The synced lengths of the files.
    lengths: Lengths,
    path: PathBuf,
    /// Whether this run created the folder and has not committed yet. The folder is then removed if the run fails.
    is_made: bool,
}

impl OutFolder {
    /// Opens the folder, and creates it if it does not exist; a dry run only reads what exists. A folder of another
    /// client is refused before anything in it changes.
    pub(crate) fn open(
        settings: &FolderSettings,
        options: &Options,
    ) -> Result<OutFolder, FolderError> {
        check_path(settings)?;
        let mut folder = OutFolder {
            sink: Box::new(Nowhere),
            state: None,
            client: client(settings, options)?,
            is_dry: settings.dry_run,
            lengths: Lengths::default(),
            path: settings.path.clone(),
            is_made: false,
        };
        if settings.dry_run {
            folder.state = StateDatabase::open_read_only(&settings.path)?;
            if let Some(state) = &folder.state {
                state.check_client(&folder.client)?;
            }
            return Ok(folder);
        }
        let state = settings.path.join(STATE_FILE);
        let has_state = disk::is_there(&state).map_err(|error| unreadable(&state, error))?;
        if !has_state {
            JsonLines::check_without_state(&settings.path)?;
        }
        let made = disk::make_folders(&settings.path);
        folder.is_made = made.map_err(|error| {
            let path = settings.path.display().to_string();
            OutputError::Io { path, error }
        })?;
        let state = StateDatabase::open(&settings.path).map_err(|error| {
            // Another process has begun to write to the folder since it was created.
            folder.is_made &= !matches!(error, StateError::Busy { .. });
            error
        })?;
        state.check_client(&folder.client)?;
        let lengths = state.lengths()?;
        folder.state = Some(state);
        folder.sink = Box::new(JsonLines::open(&settings.path, lengths)?);
        Ok(folder)
    }

    /// Returns the number of messages that earlier runs decided with other options or another book.
    pub(crate) fn decided_under_others(&self, fingerprint: &[u8]) -> Result<u64, FolderError> {
        match &self.state {
            Some(state) => state
                .decided_under_others(fingerprint)
                .map_err(FolderError::from),
            None => Ok(0),
        }
    }

    /// Returns the client that the folder belongs to from the next commit on.
    pub(crate) fn client(&self) -> &str {
        &self.client.name
    }

    /// Creates the still empty file that lists sent messages, before the first one is handed over. If the state is lost
    /// and rebuilt later, the file shows that the state recorded sent messages.
    pub(crate) fn mark_sending(&self) -> Result<(), FolderError> {
        let path = self.path.join(file_name(Table::Sent));
        let make = || {
            if disk::is_there(&path)? {
                return Ok(());
            }
            fs::File::create(&path)?;
            disk::sync_folder(&self.path)
        };
        make().map_err(|error| {
            let path = path.display().to_string();
            OutputError::Io { path, error }.into()
        })
    }

    /// Keeps the folder even if the run fails, because its state now holds something.
    pub(crate) fn keep_folder(&mut self) {
        self.is_made = false;
    }

    /// Appends rows and commits them at once, together with changes of the state. Does nothing in a dry run.
    pub(crate) fn append_and_commit(
        &mut self,
        rows: &[(Table, &Lines)],
        changes: Changes<'_>,
        threads: &Threads,
    ) -> Result<(), FolderError> {
        if self.is_dry {
            return Ok(());
        }
        let append = |sink: &mut (dyn Sink + Send)| {
            let mut rows = rows.iter();
            rows.try_for_each(|(table, lines)| sink.append(*table, lines))
        };
        self.write(|| changes, threads, append, |()| ())?;
        self.sink.committing();
        if let Err(error) = self.commit_state() {
            return Err(self.recover_failed_commit(error));
        }
        self.sink.committed(self.lengths);
        self.is_made = false;
        Ok(())
    }

    /// Records in the state the mail files that were read.
    pub(crate) fn take_files(&mut self, files: &[FileRow]) -> Result<(), FolderError> {
        match self.state.as_mut().filter(|_| !self.is_dry) {
            Some(state) => state.take_files(files).map_err(FolderError::from),
            None => Ok(()),
        }
    }

    /// Writes rows and, at the same time, the changes of the state. Returns what `sum_up` makes of the result of
    /// `rows`. Everything is synced on return, and counts after the commit.
    pub(crate) fn write<'c, W: Send, S: Send>(
        &mut self,
        changes: impl FnOnce() -> Changes<'c> + Send,
        threads: &Threads,
        rows: impl FnOnce(&mut (dyn Sink + Send)) -> Result<W, OutputError> + Send,
        sum_up: impl FnOnce(W) -> S + Send,
    ) -> Result<S, FolderError> {
        let client = &self.client.name;
        let state = self.state.as_mut().filter(|_| !self.is_dry);
        let sink = &mut *self.sink;
        let (summed_up, lengths) = std::thread::scope(|scope| {
            let write = || {
                let written = rows(sink)?;
                // With a single thread, the system syncs the rows while the state writes its changes.
                let sync = Concurrent::begin(scope, || sink.sync().map_err(FolderError::from));
                Ok::<_, FolderError>((sum_up(written), sync))
            };
            let take = || {
                let Some(state) = state else { return Ok(()) };
                let mut changes = changes();
                changes.client.clone_from(client);
                state.take(changes)
            };
            let (begun, taken) = threads.both(write, take);
            let (summed_up, sync) = begun?;
            let synced = sync.end();
            taken?;
            Ok::<_, FolderError>((summed_up, synced?))
        })?;
        self.lengths = lengths;
        Ok(summed_up)
    }

    fn commit_state(&mut self) -> Result<(), StateError> {
        match self.state.as_mut().filter(|_| !self.is_dry) {
            Some(state) => state.commit(&self.lengths),
            None => Ok(()),
        }
    }

    /// Handles a failed commit. It may have taken effect nevertheless, so the state is read again from the disk. What
    /// it does not count is cut off; if it cannot be read, nothing is cut off, and the next run decides.
    fn recover_failed_commit(&mut self, error: StateError) -> FolderError {
        self.sink = Box::new(Nowhere);
        self.state = None;
        let counted = StateDatabase::open(&self.path).and_then(|state| {
            let lengths = state.lengths()?;
            // Opening cuts off what is not committed.
            let opened = JsonLines::open(&self.path, lengths);
            Ok(opened.ok().map(|_| lengths))
        });
        match counted {
            Ok(Some(lengths)) if lengths == Lengths::default() => error.into(),
            Ok(Some(lengths)) if lengths == self.lengths => {
                self.is_made = false;
                FolderError::Counts(error)
            }
            _ => {
                self.is_made = false;
                error.into()
            }
        }
    }

    /// Commits everything that was written. The summary is synced while the state commits, and becomes visible
    /// afterwards.
    pub(crate) fn commit(mut self, summary: &Summary) -> Result<(), FolderError> {
        self.sink.committing();
        let mut sink = std::mem::replace(&mut self.sink, Box::new(Nowhere));
        let (committed, summed_up) = std::thread::scope(|scope| {
            let summing_up = Concurrent::begin(scope, || sink.sum_up(summary));
            (self.commit_state(), summing_up.end())
        });
        if let Err(error) = committed {
            drop(sink);
            return Err(self.recover_failed_commit(error));
        }
        self.is_made = false;
        sink.committed(self.lengths);
        summed_up?;
        sink.close().map_err(FolderError::from)
    }
}

impl Drop for OutFolder {
    fn drop(&mut self) {
        if !self.is_made {
            return;
        }
        // Files first: an open state should not be removed, and as long as it exists, nothing in the folder counts.
        self.sink = Box::new(Nowhere);
        self.state = None;
        let names = Table::ALL.map(|table| format!("{}.jsonl", table.name()));
        for name in names
            .iter()
            .map(String::as_str)
            .chain([STATE_FILE, LOCK_FILE])
        {
            let _ = fs::remove_file(self.path.join(name));
        }
        // `remove_dir` only removes an empty folder, so files of others stay.
        let _ = fs::remove_dir(&self.path);
    }
}

fn unreadable(path: &std::path::Path, error: std::io::Error) -> FolderError {
    let path = path.display().to_string();
    FolderError::State(StateError::Read { path, error })
}

/// Refuses a path that is the URL of a database.
pub(crate) fn check_path(settings: &FolderSettings) -> Result<(), FolderError> {
    match may_be_url(&settings.path.to_string_lossy()) {
        false => Ok(()),
        true => Err(FolderError::Url),
    }
}

/// Returns the client that the options name, else the host's name.
pub(crate) fn client(settings: &FolderSettings, options: &Options) -> Result<Client, FolderError> {
    let host = || {
        let name = rustix::system::uname();
        name.nodename().to_string_lossy().trim().to_owned()
    };
    let name = options.client.clone().unwrap_or_else(host);
    if name.is_empty() {
        return Err(FolderError::NoHost);
    }
    Ok(Client {
        name,
        takes_over: settings.take_over,
    })
}
