//! The report on one file of a book: what each column is used for, and what was wrong with its rows.

use crate::base::terminal::counted;
use crate::book::rows::csv::CsvWarnings;
use crate::book::rows::sheet::{RecordReader, SheetForm, SheetWarnings};

/// What a column is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ColumnUse {
    /// The record's id.
    Id,
    /// Its name or a part of the name.
    Name,
    /// Its owner.
    Owner,
    /// Whether it is in use.
    State,
    /// When it was created.
    Created,
    /// Its web address.
    Website,
    /// Email addresses.
    Addresses,
    /// A field of an activity besides its id.
    Activity,
    /// Used only by filters, and to describe records.
    Other,
    /// Has the same name as another column, and is ignored.
    Ignored,
}

/// A column of a file.
#[derive(Clone, Debug)]
pub(crate) struct ColumnReport {
    /// Its name in the file.
    pub column: String,
    /// Its logical name.
    pub logical: String,
    /// What it is used for.
    pub role: ColumnUse,
}

/// The report on a file.
#[derive(Clone, Debug)]
pub(crate) struct FileReport {
    /// The file.
    pub file: String,
    /// The type of its records.
    pub record: String,
    /// Its encoding and separator.
    pub form: SheetForm,
    /// Its columns.
    pub columns: Vec<ColumnReport>,
    /// The number of rows that were read.
    pub rows: u64,
    /// The number of rows in which a value was not used as it is.
    pub doubtful_rows: u64,
}

impl FileReport {
    /// Creates the report on a file whose rows have not been read yet.
    pub(crate) fn of(
        file: String,
        record: &str,
        sheet: &RecordReader<'_>,
        role: impl Fn(usize) -> ColumnUse,
    ) -> FileReport {
        let columns = sheet.found.iter().zip(&sheet.columns).enumerate();
        let columns = columns.map(|(at, (column, logical))| ColumnReport {
            column: column.clone(),
            logical: logical.clone(),
            role: match logical.is_empty() {
                true => ColumnUse::Ignored,
                false => role(at),
            },
        });
        FileReport {
            file,
            record: record.to_owned(),
            form: sheet.form,
            columns: columns.collect(),
            rows: 0,
            doubtful_rows: 0,
        }
    }

    /// Adds what is known once the rows have been read.
    pub(crate) fn end(&mut self, rows: u64, doubtful_rows: u64, odd: &CsvWarnings) {
        (self.rows, self.doubtful_rows) = (rows, doubtful_rows);
        if odd.other.first.is_some() {
            self.form.encoding = "Windows-1252";
        }
    }
}

/// Returns the warnings about a file whose rows were read, each with its line.
pub(crate) fn doubts(
    sheet_warnings: Vec<String>,
    columns: &[String],
    read: &SheetWarnings,
    order: crate::options::file::DateOrder,
) -> Vec<(Option<u64>, String)> {
    let mut said: Vec<_> = sheet_warnings
        .into_iter()
        .map(|warning| (Some(1), warning))
        .collect();
    let CsvWarnings {
        other,
        broken,
        footer,
    } = read.odd;
    if let Some(first) = other.first {
        let lines = match other.count {
            1 => "this line is".to_owned(),
            count => format!("{count} lines from here on are"),
        };
        said.push((
            Some(first),
            format!("is not UTF-8; {lines} read as Windows-1252"),
        ));
    }
    if let Some(first) = broken.first {
        let lines = counted(broken.count, "line has", "lines have");
        let message =
            format!("{lines} characters that are damaged, and a `\u{fffd}` in their place");
        said.push((Some(first), message));
    }
    if footer > 0 {
        let message = format!(
            "{} left out: they say where the report is from",
            counted(
                footer,
                "line of a single cell is",
                "lines of a single cell are"
            )
        );
        said.push((None, message));
    }
    read.doubts
        .tell(columns, order, |line, message| said.push((line, message)));
    said
}
