//! Converts *values* from the form in which other systems write them to the book's own form: dates, booleans, owners
//! given by name, several addresses in one cell. Values that cannot be read are reported, and never replaced by a
//! guess.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::dates::iso;
use super::dialect::Dialect;
use crate::base::reference::Reference;
use crate::base::terminal::counted;
use crate::book::rows::row::SheetRow;
use crate::mail::address::parse_list;
use crate::options::file::DateOrder;

/// Maximum number of different unreadable values that are reported individually.
const REPORTED_MAX: usize = 1_000;

/// The kind of values in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ValueKind {
    Date,
    Boolean,
    Owner,
    Reference,
    Addresses,
    /// Only the texts that the preset lists are converted.
    Words,
}

/// A column whose values are converted.
struct MappedColumn<'m> {
    at: usize,
    kind: ValueKind,
    words: Option<&'m BTreeMap<String, String>>,
}

/// Converts the rows of one record type.
pub(crate) struct Values<'m> {
    dialect: &'m Dialect<'m>,
    order: DateOrder,
    columns: Vec<MappedColumn<'m>>,
    /// The column that is true for deleted records.
    deleted: Option<usize>,
}

/// A value that could not be read.
#[derive(Clone, Copy, Debug)]
struct UnreadableValues {
    kind: ValueKind,
    /// The first line with this value.
    line: u64,
    count: u64,
}

/// The values that could not be read, and the rows that were left out.
#[derive(Debug, Default)]
pub(crate) struct ValueWarnings {
    /// By column and text.
    values: BTreeMap<(usize, Box<str>), UnreadableValues>,
    more: u64,
    /// The number of rows of deleted records.
    deleted: u64,
    /// The lines of rows with a value that could not be read.
    pub(crate) lines: Vec<u64>,
}

impl<'m> Values<'m> {
    /// Creates the conversion for a file of a type with these columns, given by their logical names.
    pub(crate) fn of(kind: &str, columns: &[String], dialect: &'m Dialect<'m>) -> Values<'m> {
        let preset = dialect.preset();
        let has = |test: &dyn Fn(&super::presets::Preset) -> bool| preset.is_some_and(test);
        let each = columns.iter().enumerate().filter_map(|(at, column)| {
            let words = preset.and_then(|preset| preset.values(kind, column));
            let what = match column.as_str() {
                "createdon" => ValueKind::Date,
                "isdisabled" => ValueKind::Boolean,
                "ownerid" => ValueKind::Owner,
                "regardingobjectid" => ValueKind::Reference,
                _ if has(&|it| it.is_date(kind, column)) => ValueKind::Date,
                _ if has(&|it| it.is_boolean(kind, column)) => ValueKind::Boolean,
                _ if column.contains("email") => ValueKind::Addresses,
                _ => words.map(|_| ValueKind::Words)?,
            };
            let is_said =
                what != ValueKind::Addresses || !has(&|it| it.has_no_addresses(kind, column));
            is_said.then_some(MappedColumn {
                at,
                kind: what,
                words,
            })
        });
        let deleted = preset.and_then(|preset| preset.deleted(kind));
        Values {
            dialect,
            order: dialect.order(),
            columns: each.collect(),
            deleted: deleted.and_then(|deleted| columns.iter().position(|it| it == deleted)),
        }
    }

    /// Passes a row to `take` with its values converted, unless its record was deleted.
    pub(crate) fn row(
        &self,
        row: &SheetRow<'_>,
        doubts: &mut ValueWarnings,
        take: impl FnOnce(&SheetRow<'_>),
    ) {
        let is_deleted = |at: usize| row.cells.get(at).and_then(|cell| boolean(cell));
        if self.deleted.and_then(is_deleted) == Some("true") {
            doubts.deleted += 1;
            return;
        }
        let mut cells: Cow<'_, [Cow<'_, str>]> = Cow::Borrowed(&[]);
        let mut is_doubtful = false;
        for column in &self.columns {
            let cell = row.cells.get(column.at).copied().unwrap_or("");
            if cell.is_empty() {
                continue;
            }
            let (value, is_read) = self.turned(column, cell);
            if !is_read {
                is_doubtful = true;
                doubts.add(column.at, cell, column.kind, row.line);
            }
            if *value != *cell {
                if cells.is_empty() {
                    cells = row.cells.iter().map(|cell| Cow::Borrowed(*cell)).collect();
                }
                cells.to_mut()[column.at] = value;
            }
        }
        if is_doubtful {
            doubts.lines.push(row.line);
        }
        if cells.is_empty() {
            return take(row);
        }
        let cells: Vec<&str> = cells.iter().map(|cell| &**cell).collect();
        take(&SheetRow {
            line: row.line,
            cells: &cells,
        });
    }

    /// Converts the value of a cell; also returns whether it could be read.
    fn turned<'c>(&self, column: &MappedColumn<'m>, cell: &'c str) -> (Cow<'c, str>, bool) {
        let word = |text: &str| {
            let found = column.words?.get(&text.to_lowercase())?;
            Some((Cow::Owned(found.clone()), true))
        };
        if let Some(found) = word(cell) {
            return found;
        }
        match column.kind {
            ValueKind::Date => match iso(cell, self.order) {
                Some(date) => (date, true),
                None => ("".into(), false),
            },
            ValueKind::Boolean => match boolean(cell) {
                Some(value) => word(value).unwrap_or((value.into(), true)),
                None => ("".into(), false),
            },
            ValueKind::Owner => match self.owner(cell) {
                Some(owner) => (owner, true),
                None => (cell.into(), false),
            },
            ValueKind::Reference => match self.reference(cell) {
                Some(reference) => (reference, true),
                None => ("".into(), false),
            },
            ValueKind::Addresses => (addresses(cell), true),
            ValueKind::Words => (cell.into(), true),
        }
    }

    /// Returns the owner with this id, name or address.
    fn owner<'c>(&self, cell: &'c str) -> Option<Cow<'c, str>> {
        let users = &self.dialect.users;
        if users.is_empty() || users.has(cell) || Reference::parse(cell).is_some() {
            return Some(self.by_prefix(cell).unwrap_or(cell.into()));
        }
        let called = users.by_name(cell).map(|id| id.to_owned().into());
        called.or_else(|| self.by_prefix(cell))
    }

    fn reference<'c>(&self, cell: &'c str) -> Option<Cow<'c, str>> {
        match Reference::parse(cell) {
            Some(_) => Some(cell.into()),
            None => self.by_prefix(cell),
        }
    }

    /// Returns `type:id` for an id whose prefix identifies the type.
    fn by_prefix<'c>(&self, id: &'c str) -> Option<Cow<'c, str>> {
        let mut prefixes = self.dialect.preset()?.id_prefixes.iter();
        let is_id = id.len() >= 15 && id.bytes().all(|it| it.is_ascii_alphanumeric());
        let found = prefixes.find(|(prefix, _)| is_id && id.starts_with(prefix.as_str()));
        found.map(|(_, kind)| format!("{kind}:{id}").into())
    }
}

/// Parses a boolean; `None` if it is neither true nor false.
fn boolean(cell: &str) -> Option<&'static str> {
    match &*cell.to_lowercase() {
        "true" | "1" | "yes" | "y" | "t" | "ja" | "oui" | "x" => Some("true"),
        "" | "false" | "0" | "no" | "n" | "f" | "nein" | "non" => Some("false"),
        _ => None,
    }
}

/// Returns the addresses of a cell, separated by `;`.
fn addresses(cell: &str) -> Cow<'_, str> {
    if !cell.contains([',', '\n', '\r', '<', '"']) {
        return cell.into();
    }
    let lines = cell.replace(['\n', '\r'], ",");
    let mailboxes = parse_list(&lines, &|text: &str| text.to_owned());
    let each = mailboxes.iter().map(|mailbox| mailbox.written.trim());
    let each: Vec<&str> = each.filter(|written| !written.is_empty()).collect();
    each.join(";").into()
}

impl ValueWarnings {
    fn add(&mut self, column: usize, text: &str, kind: ValueKind, line: u64) {
        let key = (column, text.into());
        if self.values.len() >= REPORTED_MAX && !self.values.contains_key(&key) {
            self.more += 1;
            return;
        }
        let first = UnreadableValues {
            kind,
            line,
            count: 0,
        };
        self.values.entry(key).or_insert(first).count += 1;
    }

    /// Appends the warnings of the rows that follow.
    pub(crate) fn append(&mut self, other: ValueWarnings) {
        self.deleted += other.deleted;
        self.more += other.more;
        self.lines.extend(other.lines);
        for (key, doubt) in other.values {
            if self.values.len() >= REPORTED_MAX && !self.values.contains_key(&key) {
                self.more += doubt.count;
                continue;
            }
            let first = UnreadableValues { count: 0, ..doubt };
            self.values.entry(key).or_insert(first).count += doubt.count;
        }
    }

    /// Passes the warnings to `say` in line order, each with the first line that it concerns.
    pub(crate) fn tell(
        &self,
        columns: &[String],
        order: DateOrder,
        mut say: impl FnMut(Option<u64>, String),
    ) {
        let mut values: Vec<_> = self.values.iter().collect();
        values.sort_by_key(|((column, _), doubt)| (doubt.line, *column));
        for ((column, text), doubt) in values {
            let what = match (doubt.kind, order) {
                (ValueKind::Date, DateOrder::MonthFirst) => {
                    "is not a date (the month is read first) and is left out"
                }
                (ValueKind::Date, DateOrder::DayFirst) => {
                    "is not a date (the day is read first) and is left out"
                }
                (ValueKind::Owner, _) => {
                    "is not the id, name or address of a user, and stays as it is"
                }
                (ValueKind::Reference, _) => "does not name a record and is left out",
                _ => "is neither true nor false and is left out",
            };
            let times = match doubt.count {
                1 => String::new(),
                count => format!(" ({count} rows)"),
            };
            let column = &columns[*column];
            say(Some(doubt.line), format!("{column} `{text}` {what}{times}"));
        }
        if self.more > 0 {
            let more = counted(self.more, "more value", "more values");
            say(None, format!("{more} could not be read"));
        }
        if self.deleted > 0 {
            let rows = match self.deleted {
                1 => "a row is of a deleted record and is".to_owned(),
                count => format!("{count} rows are of deleted records and are"),
            };
            say(None, format!("{rows} left out"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_addresses_in_a_cell_are_separated() {
        let cases = [
            ("a@x.example", "a@x.example"),
            ("a@x.example;b@x.example", "a@x.example;b@x.example"),
            ("a@x.example, b@x.example", "a@x.example;b@x.example"),
            ("a@x.example\nb@x.example\r\n", "a@x.example;b@x.example"),
            ("Ann Beck <a@x.example>", "a@x.example"),
            (
                "\"Beck, Ann\" <a@x.example>, b@x.example",
                "a@x.example;b@x.example",
            ),
            ("Beck, Ann <a@x.example>", "a@x.example"),
        ];
        for (cell, want) in cases {
            assert_eq!(addresses(cell), want, "{cell}");
        }
    }
}
