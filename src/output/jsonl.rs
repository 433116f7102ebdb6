//! JSON Lines files in one folder. They are written aside, and renamed when all are whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Lines, OutputError, Sink, Table};
use crate::summary::Summary;

const SUMMARY: &str = "summary.json";

/// Where files are written before they are whole; a killed run may leave one behind.
const ASIDE_PREFIX: &str = ".mailtrack-partial-";

/// The output folder of a run.
#[derive(Debug)]
pub struct JsonLines {
    folder: PathBuf,
    made_folder: bool,
    aside: TempDir,
    files: Vec<(Table, BufWriter<File>)>,
}

fn file_name(table: Table) -> String {
    format!("{}.jsonl", table.name())
}

impl JsonLines {
    /// Refuses a folder that holds an earlier run's files.
    ///
    /// # Errors
    /// Where it does.
    pub fn check(folder: &Path) -> Result<(), OutputError> {
        let names = Table::ALL
            .into_iter()
            .map(file_name)
            .chain([SUMMARY.to_owned()]);
        match names.into_iter().find(|name| folder.join(name).exists()) {
            None => Ok(()),
            Some(file) => Err(OutputError::NotEmpty {
                folder: folder.display().to_string(),
                file,
            }),
        }
    }

    /// Opens the folder, making it where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made or written to, or holds an earlier run's files.
    pub fn create(folder: &Path) -> Result<JsonLines, OutputError> {
        remove_half_commit(folder);
        JsonLines::check(folder)?;
        let made_folder = !folder.exists();
        fs::create_dir_all(folder).map_err(OutputError::io(folder))?;
        remove_leftovers(folder);
        let aside = tempfile::Builder::new()
            .prefix(ASIDE_PREFIX)
            .tempdir_in(folder);
        let mut out = JsonLines {
            aside: aside.map_err(OutputError::io(folder))?,
            folder: folder.into(),
            made_folder,
            files: Vec::new(),
        };
        for table in Table::ALL {
            let path = out.aside.path().join(file_name(table));
            let file = File::create(&path).map_err(OutputError::io(&path))?;
            out.files
                .push((table, BufWriter::with_capacity(1 << 18, file)));
        }
        Ok(out)
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), OutputError> {
        let text = format!(
            "{}\n",
            serde_json::to_string_pretty(summary).unwrap_or_default()
        );
        let path = self.aside.path().join(SUMMARY);
        let mut file = File::create(&path).map_err(OutputError::io(&path))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(OutputError::io(&path))?;
        for (table, writer) in &mut self.files {
            let path = self.folder.join(file_name(*table));
            writer
                .flush()
                .and_then(|()| writer.get_ref().sync_all())
                .map_err(OutputError::io(&path))?;
        }
        // The summary comes last: where it is, the run was complete.
        let names = self
            .files
            .iter()
            .map(|(table, _)| file_name(*table))
            .chain([SUMMARY.to_owned()]);
        for name in names {
            let to = self.folder.join(&name);
            fs::rename(self.aside.path().join(&name), &to).map_err(OutputError::io(&to))?;
        }
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(OutputError::io(&self.folder))
    }
}

impl Sink for JsonLines {
    fn append(&mut self, table: Table, lines: &Lines) -> Result<(), OutputError> {
        let bytes = lines.bytes()?;
        let path = self.folder.join(file_name(table));
        match self.files.iter_mut().find(|(of, _)| *of == table) {
            Some((_, writer)) => writer.write_all(bytes).map_err(OutputError::io(&path)),
            None => Ok(()),
        }
    }

    fn commit(mut self: Box<Self>, summary: &Summary) -> Result<(), OutputError> {
        self.finish(summary)?;
        self.made_folder = false;
        Ok(())
    }
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        self.files.clear();
        let _ = fs::remove_dir_all(self.aside.path());
        if self.made_folder {
            // Only where it is empty: a run that failed leaves no folder that it made.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// A run that was killed while it renamed its files has made some of them visible, and its summary, which comes last,
/// is still aside. Those files are no complete output, and are removed.
fn remove_half_commit(folder: &Path) {
    let is_half = |entry: &fs::DirEntry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with(ASIDE_PREFIX)
            && entry.path().join(SUMMARY).exists()
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let halves: Vec<PathBuf> = entries.filter(is_half).map(|entry| entry.path()).collect();
    if folder.join(SUMMARY).exists() {
        return;
    }
    for aside in halves {
        // What is not aside any more was renamed by that run.
        let renamed = Table::ALL
            .into_iter()
            .map(file_name)
            .filter(|name| !aside.join(name).exists());
        renamed.for_each(|name| drop(fs::remove_file(folder.join(name))));
    }
}

fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with(ASIDE_PREFIX)
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
