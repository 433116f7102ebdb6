//! A *sheet* is one input of the book, read row by row as text cells under logical column names.

use crate::book::rows::row::{SheetError, SheetRow, at, no_line};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::csv::{Cells, Csv, CsvWarnings};
use super::database::{Connection, SqliteRows};
use super::encoding;
use super::encoding::{Lines, UTF_8};
use super::place::TableInput;
use crate::base::disk;
use crate::base::threads::Threads;
use crate::book::preset::dialect::Dialect;
use crate::book::preset::headers::{Headers, logical_names};
use crate::book::preset::values::{ValueWarnings, Values};

/// An input of the book with its columns, by their logical names in lower case.
pub(crate) struct RecordReader<'m> {
    pub(crate) columns: Vec<String>,
    /// The column names in the file.
    pub(crate) found: Vec<String>,
    /// The line of the header; `None` for a database.
    pub(crate) first_line: Option<u64>,
    /// How the file is written.
    pub(crate) form: SheetForm,
    /// Warnings about the header.
    pub(crate) warnings: Vec<String>,
    rows: SheetRows<'m>,
    /// Converts values; `None` if they are used as they are.
    values: Option<Values<'m>>,
    has_footer: bool,
    not_addresses: Vec<usize>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SheetForm {
    /// Its encoding.
    pub encoding: &'static str,
    /// The delimiter of cells; `None` for JSON Lines and databases.
    pub separator: Option<char>,
}

enum SheetRows<'c> {
    Csv(Csv<'c>, Lines),
    /// The file, and its column names.
    JsonLines(BufReader<File>, Vec<String>),
    /// The rows of a SQLite query.
    Sqlite(SqliteRows<'c>),
}

/// Warnings about the rows of a file.
#[derive(Debug, Default)]
pub(crate) struct SheetWarnings {
    pub(crate) odd: CsvWarnings,
    pub(crate) doubts: ValueWarnings,
}

/// Maximum number of columns, more than any system exports: each row has a cell for each of them.
const COLUMNS_MAX: usize = 5_000;

/// Rows that are read sequentially and passed on together.
const ROWS: u64 = 10_000;

impl<'m> RecordReader<'m> {
    /// Opens the rows of a record type: of a `.jsonl` file, of any other file as CSV, or of a database query.
    pub(crate) fn open(
        place: &TableInput,
        kind: &str,
        dialect: &'m Dialect<'m>,
        connection: &'m mut Connection,
    ) -> Result<RecordReader<'m>, SheetError> {
        let (found, form, rows) = match place {
            TableInput::File(path) => of_file(path, dialect.is_any_text(kind))?,
            TableInput::Query { query, .. } => of_query(query, connection)?,
        };
        check_count(found.len())?;
        let of_columns = |error: SheetError| match place {
            TableInput::File(_) => error,
            // A query has no header line.
            TableInput::Query { .. } => SheetError {
                line: None,
                ..error
            },
        };
        let Headers { columns, twice } =
            logical_names(&found, kind, dialect).map_err(of_columns)?;
        let is_own_form = dialect.is_own_form();
        let preset = dialect.preset();
        let is_no_address =
            |column: &String| preset.is_some_and(|preset| preset.has_no_addresses(kind, column));
        Ok(RecordReader {
            first_line: matches!(place, TableInput::File(_)).then_some(1),
            rows,
            form,
            warnings: twice
                .iter()
                .map(|column| format!("has two columns `{column}`; the first counts"))
                .collect(),
            values: (!is_own_form).then(|| Values::of(kind, &columns, dialect)),
            has_footer: preset.is_some_and(|preset| preset.has_footer),
            not_addresses: (0..columns.len())
                .filter(|at| is_no_address(&columns[*at]))
                .collect(),
            found,
            columns,
        })
    }

    /// Returns the position of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Returns the columns that may hold addresses.
    pub(crate) fn address_columns(&self) -> impl Iterator<Item = usize> {
        let is_it =
            |at: &usize| self.columns[*at].contains("email") && !self.not_addresses.contains(at);
        (0..self.columns.len()).filter(is_it)
    }

    /// Reads every row, on several threads: `take` adds consecutive rows to a value made by `start`, and `add` receives
    /// these values in the file's order.
    pub(crate) fn read<P: Send>(
        self,
        threads: &Threads,
        start: impl Fn() -> P + Sync + Send,
        take: impl Fn(&mut P, &SheetRow<'_>) + Sync + Send,
        mut add: impl FnMut(P) + Send,
    ) -> Result<SheetWarnings, SheetError> {
        let cells = Cells {
            count: self.columns.len(),
            has_footer: self.has_footer,
        };
        let Some(values) = self.values else {
            let odd = self.rows.read(cells, threads, start, take, add)?;
            return Ok(SheetWarnings {
                odd,
                doubts: ValueWarnings::default(),
            });
        };
        let mut doubts = ValueWarnings::default();
        let odd = self.rows.read(
            cells,
            threads,
            || (start(), ValueWarnings::default()),
            |(part, doubts), row| values.row(row, doubts, |row| take(part, row)),
            |(part, new)| {
                doubts.append(new);
                add(part);
            },
        )?;
        Ok(SheetWarnings { odd, doubts })
    }
}

type OpenedSheet<'c> = (Vec<String>, SheetForm, SheetRows<'c>);

/// The form of rows that come from a database.
const OF_DATABASE: SheetForm = SheetForm {
    encoding: UTF_8,
    separator: None,
};

fn of_query<'c>(
    query: &str,
    connection: &'c mut Connection,
) -> Result<OpenedSheet<'c>, SheetError> {
    match connection {
        Connection::Files => Err(no_line(&"there is no database")),
        Connection::Sqlite(connection) => {
            let (columns, rows) = SqliteRows::of(connection, query)?;
            Ok((columns, OF_DATABASE, SheetRows::Sqlite(rows)))
        }
        #[cfg(feature = "postgres")]
        Connection::Postgres(database) => {
            let rows = super::database::postgres_rows(database, query)?;
            let (header, csv) = Csv::of_rows(rows)?;
            Ok((
                header.columns,
                OF_DATABASE,
                SheetRows::Csv(csv, header.other),
            ))
        }
    }
}

fn of_file<'c>(path: &Path, is_any_text: bool) -> Result<OpenedSheet<'c>, SheetError> {
    let file = disk::open_file(path).map_err(|error| no_line(&error))?;
    let is_json = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"));
    if is_json {
        let columns = json_columns(BufReader::new(file))?;
        let again = disk::open_file(path).map_err(|error| no_line(&error))?;
        let form = SheetForm {
            encoding: UTF_8,
            separator: None,
        };
        let rows = SheetRows::JsonLines(BufReader::new(again), columns.clone());
        return Ok((columns, form, rows));
    }
    let (reader, encoding): (Box<dyn Read>, _) = match is_any_text {
        true => encoding::open(file).map_err(|error| no_line(&error))?,
        false => (Box::new(file), UTF_8),
    };
    let (header, csv) = Csv::open(reader, is_any_text, encoding != UTF_8)?;
    let form = SheetForm {
        encoding,
        separator: Some(header.separator),
    };
    Ok((header.columns, form, SheetRows::Csv(csv, header.other)))
}

impl SheetRows<'_> {
    fn read<P: Send>(
        self,
        cells: Cells,
        threads: &Threads,
        start: impl Fn() -> P + Sync + Send,
        take: impl Fn(&mut P, &SheetRow<'_>) + Sync + Send,
        mut add: impl FnMut(P) + Send,
    ) -> Result<CsvWarnings, SheetError> {
        match self {
            SheetRows::Csv(csv, header) => {
                let mut odd = csv.read(cells, threads, start, take, add)?;
                let mut other = header;
                other.add(odd.other);
                odd.other = other;
                Ok(odd)
            }
            SheetRows::JsonLines(reader, names) => {
                let mut part = start();
                let mut rows = 0;
                json_rows(reader, |line, object| {
                    let cell = |name: &String| object.get(name).map(text_of).unwrap_or_default();
                    let texts: Vec<String> = names.iter().map(cell).collect();
                    let cells: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
                    take(
                        &mut part,
                        &SheetRow {
                            line,
                            cells: &cells,
                        },
                    );
                    rows += 1;
                    if rows % ROWS == 0 {
                        add(std::mem::replace(&mut part, start()));
                    }
                })?;
                add(part);
                Ok(CsvWarnings::default())
            }
            SheetRows::Sqlite(query) => {
                let mut part = start();
                query.each(|row| {
                    take(&mut part, row);
                    if row.line % ROWS == 0 {
                        add(std::mem::replace(&mut part, start()));
                    }
                })?;
                add(part);
                Ok(CsvWarnings::default())
            }
        }
    }
}

type Object = serde_json::Map<String, Value>;

fn json_rows(reader: BufReader<File>, mut take: impl FnMut(u64, Object)) -> Result<(), SheetError> {
    for (line, text) in (1..).zip(reader.lines()) {
        let text = match text {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                return at(line, "is not UTF-8");
            }
            Err(error) => return Err(no_line(&error)),
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_str(text) {
            Ok(object) => take(line, object),
            Err(error) => {
                let cause = error.to_string();
                // Each line is parsed as a text of its own, so the library's line number is always 1.
                let cause = cause.split(" at line ").next().unwrap_or("").to_owned();
                return at(
                    line,
                    format!(
                        "is not a JSON object: {cause}, at column {}",
                        error.column()
                    ),
                );
            }
        }
    }
    Ok(())
}

fn json_columns(reader: BufReader<File>) -> Result<Vec<String>, SheetError> {
    let mut columns: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    json_rows(reader, |_, object| {
        for key in object.keys() {
            if known.len() <= COLUMNS_MAX && known.insert(key.clone()) {
                columns.push(key.clone());
            }
        }
    })?;
    Ok(columns)
}

fn check_count(columns: usize) -> Result<(), SheetError> {
    match columns <= COLUMNS_MAX {
        true => Ok(()),
        false => Err(SheetError {
            line: None,
            message: format!(
                "has more than {COLUMNS_MAX} columns, so it is not read; export only those that matter"
            ),
        }),
    }
}

/// Returns the text of a cell; the values of a list are separated by `;`.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
