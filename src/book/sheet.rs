//! A *sheet* is one file of the book, CSV or JSON Lines, read row by row as cells of text under logical column names.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde_json::Value;

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

fn at<T>(line: u64, message: impl Into<String>) -> Result<T, SheetError> {
    Err(SheetError {
        line: Some(line),
        message: message.into(),
    })
}

fn no_line(error: &dyn std::fmt::Display) -> SheetError {
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
    /// The file's text; the CSV library's own line numbers do not hold with CRLF and empty lines.
    Csv(String),
    /// The file, and its columns as it calls them.
    JsonLines(BufReader<File>, Vec<String>),
}

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
            let text = csv_text(file)?;
            (csv_columns(&text)?, Form::Csv(text))
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

    /// Reads every row.
    pub(super) fn rows(self, mut take: impl FnMut(&Row<'_>)) -> Result<(), SheetError> {
        match self.form {
            Form::Csv(text) => csv_rows(&text, take),
            Form::JsonLines(reader, names) => json_rows(reader, |line, object| {
                let cell = |name: &String| object.get(name).map(text_of).unwrap_or_default();
                let texts: Vec<String> = names.iter().map(cell).collect();
                let cells: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
                take(&Row {
                    line,
                    cells: &cells,
                });
            }),
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

/// A CSV file's text, which must be UTF-8; a byte order mark is left out.
fn csv_text(mut file: File) -> Result<String, SheetError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|error| no_line(&error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text
            .strip_prefix('\u{feff}')
            .map(ToOwned::to_owned)
            .unwrap_or(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = lines_before(&error.as_bytes()[..valid]) + 1;
            at(line, "is not UTF-8; save the file as UTF-8")
        }
    }
}

fn lines_before(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn csv_columns(text: &str) -> Result<Vec<String>, SheetError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| csv_error(None, &error))?;
    let columns: Vec<String> = header.iter().map(ToOwned::to_owned).collect();
    match columns.as_slice() {
        [] => at(1, "is empty; its first line names the columns"),
        [only] if only.contains(';') => at(
            1,
            "has one column only: its cells must be parted by commas, not by `;`",
        ),
        _ => Ok(columns),
    }
}

fn csv_rows(text: &str, mut take: impl FnMut(&Row<'_>)) -> Result<(), SheetError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // Where the lines are counted up to.
    let (mut counted, mut lines) = (0, 0);
    reader.headers().map_err(|error| csv_error(None, &error))?;
    loop {
        let from = reader.position().byte() as usize;
        let rest = text.get(from..).unwrap_or("");
        let start = from + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        lines += lines_before(&text.as_bytes()[counted..start]);
        counted = start;
        let line = lines + 1;
        if !reader
            .read_record(&mut record)
            .map_err(|error| csv_error(Some(line), &error))?
        {
            return Ok(());
        }
        if reader.position().byte() as usize >= text.len() && has_open_quote(&text[start..]) {
            return at(
                line,
                "has a quote `\"` that is not closed, so that the rest of the file would be one cell",
            );
        }
        let cells: Vec<&str> = record.iter().map(str::trim).collect();
        take(&Row {
            line,
            cells: &cells,
        });
    }
}

/// Whether a quoted cell of the record does not end.
fn has_open_quote(record: &str) -> bool {
    let (mut is_quoted, mut begins_cell) = (false, true);
    let mut chars = record.chars().peekable();
    while let Some(c) = chars.next() {
        match (is_quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => drop(chars.next()),
            (true, '"') => is_quoted = false,
            (true, _) => (),
            (false, '"') if begins_cell => is_quoted = true,
            (false, _) => (),
        }
        begins_cell = !is_quoted && matches!(c, ',' | '\n' | '\r');
    }
    is_quoted
}

fn csv_error(line: Option<u64>, error: &csv::Error) -> SheetError {
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("has {len} cells, but the first line names {expected_len} columns")
        }
        _ => error.to_string(),
    };
    SheetError {
        line: line.or(Some(1)),
        message,
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
