//! An *export* is what an output folder holds, in another form: one file here a form.

mod csv;
mod vcard;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use csv::{Form, tables};
pub use vcard::{Told, vcards};

use crate::output::{Lengths, Table, file_name};
use crate::state::{State, StateError};

/// What cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no state.
    #[error(
        "{folder}: holds no state.db, so it is no output folder; `run --out {folder}` makes one"
    )]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// A file of the folder is not as it was written.
    #[error("{path}: {problem}; put back what the run has written")]
    Altered {
        /// The file, and where it can be said the line.
        path: String,
        /// What it is.
        problem: String,
    },
    /// The system refuses to read.
    #[error("{path}: cannot be read: {error}")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The system refuses to write.
    #[error("{path}: cannot be written: {error}")]
    Write {
        /// The file.
        path: String,
        /// The system's reason.
        error: std::io::Error,
    },
}

impl ExportError {
    fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> ExportError {
        let path = path.display().to_string();
        move |error| ExportError::Write { path, error }
    }
}

/// The rows of an output folder that count: not those of a run that was stopped, or is still under way.
#[derive(Debug)]
pub struct Committed {
    folder: PathBuf,
    lengths: Lengths,
}

/// A row, by column.
pub type Row = Map<String, Value>;

impl Committed {
    /// Opens the folder.
    ///
    /// # Errors
    /// Where it is no output folder, or its state cannot be read.
    pub fn open(folder: &Path) -> Result<Committed, ExportError> {
        let state = State::open_read_only(folder)?.ok_or_else(|| ExportError::NoFolder {
            folder: folder.display().to_string(),
        })?;
        Ok(Committed {
            folder: folder.into(),
            lengths: state.lengths()?,
        })
    }

    /// The rows of a table, in order.
    ///
    /// # Errors
    /// As [`each`](Committed::each).
    pub fn rows(&self, table: Table) -> Result<Vec<Row>, ExportError> {
        let mut rows = Vec::new();
        self.each(table, |row: Row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Gives the rows of a table in order, one at a time, until `take` fails. `T` is a [`Row`], or what is wanted of one.
    ///
    /// # Errors
    /// Where the file cannot be read, or is not as it was written, or `take` fails.
    pub fn each<T: DeserializeOwned>(
        &self,
        table: Table,
        mut take: impl FnMut(T) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let path = self.folder.join(file_name(table));
        let shown = path.display().to_string();
        let read = |error| ExportError::Read {
            path: shown.clone(),
            error,
        };
        let committed = self.lengths.of(table);
        if committed == 0 {
            return Ok(());
        }
        let file = File::open(&path).map_err(read)?;
        let length = file.metadata().map_err(read)?.len();
        if length < committed {
            return Err(ExportError::Altered {
                path: shown,
                problem: format!("has {length} bytes, and runs have written {committed}"),
            });
        }
        for (at, line) in BufReader::new(file.take(committed)).lines().enumerate() {
            let row = serde_json::from_str(&line.map_err(read)?);
            take(row.map_err(|error| ExportError::Altered {
                path: format!("{shown}:{}", at + 1),
                problem: not_a_row(&error).into(),
            })?)?;
        }
        Ok(())
    }

    /// The summary of the last run, or what is wanted of it; none where the file is not there.
    ///
    /// # Errors
    /// Where it cannot be read, or is not as it was written.
    pub fn summary<T: DeserializeOwned>(&self) -> Result<Option<T>, ExportError> {
        let path = self.folder.join("summary.json");
        let shown = || path.display().to_string();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(ExportError::Read {
                    path: shown(),
                    error,
                });
            }
        };
        serde_json::from_slice(&bytes).map_err(|error| ExportError::Altered {
            path: shown(),
            problem: not_a_row(&error).into(),
        })
    }
}

fn not_a_row(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "lacks what a run writes there",
        _ => "is no JSON object",
    }
}

/// A file that is written aside and put in its place once it is whole, so that an export that fails leaves what was
/// there; let go of before, it is removed.
#[derive(Debug)]
pub struct Aside {
    aside: tempfile::NamedTempFile<File>,
    to: PathBuf,
}

impl Aside {
    /// A file beside its place.
    ///
    /// # Errors
    /// Where its place is a folder, or nothing can be written beside it.
    pub fn new(to: &Path) -> Result<Aside, ExportError> {
        if to.is_dir() {
            let error = std::io::Error::other("is a folder; name a file in it");
            return Err(ExportError::writing(to)(error));
        }
        let folder = to.parent().filter(|it| !it.as_os_str().is_empty());
        // Made as any other file, so that others may read it who may read those beside it.
        let make = |path: &Path| File::create_new(path);
        let aside = tempfile::Builder::new()
            .prefix(".mailtrack-export-")
            .make_in(folder.unwrap_or(Path::new(".")), make)
            .map_err(ExportError::writing(to))?;
        Ok(Aside {
            aside,
            to: to.into(),
        })
    }

    /// What is written to.
    pub fn file(&mut self) -> &mut File {
        self.aside.as_file_mut()
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn put(self) -> Result<(), ExportError> {
        let Aside { aside, to } = self;
        let kept = aside.as_file().sync_all();
        kept.map_err(ExportError::writing(&to))?;
        let put = aside.persist(&to).map_err(|error| error.error);
        put.map(drop).map_err(ExportError::writing(&to))
    }
}

/// Writes a whole file.
///
/// # Errors
/// Where it cannot be written.
pub fn write_whole(to: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let mut aside = Aside::new(to)?;
    let written = aside.file().write_all(bytes);
    written.map_err(ExportError::writing(to))?;
    aside.put()
}
