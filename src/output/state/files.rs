//! The mail *files* that were read. A run over a whole archive looks up all of them, so files whose locations begin
//! with the same bits share a row: a row for each took seven times as many instructions to write.

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, ffi};

use super::database::StateDatabase;
use super::schema::VERSION_OF_FILES;
use super::writing::Transaction;
use crate::mail::source::{SourceKey, Stamp};
use crate::output::state::error::{StateError, unusable};

/// A file that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its location.
    pub place: SourceKey,
    /// Its size and time, taken before it was read.
    pub stamp: Stamp,
    /// Its number of messages; `None` if it is not mail.
    pub messages: Option<u32>,
}

/// Files that earlier runs have read.
#[derive(Debug, Default)]
pub struct KnownFiles {
    /// Sorted by location.
    files: Vec<FileRow>,
    /// The index in `files` at which each part ends.
    ends: Vec<usize>,
}

impl KnownFiles {
    /// Returns the file at a location, as it was when it was read.
    pub fn get(&self, place: SourceKey) -> Option<&FileRow> {
        let part = usize::from(part_of(place));
        let end = *self.ends.get(part)?;
        let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        let files = &self.files[start..end];
        let at = files.binary_search_by_key(&place, |file| file.place).ok()?;
        Some(&files[at])
    }
}

/// Number of parts. A million files make about 250 in each, so that adding one rewrites a page or two.
const PARTS: u16 = 1 << PART_BITS;
const PART_BITS: u32 = 12;

/// Returns the number of the part that a location belongs to. Parts are in the order of locations.
fn part_of(place: SourceKey) -> u16 {
    let ascending = place.0.cast_unsigned() ^ (1 << 63);
    (ascending >> (u64::BITS - PART_BITS)) as u16
}

/// Size in bytes of a file's entry in a part.
const FILE: usize = 28;

/// Stands for a file that is not mail.
const NO_MAIL: u32 = u32::MAX;

impl FileRow {
    fn write(&self, to: &mut Vec<u8>) {
        for number in [self.place.0, self.stamp.size, self.stamp.modified] {
            to.extend_from_slice(&number.to_le_bytes());
        }
        to.extend_from_slice(&self.messages.unwrap_or(NO_MAIL).to_le_bytes());
    }

    fn read(bytes: &[u8; FILE]) -> FileRow {
        let (numbers, messages) = bytes.as_chunks::<8>();
        let number = |at: usize| i64::from_le_bytes(numbers[at]);
        let messages = messages.first_chunk().map(|it| u32::from_le_bytes(*it));
        FileRow {
            place: SourceKey(number(0)),
            stamp: Stamp {
                size: number(1),
                modified: number(2),
            },
            messages: messages.filter(|&it| it != NO_MAIL),
        }
    }
}

/// Returns the files of a part, sorted by location.
fn part(connection: &Connection, number: u16) -> rusqlite::Result<Vec<FileRow>> {
    let mut statement = connection.prepare_cached("SELECT files FROM files WHERE part = ?1")?;
    let bytes: Option<Vec<u8>> = statement.query_row([number], |row| row.get(0)).optional()?;
    let bytes = bytes.unwrap_or_default();
    match bytes.as_chunks() {
        (files, []) => Ok(files.iter().map(FileRow::read).collect()),
        _ => Err(damaged()),
    }
}

pub(super) fn damaged() -> rusqlite::Error {
    let error = ffi::Error {
        code: ErrorCode::DatabaseCorrupt,
        extended_code: ffi::SQLITE_CORRUPT,
    };
    rusqlite::Error::SqliteFailure(error, None)
}

impl StateDatabase {
    /// Returns whether any file was read.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn has_files(&self) -> Result<bool, StateError> {
        Ok(self.version >= VERSION_OF_FILES && self.has_any("files")?)
    }

    /// Returns the known files at these locations, and possibly others.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn files(&self, places: impl Iterator<Item = SourceKey>) -> Result<KnownFiles, StateError> {
        if self.version < VERSION_OF_FILES {
            return Ok(KnownFiles::default());
        }
        let mut is_asked_for = vec![false; PARTS.into()];
        places.for_each(|place| is_asked_for[usize::from(part_of(place))] = true);
        let read = || {
            let mut known = KnownFiles::default();
            for (number, is_asked_for) in (0..PARTS).zip(is_asked_for) {
                if is_asked_for {
                    known.files.append(&mut part(&self.connection, number)?);
                }
                known.ends.push(known.files.len());
            }
            Ok(known)
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    /// Writes the files that a run has read without failures, sorted by location; like [`take`](StateDatabase::take).
    ///
    /// # Errors
    /// If the state cannot be written.
    pub fn take_files(&mut self, files: &[FileRow]) -> Result<(), StateError> {
        let has_files = self.has_files()?;
        let take = || {
            let transaction = Transaction::begin(&self.connection)?;
            let mut insert = transaction.prepare("INSERT OR REPLACE INTO files VALUES (?1, ?2)")?;
            let mut bytes = Vec::new();
            for new in files.chunk_by(|one, other| part_of(one.place) == part_of(other.place)) {
                let number = part_of(new[0].place);
                let before = match has_files {
                    true => part(&transaction, number)?,
                    false => Vec::new(),
                };
                bytes.clear();
                merged(new, &before).for_each(|file| file.write(&mut bytes));
                insert.execute((number, &bytes))?;
            }
            drop(insert);
            transaction.leave_open();
            Ok(())
        };
        take().map_err(|error| unusable(&self.path, error))
    }
}

/// Merges two lists of files by location; at equal locations the new file replaces the old one.
fn merged(new: &[FileRow], before: &[FileRow]) -> impl Iterator<Item = FileRow> {
    let mut all = [new, before].concat();
    all.sort_by_key(|file| file.place);
    all.dedup_by_key(|file| file.place);
    all.into_iter()
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
