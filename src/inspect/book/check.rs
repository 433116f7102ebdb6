//! `book check`: reports how each file of a book was interpreted, and what is probably a mistake.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::reference::Reference;
use crate::base::terminal::counted;
use crate::book::check::{Shared, mistakes, shared};
use crate::book::{Book, ColumnReport, ColumnUse, FileReport};
use crate::mail::rules::Rules;
use crate::options::Options;

/// Maximum number of addresses shared by several records that are reported.
const SHARED_MAX: usize = 20;

/// The report of `book check`; `--json` prints it as it is.
#[derive(Serialize)]
pub(crate) struct BookCheck {
    book: String,
    preset: Option<&'static str>,
    files: Vec<CheckedFile>,
    records: BTreeMap<String, u64>,
    emails: u64,
    /// Those without a Message-ID, which only tokens, conversation indexes and smart matching can find.
    emailswithoutmessageid: u64,
    addresses: u64,
    /// Addresses that several records have.
    sharedaddresses: u64,
    /// Those with the most records.
    mostshared: Vec<SharedAddress>,
    /// Probable mistakes.
    mistakes: Vec<String>,
    /// Warnings about values that were not taken as they are.
    pub(crate) warnings: Vec<String>,
}

#[derive(Serialize)]
struct CheckedFile {
    file: String,
    record: String,
    encoding: &'static str,
    /// The delimiter of the CSV dialect; null for other formats.
    separator: Option<char>,
    columns: Vec<CheckedColumn>,
    rows: u64,
    /// Rows with warnings.
    rowswithwarnings: u64,
}

#[derive(Serialize)]
struct CheckedColumn {
    column: String,
    /// The logical name.
    name: String,
    /// The use of the column.
    role: ColumnUse,
}

#[derive(Serialize)]
struct SharedAddress {
    address: String,
    records: u64,
    types: BTreeMap<String, u64>,
    /// The first of its records, in the order in which a sender's record is chosen.
    examples: Vec<Reference>,
}

impl CheckedFile {
    fn of(report: FileReport) -> CheckedFile {
        let column = |it: ColumnReport| CheckedColumn {
            column: it.column,
            name: it.logical,
            role: it.role,
        };
        CheckedFile {
            file: report.file,
            record: report.record,
            encoding: report.form.encoding,
            separator: report.form.separator,
            columns: report.columns.into_iter().map(column).collect(),
            rows: report.rows,
            rowswithwarnings: report.doubtful_rows,
        }
    }

    /// Returns the lines about the file.
    fn words(&self) -> Vec<String> {
        let separator = match self.separator {
            None if self.file.ends_with(".jsonl") => "one JSON object a line",
            None => "as the database gives it",
            Some('\t') => "separated by tabs",
            Some(';') => "separated by semicolons",
            Some(_) => "separated by commas",
        };
        let rows = counted(self.rows, "row", "rows");
        let warnings = match self.rowswithwarnings {
            0 => String::new(),
            some => format!(", {some} with warnings"),
        };
        let mut lines = vec![format!(
            "{}: {}, {}, {separator}, {rows}{warnings}",
            self.file, self.record, self.encoding
        )];
        for column in &self.columns {
            if let Some(what) = what(column.role) {
                let is_same = column.column.eq_ignore_ascii_case(&column.name);
                let name = match is_same || column.name.is_empty() {
                    true => String::new(),
                    false => format!(", as {}", column.name),
                };
                lines.push(format!("  `{}`: {what}{name}", column.column));
            }
        }
        let renamed = |it: &&CheckedColumn| {
            it.role == ColumnUse::Other && !it.column.trim().eq_ignore_ascii_case(&it.name)
        };
        for column in self.columns.iter().filter(renamed) {
            lines.push(format!("  `{}`: {}", column.column, column.name));
        }
        let others = self.columns.iter().filter(|it| it.role == ColumnUse::Other);
        let others = others.filter(|it| !renamed(it));
        let others: Vec<&str> = others.map(|it| it.column.as_str()).collect();
        if !others.is_empty() {
            let what = match self.record.as_str() {
                "email" => "not used",
                _ => "for filters",
            };
            lines.push(format!("  {what}: `{}`", others.join("`, `")));
        }
        lines
    }
}

/// Returns the use of a column as text; `None` for a column that only filters use.
fn what(role: ColumnUse) -> Option<&'static str> {
    Some(match role {
        ColumnUse::Id => "the id",
        ColumnUse::Name => "the name",
        ColumnUse::Owner => "the owner",
        ColumnUse::State => "whether it is in use",
        ColumnUse::Created => "when it was created",
        ColumnUse::Website => "the web address",
        ColumnUse::Addresses => "addresses",
        ColumnUse::Activity => "of the activity",
        ColumnUse::Ignored => "ignored, because another column is used for that",
        ColumnUse::Other => return None,
    })
}

impl SharedAddress {
    fn of(book: &Book, shared: Shared) -> SharedAddress {
        let examples = shared.records.iter().map(|record| book.reference(*record));
        SharedAddress {
            address: shared.address,
            records: shared.count,
            types: shared.kinds,
            examples: examples.collect(),
        }
    }
}

impl BookCheck {
    /// Creates the report on the book that was read from `source`; `reports` say how its files were interpreted.
    pub(crate) fn new(
        source: String,
        options: &Options,
        rules: &Rules,
        book: &Book,
        reports: Vec<FileReport>,
    ) -> BookCheck {
        let shared = shared(book);
        let mistakes = mistakes(book, &shared, &reports, &rules.role);
        let without_id = book.emails().filter(|it| it.message_id.is_empty()).count();
        BookCheck {
            book: source,
            preset: options.book.preset.map(|preset| preset.name()),
            files: reports.into_iter().map(CheckedFile::of).collect(),
            records: book
                .counts()
                .into_iter()
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect(),
            emails: book.index().meta.emails,
            emailswithoutmessageid: without_id as u64,
            addresses: book.address_count(),
            sharedaddresses: shared.len() as u64,
            mostshared: shared
                .into_iter()
                .take(SHARED_MAX)
                .map(|it| SharedAddress::of(book, it))
                .collect(),
            mistakes,
            warnings: book.warnings().to_vec(),
        }
    }

    /// Returns whether there are probable mistakes or warnings.
    pub(crate) fn is_doubtful(&self) -> bool {
        !self.warnings.is_empty() || !self.mistakes.is_empty()
    }

    /// Returns the lines of the report.
    pub(crate) fn words(&self) -> Vec<String> {
        let preset = match self.preset {
            Some(preset) => format!(", read by the preset {preset}"),
            None => String::new(),
        };
        let mut lines = vec![format!("{}{preset}", self.book)];
        lines.extend(self.files.iter().flat_map(CheckedFile::words));
        lines.push(format!("records: {}", self.records.values().sum::<u64>()));
        let counts = self.records.iter();
        lines.extend(counts.map(|(kind, count)| format!("  {kind}: {count}")));
        lines.push(format!(
            "addresses: {}, of which {} belong to several records",
            self.addresses, self.sharedaddresses
        ));
        for it in &self.mostshared {
            let examples = it.examples.iter().map(ToString::to_string);
            let examples = examples.collect::<Vec<_>>().join(", ");
            let more = if it.records > it.examples.len() as u64 {
                " ..."
            } else {
                ""
            };
            lines.push(format!(
                "  {}: {} records, {examples}{more}",
                it.address, it.records
            ));
        }
        lines.push(match self.emailswithoutmessageid {
            0 => format!("email activities: {}", self.emails),
            some => format!(
                "email activities: {}, {some} of them without a Message-ID",
                self.emails
            ),
        });
        lines.push(match self.mistakes.as_slice() {
            [] => "likely mistakes: none".into(),
            some => format!("likely mistakes: {}", some.len()),
        });
        lines.extend(self.mistakes.iter().map(|mistake| format!("  {mistake}")));
        lines.push(match self.warnings.len() {
            0 => "nothing was left out".into(),
            some => counted(some as u64, "warning", "warnings"),
        });
        lines
    }
}
