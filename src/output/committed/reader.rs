//! Reads the committed rows of an output folder, not those of a run that was stopped or is still in progress.

use super::error::CommittedError;
use crate::base::disk;
use crate::output::committed::row_types::NamedLine;
use crate::output::committed::rows::{JsonLine, JsonRows, not_a_row};
use crate::output::state::GivenFrom;
use crate::output::state::RunArguments;
use crate::output::state::StateDatabase;
use crate::output::state::stored::LOCK_FILE;
use crate::output::state::stored::STATE_FILE;
use crate::output::table::Lengths;
use crate::output::table::Table;
use crate::output::table::file_name;
use hashbrown::HashMap;
use serde::de::DeserializeOwned;
use serde_json::Map;
use serde_json::Value;
use std::io::BufReader;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

/// The committed rows of an output folder.
#[derive(Debug)]
pub(crate) struct Committed {
    folder: PathBuf,
    lengths: Lengths,
    given: Vec<GivenFrom>,
}

/// A message that a run decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    /// Its source.
    pub source: Box<str>,
    /// Its Message-ID.
    pub message_id: Option<Box<str>>,
    /// The index in [`Committed::given`] of the arguments of the run.
    pub given: Option<usize>,
}

/// A row: its values by column.
pub(crate) type JsonRow = Map<String, Value>;

impl Committed {
    /// Opens the folder.
    ///
    /// # Errors
    /// If it is not an output folder, or its state cannot be read.
    pub(crate) fn open(folder: &Path) -> Result<Committed, CommittedError> {
        let state = StateDatabase::open_read_only(folder)?.ok_or_else(|| nothing_in(folder))?;
        Ok(Committed {
            folder: folder.into(),
            lengths: state.lengths()?,
            given: state.given()?,
        })
    }

    /// Returns the arguments of its runs, in their order; runs of older versions did not record them.
    pub(crate) fn given(
        &self,
    ) -> impl ExactSizeIterator<Item = &RunArguments> + DoubleEndedIterator {
        self.given.iter().map(|it| &it.given)
    }

    /// Returns the index, in [`given`](Committed::given), of the arguments of the run that wrote the line of
    /// `decisions.jsonl` that begins at byte `start`; `None` if they are not recorded.
    pub(crate) fn given_at(&self, start: u64) -> Option<usize> {
        let begun = self.given.partition_point(|it| it.start <= start);
        begun.checked_sub(1)
    }

    /// Returns the decided messages for whose source and Message-ID `is_it` returns true, each once, with its last run.
    ///
    /// # Errors
    /// Those of [`each`](Committed::each).
    pub(crate) fn decisions_by(
        &self,
        is_it: impl Fn(&str, Option<&str>) -> bool,
    ) -> Result<Vec<Decided>, CommittedError> {
        let mut found: Vec<Decided> = Vec::new();
        let mut places = HashMap::new();
        self.each_at::<_, CommittedError>(Table::Decisions, |start, line: NamedLine| {
            if is_it(&line.source, line.messageid.as_deref()) {
                let given = self.given_at(start);
                let key = (line.source.clone(), line.messageid.clone());
                let at = *places.entry(key).or_insert(found.len());
                match found.get_mut(at) {
                    Some(known) => known.given = given,
                    None => found.push(Decided {
                        source: line.source,
                        message_id: line.messageid,
                        given,
                    }),
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Returns the rows of a table, in order.
    ///
    /// # Errors
    /// Those of [`each`](Committed::each).
    pub(crate) fn rows(&self, table: Table) -> Result<Vec<JsonRow>, CommittedError> {
        let mut rows = Vec::new();
        self.each::<_, CommittedError>(table, |row: JsonRow| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Passes the rows of a table to `take` in order, until it fails. `T` is a [`JsonRow`] or a type with the needed
    /// columns.
    ///
    /// # Errors
    /// If the file cannot be read or was altered, or if `take` fails.
    pub(crate) fn each<T: DeserializeOwned, E: From<CommittedError>>(
        &self,
        table: Table,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_at(table, |_, row| take(row))
    }

    /// Like [`each`](Committed::each), with the offset in bytes at which each row begins.
    ///
    /// # Errors
    /// Those of [`each`](Committed::each).
    pub(crate) fn each_at<T: DeserializeOwned, E: From<CommittedError>>(
        &self,
        table: Table,
        mut take: impl FnMut(u64, T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rows = self.lines(table)?;
        loop {
            let start = rows.end;
            match rows.next_row()? {
                Some(row) => take(start, row)?,
                None => return Ok(()),
            }
        }
    }

    /// Like [`each`](Committed::each), with the line that each row was read from.
    pub(crate) fn each_line<E: From<CommittedError>>(
        &self,
        table: Table,
        mut take: impl FnMut(&JsonLine<'_>, JsonRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rows = self.lines(table)?;
        while let Some(row) = rows.next_row()? {
            take(&rows.line(), row)?;
        }
        Ok(())
    }

    /// Returns a reader of the rows of a table.
    pub(crate) fn lines(&self, table: Table) -> Result<JsonRows, CommittedError> {
        let path = self.folder.join(file_name(table));
        let mut rows = JsonRows {
            shown: path.display().to_string(),
            lines: None,
            end: 0,
            number: 0,
            text: String::new(),
        };
        let committed = self.lengths.of(table);
        if committed == 0 {
            return Ok(rows);
        }
        let file = disk::open_file(&path).map_err(|error| rows.unreadable(error))?;
        let length = file.metadata().map_err(|error| rows.unreadable(error))?;
        let length = length.len();
        if length < committed {
            return Err(CommittedError::Altered {
                path: rows.shown,
                problem: format!("has {length} bytes, and runs have written {committed}"),
            });
        }
        rows.lines = Some(BufReader::new(file.take(committed)));
        Ok(rows)
    }

    /// Returns the summary of the last run, or the parts of it in `T`; `None` if the file does not exist.
    ///
    /// # Errors
    /// If it cannot be read or was altered.
    pub(crate) fn summary<T: DeserializeOwned>(&self) -> Result<Option<T>, CommittedError> {
        let path = self.folder.join("summary.json");
        let shown = || path.display().to_string();
        let bytes = match disk::read(&path, disk::TEXT_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if disk::is_absent(&error) => return Ok(None),
            Err(error) => {
                return Err(CommittedError::Read {
                    path: shown(),
                    error,
                });
            }
        };
        serde_json::from_slice(&bytes).map_err(|error| CommittedError::Altered {
            path: shown(),
            problem: not_a_row(&error).into(),
        })
    }
}

/// Returns the reason why a folder without a state cannot be read.
fn nothing_in(path: &Path) -> CommittedError {
    let folder = path.display().to_string();
    for file in [STATE_FILE, LOCK_FILE] {
        let file = path.join(file);
        match disk::is_there(&file) {
            Ok(true) => return CommittedError::NoRun { folder },
            Ok(false) => (),
            Err(error) => {
                let path = file.display().to_string();
                return CommittedError::Read { path, error };
            }
        }
    }
    CommittedError::NoFolder { folder }
}
