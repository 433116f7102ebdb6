//! An *export* is what an output folder holds, in another form: one file here a form.

mod columns;
mod csv;
mod dataverse;
mod folder;
mod keyed;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
mod vcard;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Take, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use csv::{Form, tables};
pub use dataverse::{Posted, to_dataverse};
#[cfg(feature = "parquet")]
pub use parquet::to_parquet;
#[cfg(feature = "postgres")]
pub use postgres::{Exported, to_postgres};
pub use sqlite::to_sqlite;
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
    /// What is written to is not what it would have to be.
    #[error("{place}: {problem}")]
    Place {
        /// The file or the database.
        place: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A database refuses.
    #[error("{place}: {problem}")]
    Failed {
        /// The file or the database.
        place: String,
        /// Why.
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
        let mut rows = self.lines(table)?;
        while let Some(row) = rows.next_row()? {
            take(row)?;
        }
        Ok(())
    }

    /// As [`each`](Committed::each), with what each row was read from.
    fn each_line(
        &self,
        table: Table,
        mut take: impl FnMut(&Line<'_>, Row) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut rows = self.lines(table)?;
        while let Some(row) = rows.next_row()? {
            take(&rows.line(), row)?;
        }
        Ok(())
    }

    /// The rows of a table, one at a time.
    fn lines(&self, table: Table) -> Result<Rows, ExportError> {
        let path = self.folder.join(file_name(table));
        let mut rows = Rows {
            shown: path.display().to_string(),
            lines: None,
            number: 0,
            text: String::new(),
        };
        let committed = self.lengths.of(table);
        if committed == 0 {
            return Ok(rows);
        }
        let file = File::open(&path).map_err(|error| rows.unreadable(error))?;
        let length = file.metadata().map_err(|error| rows.unreadable(error))?;
        let length = length.len();
        if length < committed {
            return Err(ExportError::Altered {
                path: rows.shown,
                problem: format!("has {length} bytes, and runs have written {committed}"),
            });
        }
        rows.lines = Some(BufReader::new(file.take(committed)));
        Ok(rows)
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

/// The rows of a table, on their way.
struct Rows {
    /// The file, as a message names it.
    shown: String,
    /// None where there are no rows.
    lines: Option<BufReader<Take<File>>>,
    number: u64,
    text: String,
}

impl Rows {
    fn next_row<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ExportError> {
        let Some(lines) = &mut self.lines else {
            return Ok(None);
        };
        self.text.clear();
        let read = lines.read_line(&mut self.text);
        if read.map_err(|error| self.unreadable(error))? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let row = serde_json::from_str(&self.text);
        let row = row.map_err(|error| self.altered(not_a_row(&error)))?;
        Ok(Some(row))
    }

    /// What the last row was read from.
    fn line(&self) -> Line<'_> {
        Line {
            path: &self.shown,
            number: self.number,
            text: self.text.trim_end_matches('\n'),
        }
    }

    fn altered(&self, problem: &str) -> ExportError {
        self.line().altered(problem)
    }

    fn unreadable(&self, error: std::io::Error) -> ExportError {
        let path = self.shown.clone();
        ExportError::Read { path, error }
    }
}

/// A line of an output folder's file.
struct Line<'a> {
    path: &'a str,
    /// From 1.
    number: u64,
    text: &'a str,
}

impl Line<'_> {
    fn altered(&self, problem: impl Into<String>) -> ExportError {
        ExportError::Altered {
            path: format!("{}:{}", self.path, self.number),
            problem: problem.into(),
        }
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

    /// Has the system keep it, which may find that the disk is full.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn keep(&self) -> Result<(), ExportError> {
        let kept = self.aside.as_file().sync_all();
        kept.map_err(ExportError::writing(&self.to))
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn put(self) -> Result<(), ExportError> {
        self.keep()?;
        let Aside { aside, to } = self;
        let put = aside.persist(&to).map_err(|error| error.error);
        put.map(drop).map_err(ExportError::writing(&to))
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file().flush()
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
