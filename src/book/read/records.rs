//! Reads a file of records of one type, with all checks.

use crate::book::rows::row::cell;
use std::collections::HashSet;

use jiff::Timestamp;

use super::offline::{OfflineFilters, RowFilters};
use super::report::{ColumnUse, FileReport, doubts};
use crate::base::iso_date::IsoDate;
use crate::base::terminal::counted;
use crate::base::threads::Threads;
use crate::book::index::record::RecordState;
use crate::book::index::table::COLUMNS_MAX;
use crate::book::rows::place::TableInput;
use crate::book::rows::row::{SheetError, SheetRow, no_line};
use crate::book::rows::sheet::RecordReader;
use crate::book::{BookBuilder, BookPart, NewRecord, TEXT_MAX};
use crate::options::file::DateOrder;

/// The positions of the columns of a record file.
pub(crate) struct Layout {
    pub(crate) id: usize,
    names: [Option<usize>; 4],
    owner: Option<usize>,
    state: Option<usize>,
    disabled: Option<usize>,
    created_on: Option<usize>,
    website: Option<usize>,
    pub(crate) emails: Vec<usize>,
}

impl Layout {
    pub(crate) fn of(kind: &str, sheet: &RecordReader<'_>) -> Result<Layout, SheetError> {
        let own_id = format!("{kind}id");
        let Some(id) = sheet.column(&own_id).or_else(|| sheet.column("id")) else {
            return Err(no_column(sheet, &format!("{own_id}` or `id")));
        };
        Ok(Layout {
            id,
            names: ["fullname", "firstname", "lastname", "name"].map(|name| sheet.column(name)),
            owner: sheet.column("ownerid"),
            state: sheet.column("statecode"),
            disabled: sheet.column("isdisabled"),
            created_on: sheet.column("createdon"),
            website: sheet.column("websiteurl"),
            emails: sheet.address_columns().collect(),
        })
    }

    /// Returns what a column is used for.
    fn role(&self, at: usize) -> ColumnUse {
        let is = |it: Option<usize>| it == Some(at);
        match at {
            _ if at == self.id => ColumnUse::Id,
            _ if self.names.contains(&Some(at)) => ColumnUse::Name,
            _ if is(self.owner) => ColumnUse::Owner,
            _ if is(self.state) || is(self.disabled) => ColumnUse::State,
            _ if is(self.created_on) => ColumnUse::Created,
            _ if is(self.website) => ColumnUse::Website,
            _ if self.emails.contains(&at) => ColumnUse::Addresses,
            _ => ColumnUse::Other,
        }
    }

    /// Returns the columns whose cells an index keeps, because it does not store them as fields of the record.
    fn kept(&self, columns: &[String]) -> Vec<usize> {
        let is_held =
            |at: &usize| *at == self.id || [self.owner, self.created_on].contains(&Some(*at));
        (0..columns.len()).filter(|at| !is_held(at)).collect()
    }

    /// Returns the address columns, each with its number in the book.
    fn numbered_emails(
        &self,
        kind: u16,
        columns: &[String],
        builder: &mut BookBuilder,
    ) -> Result<Vec<(usize, u8)>, SheetError> {
        let too_many = || SheetError {
            line: Some(1),
            message: format!("the book has more than {COLUMNS_MAX} columns of addresses"),
        };
        let each = self.emails.iter().map(|&at| {
            let number = builder.add_column(kind, &columns[at]);
            number.map(|number| (at, number)).ok_or_else(too_many)
        });
        each.collect()
    }

    /// Returns the record's name: `fullname`, else `firstname` and `lastname`, else `name`.
    pub(crate) fn name(&self, row: &SheetRow<'_>) -> String {
        let [full, first, last, name] = self.names.map(|at| cell(row, at));
        let both = format!("{first} {last}");
        let first_said = [full, both.trim(), name]
            .into_iter()
            .find(|text| !text.is_empty());
        first_said.unwrap_or("").to_owned()
    }
}

pub(crate) fn no_column(sheet: &RecordReader<'_>, wanted: &str) -> SheetError {
    SheetError {
        line: sheet.first_line,
        message: format!(
            "has no column `{wanted}`; it has `{}`",
            sheet.columns.join("`, `")
        ),
    }
}

/// One file of the book.
pub(crate) struct RecordFile<'a> {
    pub(crate) kind: &'a str,
    pub(crate) place: &'a TableInput,
    /// What comes first in a date such as `1/2/2024`.
    pub(crate) order: DateOrder,
    /// Whether rows with warnings are counted.
    pub(crate) is_checked: bool,
    pub(crate) threads: &'a Threads,
    /// The filters of an offline book, and the ids that are those of teams only.
    pub(crate) offline: Option<(&'a OfflineFilters, &'a HashSet<Box<str>>)>,
}

/// How the rows of a record file are read.
struct How<'a> {
    layout: &'a Layout,
    /// The address columns, each with its number in the book.
    emails: &'a [(usize, u8)],
    /// The columns whose cells are kept; `None` if no cells are kept at all.
    kept: Option<&'a [usize]>,
    offline: Option<&'a RowFilters<'a>>,
}

/// The result of reading some rows of a record file.
struct FileRows {
    part: BookPart,
    /// The line of each record.
    lines: Vec<u32>,
    errors: Vec<SheetError>,
    /// The warnings of each address column.
    doubts: Vec<RecordWarnings>,
}

/// Cells of an address column that are not addresses. They are reported only if a cell of the column contains `@`:
/// columns such as `donotemail` hold no addresses and are ignored.
#[derive(Default)]
struct RecordWarnings {
    has_at: bool,
    /// The lines of these cells, if rows with warnings are counted.
    lines: Vec<u64>,
    /// The first of them, each with its line.
    texts: Vec<(u64, Box<str>)>,
    count: u64,
}

/// Maximum number of cells per column that are individually reported as not being addresses.
const WARNINGS_MAX: usize = 1_000;

impl RecordWarnings {
    fn append(&mut self, other: RecordWarnings) {
        self.has_at |= other.has_at;
        self.lines.extend(other.lines);
        self.count += other.count;
        let room = WARNINGS_MAX - self.texts.len();
        self.texts.extend(other.texts.into_iter().take(room));
    }
}

pub(crate) fn wrong<T>(line: u64, message: impl Into<String>) -> Result<T, SheetError> {
    Err(SheetError {
        line: Some(line),
        message: message.into(),
    })
}

impl RecordFile<'_> {
    /// Reads the records. Returns their errors in line order, and a report on the file.
    pub(crate) fn records(
        &self,
        mut sheet: RecordReader<'_>,
        builder: &mut BookBuilder,
    ) -> Result<(Vec<SheetError>, FileReport), SheetError> {
        let layout = Layout::of(self.kind, &sheet)?;
        let file = self.place.at(None);
        let mut report = FileReport::of(file, self.kind, &sheet, |at| layout.role(at));
        let columns = sheet.columns.clone();
        let sheet_warnings = std::mem::take(&mut sheet.warnings);
        let mut kept = layout.kept(&columns);
        kept.retain(|&at| builder.keeps(self.kind, &columns[at]));
        let names = kept.iter().map(|&at| columns[at].clone()).collect();
        let kind = builder.add_kind(self.kind, columns.clone(), names);
        let numbers = layout.numbered_emails(kind, &columns, builder)?;
        let keeps_cells = builder.keeps_cells();
        let offline = self
            .offline
            .and_then(|(filters, teams)| filters.of_rows(self.kind, &columns, teams));
        let (mut lines, mut errors) = (Vec::new(), Vec::new());
        let mut told: Vec<RecordWarnings> = Vec::new();
        told.resize_with(numbers.len(), RecordWarnings::default);
        let empty = builder.part(kind);
        let kept = keeps_cells.then_some(&*kept);
        let start = || FileRows {
            part: empty.clone(),
            lines: Vec::new(),
            errors: Vec::new(),
            doubts: numbers.iter().map(|_| RecordWarnings::default()).collect(),
        };
        let take = |rows: &mut FileRows, row: &SheetRow<'_>| {
            let how = How {
                layout: &layout,
                emails: &numbers,
                kept,
                offline: offline.as_ref(),
            };
            if let Err(error) = self.record(&how, row, rows) {
                rows.errors.push(error);
            }
        };
        let mut failed = Ok(());
        let read = sheet.read(self.threads, start, take, |rows| {
            lines.extend(rows.lines);
            errors.extend(rows.errors);
            told.iter_mut()
                .zip(rows.doubts)
                .for_each(|(all, new)| all.append(new));
            if failed.is_ok() {
                failed = builder.add(rows.part);
            }
        })?;
        let twice = failed
            .and_then(|()| builder.end_kind(self.threads))
            .map_err(|error| no_line(&error))?;
        for (record, id) in twice {
            let (line, kind) = (u64::from(lines[record as usize]), self.kind);
            errors.push(SheetError {
                line: Some(line),
                message: format!(
                    "the {kind} id `{id}` stands on an earlier line too; ids are unique"
                ),
            });
        }
        errors.sort_by_key(|error| error.line);
        for (line, message) in doubts(sheet_warnings, &columns, &read, self.order) {
            builder.warn(format!("{}: {message}", self.place.at(line)));
        }
        let mut doubtful = read.doubts.lines;
        for ((at, number), doubts) in numbers.into_iter().zip(told) {
            if doubts.has_at {
                builder.use_column(number);
                self.tell(&columns[at], &doubts, builder);
                doubtful.extend(doubts.lines);
            } else {
                report.columns[at].role = ColumnUse::Other;
            }
        }
        doubtful.sort_unstable();
        doubtful.dedup();
        report.end(lines.len() as u64, doubtful.len() as u64, &read.odd);
        Ok((errors, report))
    }

    fn tell(&self, column: &str, doubts: &RecordWarnings, builder: &mut BookBuilder) {
        for (line, text) in &doubts.texts {
            let at = self.place.at(Some(*line));
            builder.warn(format!(
                "{at}: {column} `{text}` is not an address and is left out"
            ));
        }
        let more = doubts.count - doubts.texts.len() as u64;
        if more > 0 {
            let at = self.place.at(None);
            builder.warn(format!(
                "{at}: {column}: {} and left out",
                counted(
                    more,
                    "more cell is not an address",
                    "more cells are not addresses"
                )
            ));
        }
    }

    fn record(
        &self,
        how: &How<'_>,
        row: &SheetRow<'_>,
        rows: &mut FileRows,
    ) -> Result<(), SheetError> {
        let (kind, layout) = (self.kind, how.layout);
        let id = cell(row, Some(layout.id));
        if id.is_empty() {
            return wrong(
                row.line,
                format!("a {kind} without an id; every record needs one in its id column"),
            );
        }
        let name = layout.name(row);
        for (what, length) in [("id", id.len()), ("name", name.len())] {
            if length > TEXT_MAX {
                return wrong(
                    row.line,
                    format!("the {kind}'s {what} has {length} bytes; at most {TEXT_MAX} are kept"),
                );
            }
        }
        let new = NewRecord {
            id,
            name: &name,
            owner: cell(row, layout.owner),
            state: state(kind, layout, row)?,
            created_on: created_on(layout.created_on, row)?,
            website: cell(row, layout.website),
        };
        let is_taken = how.offline.is_none_or(|filters| filters.take(row));
        let record = is_taken.then(|| rows.part.record(&new));
        if is_taken {
            rows.lines.push(u32::try_from(row.line).unwrap_or(u32::MAX));
        }
        if let Some(kept) = how.kept.filter(|_| is_taken) {
            rows.part.cells(kept.iter().map(|&at| row.cells[at]));
        }
        for (&(at, column), doubts) in how.emails.iter().zip(&mut rows.doubts) {
            let mut add = |text: &str| match record {
                Some(record) => rows.part.address_text(record, column, text),
                None => rows.part.left_out_address(text),
            };
            for text in row.cells[at]
                .split(';')
                .map(str::trim)
                .filter(|text| !text.is_empty())
            {
                let has_at = text.contains('@');
                doubts.has_at |= has_at;
                if has_at && add(text) {
                    continue;
                }
                doubts.count += 1;
                if self.is_checked {
                    doubts.lines.push(row.line);
                }
                if doubts.texts.len() < WARNINGS_MAX {
                    doubts.texts.push((row.line, text.into()));
                }
            }
        }
        Ok(())
    }
}

fn state(kind: &str, layout: &Layout, row: &SheetRow<'_>) -> Result<RecordState, SheetError> {
    let is_disabled = match &*cell(row, layout.disabled).to_ascii_lowercase() {
        "" | "false" | "0" | "no" | "enabled" => false,
        "true" | "1" | "yes" | "disabled" => true,
        other => {
            return wrong(
                row.line,
                format!("isdisabled `{other}` is neither `true` nor `false`"),
            );
        }
    };
    let state = cell(row, layout.state);
    let is_active = ["", "0", "active", "open", "enabled"]
        .iter()
        .any(|word| state.eq_ignore_ascii_case(word));
    Ok(match (is_active && !is_disabled, kind) {
        (true, _) => RecordState::Active,
        (false, "systemuser") => RecordState::Disabled,
        (false, _) => RecordState::Inactive,
    })
}

pub(crate) fn created_on(
    at: Option<usize>,
    row: &SheetRow<'_>,
) -> Result<Option<Timestamp>, SheetError> {
    match cell(row, at) {
        "" => Ok(None),
        text => match IsoDate::parse(text).and_then(IsoDate::start) {
            Some(time) => Ok(Some(time)),
            None => wrong(
                row.line,
                format!("createdon `{text}` is not an ISO 8601 date, such as 2026-03-01T09:30:00Z"),
            ),
        },
    }
}
