//! Reading a folder of record files into a [`Book`], with every check that the files need.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::build::NewRecord;
use super::sheet::{Row, Sheet, SheetError};
use super::{Book, BookBuilder, KnownEmail, State};
use crate::address::Address;
use crate::message_id;
use crate::reference::Reference;

/// At most so many errors are told at once; a file with more has one cause.
const ERRORS_SHOWN_MAX: usize = 20;

/// The logical names that the columns of each record type have in its file.
type ColumnNames = BTreeMap<String, BTreeMap<String, String>>;

/// A book that cannot be used: each line names the file, the line in it, and what would be right.
#[derive(Debug, PartialEq)]
pub struct BookError(Vec<String>);

impl std::error::Error for BookError {}

impl fmt::Display for BookError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(ERRORS_SHOWN_MAX)];
        out.write_str(&shown.join("\n"))?;
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(out, "\n... and {more} more errors in the book"),
        }
    }
}

/// Reads the book in `folder`. `owners` are the mailboxes' owners: where the book has no file for their type, they are
/// records all the same, with the addresses that the options give them.
///
/// # Errors
/// Where the folder is not there or has no record files, or a file is wrong.
pub fn load<'o>(
    folder: &Path,
    names: &ColumnNames,
    owners: impl IntoIterator<Item = &'o Reference>,
) -> Result<Book, BookError> {
    let mut builder = BookBuilder::default();
    let mut errors = Vec::new();
    for (kind, path) in files(folder)? {
        let sheet = match Sheet::open(&path, names.get(&kind)) {
            Ok(sheet) => sheet,
            Err(error) => {
                errors.push(located(&path, &error));
                continue;
            }
        };
        let mut file = FileReader {
            path: &path,
            builder: &mut builder,
            errors: &mut errors,
        };
        let read = if kind == "email" {
            file.emails(sheet)
        } else {
            file.records(&kind, sheet)
        };
        if let Err(error) = read {
            errors.push(located(&path, &error));
        }
    }
    builder.add_owners(owners);
    if errors.is_empty() {
        Ok(builder.finish())
    } else {
        Err(BookError(errors))
    }
}

/// The record files of a folder by record type, in the order of their names.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, BookError> {
    let fail = |message: String| Err(BookError(vec![message]));
    let shown = folder.display();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(_) if folder.is_file() => {
            return fail(format!(
                "{shown}: is a file; a book is a folder with contact.csv, lead.csv, account.csv, systemuser.csv ..."
            ));
        }
        Err(error) => {
            return fail(format!(
                "{shown}: {error}; the book is a folder with contact.csv, lead.csv, account.csv ..."
            ));
        }
    };
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => return fail(format!("{shown}: {error}")),
        };
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let is_record_file = ending.is_some_and(|ending| ending == "csv" || ending == "jsonl");
        let Some(kind) = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .filter(|_| is_record_file)
        else {
            continue;
        };
        if kind.starts_with('.') || !path.is_file() {
            continue;
        }
        if let Some(other) = files.insert(kind.to_ascii_lowercase(), path.clone()) {
            let (a, b) = (other.display(), path.display());
            return fail(format!(
                "{b}: the records of `{kind}` are in {a} too; keep one of the two files"
            ));
        }
    }
    if files.is_empty() {
        return fail(format!(
            "{shown}: has no record files; a book holds contact.csv, lead.csv, account.csv, systemuser.csv ..."
        ));
    }
    Ok(files)
}

fn located(path: &Path, error: &SheetError) -> String {
    match error.line {
        Some(line) => format!("{}:{line}: {}", path.display(), error.message),
        None => format!("{}: {}", path.display(), error.message),
    }
}

/// One file while it is read.
struct FileReader<'a> {
    path: &'a Path,
    builder: &'a mut BookBuilder,
    errors: &'a mut Vec<String>,
}

/// Where the columns of a record file stand.
struct Layout {
    id: usize,
    names: [Option<usize>; 4],
    owner: Option<usize>,
    state: Option<usize>,
    disabled: Option<usize>,
    created_on: Option<usize>,
    website: Option<usize>,
    emails: Vec<usize>,
}

impl Layout {
    fn of(kind: &str, sheet: &Sheet) -> Result<Layout, SheetError> {
        let own_id = format!("{kind}id");
        let Some(id) = sheet.column(&own_id).or_else(|| sheet.column("id")) else {
            return Err(no_column(sheet, &format!("{own_id}` or `id")));
        };
        let emails = (0..sheet.columns.len()).filter(|&at| sheet.columns[at].contains("email"));
        Ok(Layout {
            id,
            names: ["fullname", "firstname", "lastname", "name"].map(|name| sheet.column(name)),
            owner: sheet.column("ownerid"),
            state: sheet.column("statecode"),
            disabled: sheet.column("isdisabled"),
            created_on: sheet.column("createdon"),
            website: sheet.column("websiteurl"),
            emails: emails.collect(),
        })
    }

    /// The record's name: `fullname`, else `firstname` and `lastname`, else `name`.
    fn name(&self, row: &Row<'_>) -> String {
        let [full, first, last, name] = self.names.map(|at| cell(row, at));
        let both = format!("{first} {last}");
        let first_said = [full, both.trim(), name]
            .into_iter()
            .find(|text| !text.is_empty());
        first_said.unwrap_or("").to_owned()
    }
}

fn no_column(sheet: &Sheet, wanted: &str) -> SheetError {
    SheetError {
        line: Some(1),
        message: format!(
            "has no column `{wanted}`; it has `{}`",
            sheet.columns.join("`, `")
        ),
    }
}

fn cell<'r>(row: &Row<'r>, at: Option<usize>) -> &'r str {
    at.and_then(|at| row.cells.get(at)).copied().unwrap_or("")
}

/// A cell of an address column, kept until it is known whether the column holds addresses.
struct EmailCell {
    record: super::RecordId,
    column: usize,
    line: u64,
    text: Box<str>,
}

impl FileReader<'_> {
    fn error(&mut self, line: u64, message: impl fmt::Display) {
        self.errors
            .push(format!("{}:{line}: {message}", self.path.display()));
    }

    fn records(&mut self, kind: &str, sheet: Sheet) -> Result<(), SheetError> {
        let layout = Layout::of(kind, &sheet)?;
        let columns = sheet.columns.clone();
        let number = self.builder.add_kind(kind);
        let mut cells = Vec::new();
        sheet.rows(|row| self.record(number, kind, &layout, row, &mut cells))?;
        for &column in &layout.emails {
            let is_of_it = |cell: &&EmailCell| cell.column == column;
            // `donotemail` and its like hold no addresses and are left alone.
            if cells
                .iter()
                .filter(is_of_it)
                .any(|cell| cell.text.contains('@'))
            {
                let id = self.builder.add_column(number, &columns[column]);
                cells
                    .iter()
                    .filter(is_of_it)
                    .for_each(|cell| self.addresses(id, &columns[column], cell));
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        number: u16,
        kind: &str,
        layout: &Layout,
        row: &Row<'_>,
        cells: &mut Vec<EmailCell>,
    ) {
        let id = cell(row, Some(layout.id));
        if id.is_empty() {
            return self.error(
                row.line,
                format!("a {kind} without an id; every record needs one in its id column"),
            );
        }
        let (Ok(state), Ok(created_on)) = (
            self.state(kind, layout, row),
            self.created_on(layout.created_on, row),
        ) else {
            return;
        };
        let new = NewRecord {
            id,
            name: &layout.name(row),
            owner: cell(row, layout.owner),
            state,
            created_on,
            website: cell(row, layout.website),
        };
        let Some(record) = self.builder.add_record(number, &new) else {
            return self.error(
                row.line,
                format!("the {kind} id `{id}` stands on an earlier line too; ids are unique"),
            );
        };
        for &column in &layout.emails {
            let text = row.cells[column];
            if !text.is_empty() {
                cells.push(EmailCell {
                    record,
                    column,
                    line: row.line,
                    text: text.into(),
                });
            }
        }
    }

    fn state(&mut self, kind: &str, layout: &Layout, row: &Row<'_>) -> Result<State, ()> {
        let disabled = cell(row, layout.disabled).to_ascii_lowercase();
        let is_disabled = match disabled.as_str() {
            "" | "false" | "0" | "no" | "enabled" => false,
            "true" | "1" | "yes" | "disabled" => true,
            other => {
                self.error(
                    row.line,
                    format!("isdisabled `{other}` is neither `true` nor `false`"),
                );
                return Err(());
            }
        };
        let state = cell(row, layout.state).to_ascii_lowercase();
        let is_active =
            matches!(state.as_str(), "" | "0" | "active" | "open" | "enabled") && !is_disabled;
        Ok(match (is_active, kind) {
            (true, _) => State::Active,
            (false, "systemuser") => State::Disabled,
            (false, _) => State::Inactive,
        })
    }

    fn created_on(&mut self, at: Option<usize>, row: &Row<'_>) -> Result<Option<Timestamp>, ()> {
        let text = cell(row, at);
        if text.is_empty() {
            return Ok(None);
        }
        match parse_date(text) {
            Some(time) => Ok(Some(time)),
            None => {
                self.error(
                    row.line,
                    format!("createdon `{text}` is no ISO 8601 date, such as 2026-03-01T09:30:00Z"),
                );
                Err(())
            }
        }
    }

    fn addresses(&mut self, id: u16, column: &str, cell: &EmailCell) {
        for text in cell
            .text
            .split(';')
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            match Address::parse(text) {
                Some(address) => self.builder.add_address(cell.record, id, address),
                None => {
                    let place = format!("{}:{}", self.path.display(), cell.line);
                    self.builder.warn(format!(
                        "{place}: {column} `{text}` is no address and is left out"
                    ));
                }
            }
        }
    }

    fn emails(&mut self, sheet: Sheet) -> Result<(), SheetError> {
        let need = |name: &str| sheet.column(name).ok_or_else(|| no_column(&sheet, name));
        let (activity, message) = (need("activityid")?, need("messageid")?);
        let [regarding, direction, created_on] =
            ["regardingobjectid", "directioncode", "createdon"].map(|name| sheet.column(name));
        let mut ids = HashSet::new();
        sheet.rows(|row| {
            let id = cell(row, Some(activity));
            if id.is_empty() {
                return self.error(
                    row.line,
                    "an email without an activityid; every activity needs one",
                );
            }
            if !ids.insert(id.to_owned()) {
                return self.error(
                    row.line,
                    format!("the activityid `{id}` stands on an earlier line too; ids are unique"),
                );
            }
            let (Ok(regarding), Ok(outgoing), Ok(_)) = (
                self.regarding(regarding, row),
                self.direction(direction, row),
                self.created_on(created_on, row),
            ) else {
                return;
            };
            if let Some(message_id) = message_id::identity(cell(row, Some(message))) {
                self.builder.add_email(KnownEmail {
                    activity_id: id.into(),
                    message_id: message_id.into(),
                    regarding,
                    outgoing,
                });
            }
        })
    }

    fn regarding(&mut self, at: Option<usize>, row: &Row<'_>) -> Result<Option<Reference>, ()> {
        let text = cell(row, at);
        if text.is_empty() {
            return Ok(None);
        }
        let reference = Reference::parse(text);
        if reference.is_none() {
            self.error(row.line, format!("regardingobjectid `{text}` names no record; write `type:id`, such as `account:a-17`"));
        }
        reference.map(Some).ok_or(())
    }

    fn direction(&mut self, at: Option<usize>, row: &Row<'_>) -> Result<Option<bool>, ()> {
        match cell(row, at).to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "true" | "1" | "outgoing" => Ok(Some(true)),
            "false" | "0" | "incoming" => Ok(Some(false)),
            other => {
                self.error(
                    row.line,
                    format!("directioncode `{other}` is neither `true` (outgoing) nor `false`"),
                );
                Err(())
            }
        }
    }
}

/// An ISO 8601 date, with or without a time of day; without a zone it is UTC.
fn parse_date(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| {
            text.parse::<Date>()
                .ok()
                .and_then(|date| utc(date.to_datetime(jiff::civil::Time::midnight())))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_iso_dates() {
        let cases = [
            ("2022-01-01T00:00:00Z", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01T02:00:00+02:00", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01 10:30", Some("2022-01-01T10:30:00Z")),
            ("01.02.2022", None),
            ("2022-13-01", None),
        ];
        for (text, want) in cases {
            assert_eq!(
                parse_date(text).map(|t| t.to_string()).as_deref(),
                want,
                "{text}"
            );
        }
    }
}
