//! A *sheet* is one file of the book, CSV or JSON Lines, read row by row as cells of text under logical column names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::Value;

use super::csv_file::Csv;
use crate::threads::Threads;

/// One row: the line it starts on, and its cells in the columns' order, trimmed.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) cells: &'a [&'a str],
}

/// What is wrong with a file, at a line where there is one.
pub(super) struct SheetError {
    pub(super) line: Option<u64>,
    pub(super) message: String,
}

pub(super) fn at<T>(line: u64, message: impl Into<String>) -> Result<T, SheetError> {
    Err(SheetError {
        line: Some(line),
        message: message.into(),
    })
}

pub(super) fn no_line(error: &dyn std::fmt::Display) -> SheetError {
    SheetError {
        line: None,
        message: format!("cannot be read: {error}"),
    }
}

/// A file of the book and its columns, by their logical names in lower case.
pub(super) struct Sheet {
    pub(super) columns: Vec<String>,
    form: Form,
}

enum Form {
    Csv(Csv),
    /// The file, and its columns as it calls them.
    JsonLines(BufReader<File>, Vec<String>),
}

/// Rows of JSON Lines that are handed on together.
const JSON_ROWS: u64 = 10_000;

impl Sheet {
    /// Opens a `.csv` or `.jsonl` file. `names` says how columns with other names are called in the file.
    pub(super) fn open(
        path: &Path,
        names: Option<&BTreeMap<String, String>>,
    ) -> Result<Sheet, SheetError> {
        let file = File::open(path).map_err(|error| no_line(&error))?;
        let is_csv = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let (found, form) = if is_csv {
            let (columns, csv) = Csv::open(file)?;
            (columns, Form::Csv(csv))
        } else {
            let columns = json_columns(BufReader::new(file))?;
            let again = File::open(path).map_err(|error| no_line(&error))?;
            (
                columns.clone(),
                Form::JsonLines(BufReader::new(again), columns),
            )
        };
        let columns = logical_names(&found, names)?;
        Ok(Sheet { columns, form })
    }

    /// The number of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Reads every row, on several threads: `take` puts rows that follow one another into what `start` made, and
    /// `add` is given these in the file's order.
    pub(super) fn read<P: Send>(
        self,
        threads: &Threads,
        start: impl Fn() -> P + Sync + Send,
        take: impl Fn(&mut P, &Row<'_>) + Sync + Send,
        mut add: impl FnMut(P) + Send,
    ) -> Result<(), SheetError> {
        match self.form {
            Form::Csv(csv) => csv.read(self.columns.len(), threads, start, take, add),
            Form::JsonLines(reader, names) => {
                let mut part = start();
                let mut rows = 0;
                json_rows(reader, |line, object| {
                    let cell = |name: &String| object.get(name).map(text_of).unwrap_or_default();
                    let texts: Vec<String> = names.iter().map(cell).collect();
                    let cells: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
                    take(
                        &mut part,
                        &Row {
                            line,
                            cells: &cells,
                        },
                    );
                    rows += 1;
                    if rows % JSON_ROWS == 0 {
                        add(std::mem::replace(&mut part, start()));
                    }
                })?;
                add(part);
                Ok(())
            }
        }
    }
}

/// Logical names for the file's columns, lower case.
fn logical_names(
    found: &[String],
    names: Option<&BTreeMap<String, String>>,
) -> Result<Vec<String>, SheetError> {
    let mut columns: Vec<String> = found
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    for (logical, in_file) in names.into_iter().flatten() {
        match found
            .iter()
            .position(|name| name.trim().eq_ignore_ascii_case(in_file.trim()))
        {
            Some(at) => columns[at] = logical.to_lowercase(),
            None => {
                let there = found.join("`, `");
                return at(
                    1,
                    format!(
                        "has no column `{in_file}`, which the options map to `{logical}`; it has `{there}`"
                    ),
                );
            }
        }
    }
    for (index, column) in columns.iter().enumerate() {
        if !column.is_empty() && columns[..index].contains(column) {
            return at(1, format!("two columns are called `{column}`"));
        }
    }
    Ok(columns)
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
                // Each row is a text of its own to the library, whose line is always the first.
                let cause = cause.split(" at line ").next().unwrap_or("").to_owned();
                return at(
                    line,
                    format!("is no JSON object: {cause}, at column {}", error.column()),
                );
            }
        }
    }
    Ok(())
}

fn json_columns(reader: BufReader<File>) -> Result<Vec<String>, SheetError> {
    let mut columns: Vec<String> = Vec::new();
    json_rows(reader, |_, object| {
        for key in object.keys() {
            if !columns.contains(key) {
                columns.push(key.clone());
            }
        }
    })?;
    Ok(columns)
}

/// The text of a cell: several values of a list are parted by `;`.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
