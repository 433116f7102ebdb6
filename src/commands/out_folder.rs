//! The output folder of a run: its files and its state, which count together or not at all.

use std::fs;
use std::path::PathBuf;

use mailtrack::history::FilesRead;
use mailtrack::options::Options;
use mailtrack::output::{JsonLines, Lengths, Lines, Nowhere, OutputError, Sink, Table};
use mailtrack::state::{Changes, Client, LOCK_FILE, STATE_FILE, State, StateError};
use mailtrack::summary::Summary;
use mailtrack::threads::Threads;

use super::{CommandError, incomplete, usage, wrong};
use crate::cli::OutArgs;

/// The output folder.
pub struct OutFolder {
    /// Where rows go.
    pub sink: Box<dyn Sink + Send>,
    /// What earlier runs have left; of a dry run nothing where there was none.
    pub state: Option<State>,
    client: Client,
    is_dry: bool,
    /// How long the files are on the disk.
    lengths: Lengths,
    /// What is removed where the run fails: a folder that it made.
    made: Option<PathBuf>,
}

impl OutFolder {
    /// Opens the folder, making it where it is not there; of a dry run only what is there is read. One that belongs to
    /// another client is refused before anything in it changes.
    pub fn open(args: &OutArgs, options: &Options) -> Result<OutFolder, CommandError> {
        let mut folder = OutFolder {
            sink: Box::new(Nowhere),
            state: None,
            client: client(args, options)?,
            is_dry: args.dry_run,
            lengths: Lengths::default(),
            made: None,
        };
        if args.dry_run {
            folder.state = State::open_read_only(&args.out).map_err(refused)?;
            if let Some(state) = &folder.state {
                state.check_client(&folder.client).map_err(refused)?;
            }
            return Ok(folder);
        }
        if !args.out.join(STATE_FILE).exists() {
            JsonLines::check_without_state(&args.out).map_err(usage)?;
        }
        if !args.out.exists() {
            fs::create_dir_all(&args.out).map_err(|error| {
                let path = args.out.display().to_string();
                incomplete(OutputError::Io { path, error })
            })?;
            folder.made = Some(args.out.clone());
        }
        let state = State::open(&args.out).map_err(refused)?;
        state.check_client(&folder.client).map_err(refused)?;
        let lengths = state.lengths().map_err(refused)?;
        folder.state = Some(state);
        folder.sink = Box::new(JsonLines::open(&args.out, lengths).map_err(incomplete)?);
        Ok(folder)
    }

    /// How many messages stand as earlier runs decided them under other options or with another book.
    pub fn decided_under_others(&self, fingerprint: &[u8]) -> Result<u64, CommandError> {
        match &self.state {
            Some(state) => state.decided_under_others(fingerprint).map_err(incomplete),
            None => Ok(0),
        }
    }

    /// Whose the folder is from the next commit on.
    pub fn client(&self) -> &str {
        &self.client.name
    }

    /// The folder stays, whatever comes: the state says something.
    pub fn keeps(&mut self) {
        self.made = None;
    }

    /// Adds rows and makes them count at once, with what the state keeps; of a dry run nothing.
    pub fn keep(
        &mut self,
        rows: &[(Table, &Lines)],
        changes: Changes<'_>,
        threads: &Threads,
    ) -> Result<(), CommandError> {
        if self.is_dry {
            return Ok(());
        }
        let append = |sink: &mut (dyn Sink + Send)| {
            let mut rows = rows.iter();
            rows.try_for_each(|(table, lines)| sink.append(*table, lines))
        };
        self.write(|| changes, threads, append, |()| ())?;
        self.state_commits()?;
        self.sink.committed(self.lengths);
        self.made = None;
        Ok(())
    }

    /// Has the state take the files that were read.
    pub fn take_files(&mut self, files: FilesRead) -> Result<(), CommandError> {
        match self.state.as_mut().filter(|_| !self.is_dry) {
            Some(state) => state.take_files(&files.rows()).map_err(incomplete),
            None => Ok(()),
        }
    }

    /// Writes rows, and has the state take what goes with them at the same time; what `sum_up` makes of what was written.
    /// All of it is on the disk then, and counts once it is committed.
    pub fn write<'c, W: Send, S: Send>(
        &mut self,
        changes: impl FnOnce() -> Changes<'c> + Send,
        threads: &Threads,
        rows: impl FnOnce(&mut (dyn Sink + Send)) -> Result<W, OutputError> + Send,
        sum_up: impl FnOnce(W) -> S + Send,
    ) -> Result<S, CommandError> {
        let client = &self.client.name;
        let state = self.state.as_mut().filter(|_| !self.is_dry);
        let sink = &mut *self.sink;
        let (summed_up, lengths) = std::thread::scope(|scope| {
            let write = || {
                let written = rows(sink).map_err(incomplete)?;
                // Where one thread does all, the system keeps the rows while the state takes its own.
                let sync = scope.spawn(|| sink.sync().map_err(incomplete));
                Ok::<_, CommandError>((sum_up(written), sync))
            };
            let take = || {
                let Some(state) = state else { return Ok(()) };
                let mut changes = changes();
                changes.client.clone_from(client);
                state.take(changes)
            };
            let (begun, taken) = threads.both(write, take);
            let (summed_up, sync) = begun?;
            let synced = sync.join();
            let synced = synced.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            taken.map_err(incomplete)?;
            Ok::<_, CommandError>((summed_up, synced?))
        })?;
        self.lengths = lengths;
        Ok(summed_up)
    }

    fn state_commits(&mut self) -> Result<(), CommandError> {
        match self.state.as_mut().filter(|_| !self.is_dry) {
            Some(state) => state.commit(&self.lengths).map_err(incomplete),
            None => Ok(()),
        }
    }

    /// Makes everything that was written count: the state says so, then comes the summary, for which the disk is waited
    /// for at the same time.
    pub fn commit(mut self, summary: &Summary) -> Result<(), CommandError> {
        let mut sink = std::mem::replace(&mut self.sink, Box::new(Nowhere));
        let (committed, summed_up) = std::thread::scope(|scope| {
            let summing_up = scope.spawn(|| sink.sum_up(summary));
            (self.state_commits(), summing_up.join())
        });
        committed?;
        self.made = None;
        sink.committed(self.lengths);
        let summed_up = summed_up.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        summed_up.map_err(incomplete)?;
        sink.close().map_err(incomplete)
    }
}

impl Drop for OutFolder {
    fn drop(&mut self) {
        let Some(made) = self.made.take() else { return };
        // Files first: the state may not be removed while it is open.
        self.sink = Box::new(Nowhere);
        self.state = None;
        let names = Table::ALL.map(|table| format!("{}.jsonl", table.name()));
        for name in names
            .iter()
            .map(String::as_str)
            .chain([STATE_FILE, LOCK_FILE])
        {
            let _ = fs::remove_file(made.join(name));
        }
        // Only where it is empty: a run that failed leaves no folder that it made.
        let _ = fs::remove_dir(made);
    }
}

/// Who writes: the client that the options name, else the host.
fn client(args: &OutArgs, options: &Options) -> Result<Client, CommandError> {
    let host = || {
        let name = rustix::system::uname();
        name.nodename().to_string_lossy().trim().to_owned()
    };
    let name = options.client.clone().unwrap_or_else(host);
    if name.is_empty() {
        return Err(wrong(
            "this host has no name; say whose output folder it is with `synchronization.client`",
        ));
    }
    Ok(Client {
        name,
        takes_over: args.take_over,
    })
}

/// What a user can put right is a wrong argument; all else is a run that cannot be completed.
fn refused(error: StateError) -> CommandError {
    match error {
        StateError::Io { .. } | StateError::Sql { .. } | StateError::Unreadable { .. } => {
            incomplete(error)
        }
        StateError::Busy { .. } | StateError::OfAnother { .. } | StateError::Unusable { .. } => {
            usage(error)
        }
    }
}
