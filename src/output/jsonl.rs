//! JSON Lines files in one folder, to which every run appends. Bytes that the state does not count are cut off: at the
//! start of a run if the last one was stopped, and at the end of a run that failed before the state was asked to
//! commit. From then on only the state knows what counts, and nothing is cut off without reading it.

use crate::output::error::recovery_advice;
use crate::output::table::file_name;
use std::fs::{self, File};
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::background_sync::BackgroundSync;
use super::sink::Sink;
use super::summary::Summary;
use crate::base::disk;
use crate::base::threads::Concurrent;
use crate::output::error::OutputError;
use crate::output::lines::Lines;
use crate::output::table::{Lengths, Table};

const SUMMARY: &str = "summary.json";

/// The summary is written here, and renamed when everything is committed.
const SUMMARY_ASIDE: &str = ".summary.json.partial";

/// Size in bytes of the buffer of each file.
const BUFFER: usize = 1 << 16;

/// The files of an output folder.
#[derive(Debug)]
pub(crate) struct JsonLines {
    folder: PathBuf,
    files: Vec<OutFile>,
    early: BackgroundSync,
    committed: Lengths,
    /// Whether bytes beyond the committed lengths may count, because the state was asked to commit them.
    may_count: bool,
    /// Whether everything is committed, so that nothing is to be undone.
    is_closed: bool,
}

/// An open file.
#[derive(Debug)]
struct OutFile {
    table: Table,
    path: PathBuf,
    writer: BufWriter<File>,
    /// Bytes that were written since the last background sync.
    waiting: usize,
}

impl JsonLines {
    /// Refuses a folder that has output files but no state to say what counts.
    ///
    /// # Errors
    /// If it has any, or its files cannot be examined.
    pub(crate) fn check_without_state(folder: &Path) -> Result<(), OutputError> {
        for file in Table::ALL.into_iter().map(file_name) {
            if length_of(&folder.join(&file))? > 0 {
                let folder = folder.display().to_string();
                return Err(OutputError::NotOurs { folder, file });
            }
        }
        Ok(())
    }

    /// Opens the files of an existing folder, and cuts off what is not committed.
    ///
    /// # Errors
    /// If a file cannot be written, or is shorter than its committed length.
    pub(crate) fn open(folder: &Path, committed: Lengths) -> Result<JsonLines, OutputError> {
        for table in Table::ALL {
            let path = folder.join(file_name(table));
            let length = length_of(&path)?;
            if length < committed.of(table) {
                let (path, committed) = (path.display().to_string(), committed.of(table));
                return Err(OutputError::CutOff {
                    path,
                    length,
                    committed,
                    way_out: recovery_advice(folder),
                });
            }
        }
        let mut out = JsonLines {
            folder: folder.into(),
            files: Vec::new(),
            early: BackgroundSync::default(),
            committed,
            may_count: false,
            is_closed: false,
        };
        for table in Table::ALL {
            let path = folder.join(file_name(table));
            let is_there = || disk::is_there(&path).map_err(OutputError::unreadable(&path));
            if table.is_always_there() || is_there()? {
                out.open_file(table)?;
            }
        }
        Ok(out)
    }

    /// Opens a file, and cuts off what is not committed.
    fn open_file(&mut self, table: Table) -> Result<(), OutputError> {
        let path = self.folder.join(file_name(table));
        let open = || {
            let mut file = disk::open_to_write(&path)?;
            file.set_len(self.committed.of(table))?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = open().map_err(OutputError::io(&path))?;
        self.files.push(OutFile {
            table,
            path,
            writer: BufWriter::with_capacity(BUFFER, file),
            waiting: 0,
        });
        Ok(())
    }

    fn write_summary(&self, summary: &Summary) -> std::io::Result<()> {
        let text = serde_json::to_string_pretty(summary)?;
        let mut file = File::create(self.folder.join(SUMMARY_ASIDE))?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    }
}

impl Sink for JsonLines {
    fn append(&mut self, table: Table, lines: &Lines) -> Result<(), OutputError> {
        let bytes = lines.bytes()?;
        if bytes.is_empty() {
            return Ok(());
        }
        if self.files.iter().all(|file| file.table != table) {
            self.open_file(table)?;
        }
        let Some(file) = self.files.iter_mut().find(|file| file.table == table) else {
            return Ok(());
        };
        let written = file.writer.write_all(bytes);
        written.map_err(OutputError::io(&file.path))?;
        file.waiting += bytes.len();
        if self
            .early
            .keeps(file.waiting, &file.path, file.writer.get_ref())
        {
            file.waiting = 0;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<Lengths, OutputError> {
        self.early.end()?;
        let mut lengths = Lengths::default();
        let mut changed = Vec::new();
        for file in &mut self.files {
            let writer = &mut file.writer;
            let end = writer
                .flush()
                .and_then(|()| writer.get_mut().stream_position());
            let length = end.map_err(OutputError::io(&file.path))?;
            if length != self.committed.of(file.table) {
                changed.push((file.path.clone(), file.writer.get_ref()));
            }
            lengths.set(file.table, length);
            file.waiting = 0;
        }
        if changed.is_empty() {
            return Ok(lengths);
        }
        sync_all(&changed)?;
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(OutputError::io(&self.folder))?;
        Ok(lengths)
    }

    fn committing(&mut self) {
        self.may_count = true;
    }

    fn committed(&mut self, lengths: Lengths) {
        self.committed = lengths;
        self.may_count = false;
    }

    fn sum_up(&mut self, summary: &Summary) -> Result<(), OutputError> {
        let path = self.folder.join(SUMMARY);
        self.write_summary(summary).map_err(OutputError::io(&path))
    }

    fn close(mut self: Box<Self>) -> Result<(), OutputError> {
        self.is_closed = true;
        let (aside, path) = (self.folder.join(SUMMARY_ASIDE), self.folder.join(SUMMARY));
        let renamed = fs::rename(&aside, &path);
        if renamed.is_err() {
            let _ = fs::remove_file(aside);
        }
        renamed.map_err(OutputError::io(&path))
    }
}

/// Syncs the files concurrently: a file system writes its journal for all of them at once.
fn sync_all(files: &[(PathBuf, &File)]) -> Result<(), OutputError> {
    std::thread::scope(|scope| {
        let begun: Vec<_> = files
            .iter()
            .map(|(_, file)| Concurrent::begin(scope, || file.sync_all()))
            .collect();
        for (sync, (path, _)) in begun.into_iter().zip(files) {
            sync.end().map_err(OutputError::io(path))?;
        }
        Ok(())
    })
}

/// Returns the length of a file in bytes; 0 if it does not exist.
fn length_of(path: &Path) -> Result<u64, OutputError> {
    disk::length(path).map_err(OutputError::unreadable(path))
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        if self.is_closed {
            return;
        }
        for file in self.files.drain(..) {
            // `into_parts` discards the buffer, which must not be written any more.
            let (open, _) = file.writer.into_parts();
            if !self.may_count {
                // If this fails too, the next run cuts the file.
                let _ = open.set_len(self.committed.of(file.table));
            }
        }
        // An unfinished summary, or one of a run that does not count.
        let _ = fs::remove_file(self.folder.join(SUMMARY_ASIDE));
    }
}

#[cfg(test)]
#[path = "jsonl_tests.rs"]
mod tests;
