//! Reads the rows of one table one by one.

use super::error::CommittedError;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Take;

/// A reader of the rows of a table.
pub(crate) struct JsonRows {
    /// The file as shown in messages.
    pub(super) shown: String,
    /// `None` if there are no rows.
    pub(super) lines: Option<BufReader<Take<File>>>,
    /// The number of bytes of the rows read so far.
    pub(super) end: u64,
    pub(super) number: u64,
    pub(super) text: String,
}

impl JsonRows {
    pub(crate) fn next_row<T: DeserializeOwned>(&mut self) -> Result<Option<T>, CommittedError> {
        let Some(lines) = &mut self.lines else {
            return Ok(None);
        };
        self.text.clear();
        let read = lines.read_line(&mut self.text);
        let read = read.map_err(|error| self.unreadable(error))?;
        if read == 0 {
            return Ok(None);
        }
        self.end += read as u64;
        self.number += 1;
        let row = serde_json::from_str(&self.text);
        let row = row.map_err(|error| self.altered(not_a_row(&error)))?;
        Ok(Some(row))
    }

    /// Returns the line that the last row was read from.
    pub(super) fn line(&self) -> JsonLine<'_> {
        JsonLine {
            path: &self.shown,
            number: self.number,
            text: self.text.trim_end_matches('\n'),
        }
    }

    pub(crate) fn altered(&self, problem: &str) -> CommittedError {
        self.line().altered(problem)
    }

    pub(super) fn unreadable(&self, error: std::io::Error) -> CommittedError {
        let path = self.shown.clone();
        CommittedError::Read { path, error }
    }
}

/// A line of an output folder's file.
pub(crate) struct JsonLine<'a> {
    path: &'a str,
    /// Counted from 1.
    pub(crate) number: u64,
    pub(crate) text: &'a str,
}

impl JsonLine<'_> {
    pub(crate) fn altered(&self, problem: impl Into<String>) -> CommittedError {
        CommittedError::Altered {
            path: format!("{}:{}", self.path, self.number),
            problem: problem.into(),
        }
    }
}

pub(super) fn not_a_row(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "lacks what a run writes there",
        _ => "is not a JSON object",
    }
}
