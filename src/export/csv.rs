//! Every table as a CSV file (RFC 4180) with its columns in the order of the rows' keys, for spreadsheets and whatever
//! else reads CSV.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::Value;

use super::{Aside, Committed, ExportError, Row};
use crate::output::Table;
use crate::schema::Document;

/// How the files are written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Whether they begin with a byte order mark, by which spreadsheets know UTF-8.
    pub has_mark: bool,
    /// Whether text that a spreadsheet would take as a formula gets a `'` before it.
    pub is_guarded: bool,
}

/// Before a text that begins with any of these a guard is put: spreadsheets take it as a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Parts the entries of a list.
const BETWEEN: &str = ";";

/// Writes a file for each table into the folder, which is made where it is not there: all of them, or none. How many
/// rows each has.
///
/// # Errors
/// Where a table cannot be read, or a file not be written.
pub fn tables(
    from: &Committed,
    folder: &Path,
    form: Form,
) -> Result<Vec<(Table, u64)>, ExportError> {
    let is_made = !folder.exists();
    fs::create_dir_all(folder).map_err(ExportError::writing(folder))?;
    let written = write_all(from, folder, form);
    if is_made && written.is_err() {
        // Only where it is empty: what others have put there stays.
        let _ = fs::remove_dir(folder);
    }
    written
}

fn write_all(
    from: &Committed,
    folder: &Path,
    form: Form,
) -> Result<Vec<(Table, u64)>, ExportError> {
    let (mut files, mut counts) = (Vec::new(), Vec::new());
    for table in Table::ALL {
        let to = folder.join(format!("{}.csv", table.name()));
        let mut aside = Aside::new(&to)?;
        counts.push((table, write(from, table, &mut aside, &to, form)?));
        files.push(aside);
    }
    files.into_iter().try_for_each(Aside::put)?;
    Ok(counts)
}

fn write(
    from: &Committed,
    table: Table,
    aside: &mut Aside,
    to: &Path,
    form: Form,
) -> Result<u64, ExportError> {
    let failed = |error: csv::Error| ExportError::writing(to)(error.into());
    let columns = columns(from, table)?;
    let mut out = BufWriter::new(aside.file());
    if form.has_mark {
        let mark = "\u{FEFF}".as_bytes();
        out.write_all(mark).map_err(ExportError::writing(to))?;
    }
    let mut out: Writer<_> = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(out);
    out.write_record(&columns).map_err(failed)?;
    let mut count = 0;
    from.each(table, |row: Row| {
        let cells = columns.iter().map(|column| cell(row.get(column), form));
        count += 1;
        out.write_record(cells).map_err(failed)
    })?;
    out.flush().map_err(ExportError::writing(to))?;
    Ok(count)
}

/// The columns that every row has, and after them those that only some runs have filled from vCards, by name.
fn columns(from: &Committed, table: Table) -> Result<Vec<String>, ExportError> {
    let schema = Document::Line(table).schema();
    let keys = schema.get("required").and_then(Value::as_array);
    let keys = keys.into_iter().flatten().filter_map(Value::as_str);
    let mut columns: Vec<String> = keys.map(ToOwned::to_owned).collect();
    if matches!(table, Table::Contacts | Table::Leads) {
        let mut further = BTreeSet::new();
        from.each(table, |row: Row| {
            further.extend(row.into_iter().map(|(key, _)| key));
            Ok(())
        })?;
        further.retain(|key| !columns.contains(key));
        columns.extend(further);
    }
    Ok(columns)
}

fn cell(value: Option<&Value>, form: Form) -> String {
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

/// A list of texts, parted by `;`; as JSON where an entry has one itself, is empty, or is no text.
fn list(entries: &[Value]) -> String {
    let texts = entries.iter().map(|entry| {
        let text = entry.as_str()?;
        (!text.is_empty() && !text.contains(BETWEEN)).then_some(text)
    });
    match texts.collect::<Option<Vec<&str>>>() {
        Some(texts) => texts.join(BETWEEN),
        None => Value::from(entries).to_string(),
    }
}
