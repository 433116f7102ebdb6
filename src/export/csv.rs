//! Exports every table as a CSV file (RFC 4180) with its columns in the order of the rows' keys.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::Value;

use super::columns::columns;
use super::folder::each_table;
use crate::export::error::ExportError;
use crate::output::committed::reader::{Committed, JsonRow};
use crate::output::table::Table;

/// The dialect of the files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CsvForm {
    /// Whether they begin with a byte order mark, from which spreadsheets recognize UTF-8.
    pub has_mark: bool,
    /// Whether a `'` is put before text that a spreadsheet would interpret as a formula.
    pub is_guarded: bool,
}

/// Text that begins with any of these is interpreted as a formula by spreadsheets.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Separates the entries of a list.
const LIST_SEPARATOR: &str = ";";

/// Writes a file for each table into the folder, which is created if it does not exist: either all files or none.
/// Returns the number of rows of each.
///
/// # Errors
/// If a table cannot be read, or a file cannot be written.
pub(crate) fn tables(
    from: &Committed,
    folder: &Path,
    form: CsvForm,
) -> Result<Vec<(Table, u64)>, ExportError> {
    each_table(folder, "csv", |table, file, to| {
        write(from, table, file, to, form)
    })
}

fn write(
    from: &Committed,
    table: Table,
    file: &mut File,
    to: &Path,
    form: CsvForm,
) -> Result<u64, ExportError> {
    let failed = |error: csv::Error| ExportError::writing(to)(error.into());
    let columns = columns(from, table)?;
    let mut out = BufWriter::new(file);
    if form.has_mark {
        let mark = "\u{FEFF}".as_bytes();
        out.write_all(mark).map_err(ExportError::writing(to))?;
    }
    let mut out: Writer<_> = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(out);
    let names = columns.iter().map(|it| &it.name);
    out.write_record(names).map_err(failed)?;
    let mut count = 0;
    from.each::<_, ExportError>(table, |row: JsonRow| {
        let cells = columns
            .iter()
            .map(|column| cell(row.get(&column.name), form));
        count += 1;
        out.write_record(cells).map_err(failed)
    })?;
    out.flush().map_err(ExportError::writing(to))?;
    Ok(count)
}

fn cell(value: Option<&Value>, form: CsvForm) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(entries)) => list(entries),
        Some(other) => return other.to_string(),
    };
    if form.is_guarded && text.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text
    }
}

/// Returns a list of texts separated by `;`, or as JSON if an entry contains a `;`, is empty, or is not text.
fn list(entries: &[Value]) -> String {
    let texts = entries.iter().map(|entry| {
        let text = entry.as_str()?;
        (!text.is_empty() && !text.contains(LIST_SEPARATOR)).then_some(text)
    });
    match texts.collect::<Option<Vec<&str>>>() {
        Some(texts) => texts.join(LIST_SEPARATOR),
        None => Value::from(entries).to_string(),
    }
}
