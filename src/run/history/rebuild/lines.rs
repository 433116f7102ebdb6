//! Parses the lines of an output folder, as far as a rebuild needs their content.

use crate::base::disk;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Take};
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::decide::track::Reason;
use crate::output::state::stored::MessageKey;
use crate::output::table::file_name;
use crate::output::table::{Lengths, Table};
use crate::run::history::rebuild::error::RebuildError;

/// A line of `decisions.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct DecisionLine<'a> {
    #[serde(borrow)]
    pub(super) source: Cow<'a, str>,
    pub(super) messageid: Option<Box<str>>,
    pub(super) receivedon: Option<Timestamp>,
    pub(super) reason: Reason,
    pub(super) activityid: Option<Box<str>>,
    pub(super) created: Vec<Box<str>>,
}

/// A line of `emails.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct EmailLine {
    pub(super) activityid: Box<str>,
    pub(super) source: Box<str>,
    pub(super) messageid: Option<Box<str>>,
    pub(super) subject: Option<Box<str>>,
    pub(super) receivedon: Option<Timestamp>,
    pub(super) conversationindex: Option<Box<str>>,
    pub(super) trackingtoken: Option<Box<str>>,
    pub(super) regardingobjectid: Option<Box<str>>,
    pub(super) reason: Reason,
}

/// A line of `activityparties.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct PartyLine {
    pub(super) activityid: Box<str>,
    pub(super) participationtypemask: u8,
    pub(super) addressused: Option<String>,
}

/// A line of `updates.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct UpdateLine {
    pub(super) activityid: Box<str>,
    pub(super) regardingobjectid: Box<str>,
}

/// A line of `duplicates.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct DuplicateLine {
    pub(super) equals: Box<str>,
    pub(super) activityid: Box<str>,
}

/// A line of `sent.jsonl` or `failed.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct OutgoingLine {
    pub(super) id: Option<Box<str>>,
    pub(super) messageid: Option<Box<str>>,
    pub(super) outcome: Option<Box<str>>,
    pub(super) trackingtoken: Option<Box<str>>,
}

/// Reads the complete lines of a table one by one. What follows the last line feed or the committed length is
/// incomplete and is not read.
pub(super) struct TableLines {
    shown: String,
    reader: Option<BufReader<Take<File>>>,
    line: Vec<u8>,
    /// The number of the last line read, counted from 1.
    pub(super) number: u64,
    /// Its end in bytes.
    pub(super) end: u64,
}

impl TableLines {
    pub(super) fn open(
        folder: &Path,
        table: Table,
        lengths: &Lengths,
    ) -> Result<TableLines, RebuildError> {
        let path = folder.join(file_name(table));
        let shown = path.display().to_string();
        let open = || match disk::is_there(&path)? {
            true => File::open(&path).map(Some),
            false => Ok(None),
        };
        let file = open().map_err(|error| RebuildError::unread(&shown, error))?;
        Ok(TableLines {
            reader: file.map(|file| BufReader::new(file.take(lengths.of(table)))),
            shown,
            line: Vec::new(),
            number: 0,
            end: 0,
        })
    }

    /// Returns the next line without its line feed.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, RebuildError> {
        let Some(reader) = &mut self.reader else {
            return Ok(None);
        };
        self.line.clear();
        let read = reader.read_until(b'\n', &mut self.line);
        read.map_err(|error| RebuildError::unread(&self.shown, error))?;
        let Some((b'\n', line)) = self.line.split_last() else {
            return Ok(None);
        };
        self.number += 1;
        self.end += line.len() as u64 + 1;
        Ok(Some(line))
    }

    /// Parses the last line read.
    pub(super) fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, RebuildError> {
        let said = serde_json::from_slice(&self.line);
        said.map_err(|error| {
            // Omit the position, which the JSON parser counts within this line.
            let words = error.to_string();
            self.wrong_line(words.split(" at line ").next().unwrap_or_default())
        })
    }

    /// Parses the id of an activity in the last line read.
    pub(super) fn id(&self, text: &str) -> Result<MessageKey, RebuildError> {
        let id = Uuid::try_parse(text).map(Uuid::into_bytes);
        id.map_err(|_| self.wrong_line(format!("`{text}` is not the id of an activity")))
    }

    /// Returns the error for a last line that differs from what runs write.
    pub(super) fn wrong_line(&self, why: impl Into<String>) -> RebuildError {
        RebuildError::Wrong {
            path: self.shown.clone(),
            line: self.number,
            why: why.into(),
        }
    }
}

/// Calls `take` for each line of a table.
pub(super) fn each<T: for<'a> Deserialize<'a>>(
    folder: &Path,
    table: Table,
    lengths: &Lengths,
    mut take: impl FnMut(&TableLines, T) -> Result<(), RebuildError>,
) -> Result<(), RebuildError> {
    let mut lines = TableLines::open(folder, table, lengths)?;
    while lines.next()?.is_some() {
        let said = lines.parse()?;
        take(&lines, said)?;
    }
    Ok(())
}
