//! Warns about tables that no mail can be linked to, because none of their records has an address or is active. The
//! usual cause is an unexpected column name, and without a warning a run would find nobody.

use super::FileReport;
use super::address_book::Book;
use super::check::is_unused;

/// Types whose records are never a party, and often have no address.
const WITHOUT_ADDRESSES: [&str; 4] = ["team", "businessunit", "opportunity", "incident"];

/// The facts about a table that decide whether mail can be linked to its records.
struct Table<'t> {
    /// The type of the records.
    kind: &'t str,
    records: u64,
    columns: Vec<String>,
    /// Whether at least one column has addresses.
    has_addresses: bool,
    /// Whether new contacts are linked to its records by web address (R11).
    has_domains: bool,
    /// Whether at least one record is active.
    has_active: bool,
}

impl Table<'_> {
    /// Returns the warnings about the table, without the file's name.
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.records == 0 {
            return warnings;
        }
        let kind = self.kind;
        let columns = self.columns.join("`, `");
        if !self.has_addresses && !self.has_domains && !WITHOUT_ADDRESSES.contains(&kind) {
            let column = match kind {
                "systemuser" => "internalemailaddress",
                "queue" => "emailaddress",
                _ => "emailaddress1",
            };
            warnings.push(format!(
                "no column of {kind} has addresses, so no mail is linked to its records; its columns are `{columns}`; name the one with addresses: [book.columns.{kind}] {column} = \"...\""
            ));
        }
        if !self.has_active {
            let (column, words) = match kind {
                "systemuser" => ("isdisabled", "false, 0, no or empty"),
                _ => ("statecode", "0, Active, Open, Enabled or empty"),
            };
            let none = match self.records {
                1 => "the one record is not active".to_owned(),
                many => format!("none of the {many} records is active"),
            };
            warnings.push(format!(
                "{kind}: {none}, so mail is not linked to them as active ones; its columns are `{columns}`; an active record has {words} in {column}: correct it, or name another column: [book.columns.{kind}] {column} = \"...\""
            ));
        }
        warnings
    }
}

/// Returns the warnings about the tables of a book. `reports` give their files and column names; there are none for a
/// built book, which is `file`.
pub(super) fn warnings(book: &Book, reports: &[FileReport], file: &str) -> Vec<String> {
    let meta = &book.index().meta;
    let mut warnings = Vec::new();
    for (number, kind) in (0u16..).zip(&meta.kinds) {
        let report = reports.iter().find(|it| it.record == kind.name);
        let found = report.map(|it| it.columns.iter().map(|it| it.column.clone()).collect());
        let mut columns = meta.columns.iter();
        let table = Table {
            kind: &kind.name,
            records: u64::from(kind.count),
            columns: found.unwrap_or_else(|| kind.columns.clone()),
            has_addresses: columns.any(|it| it.kind == number && it.is_used),
            has_domains: kind.name == "account" && kind.columns.iter().any(|it| it == "websiteurl"),
            has_active: !is_unused(book, &kind.name),
        };
        let file = report.map_or(file, |it| &it.file);
        let said = table.warnings().into_iter();
        warnings.extend(said.map(|warning| format!("{file}: {warning}")));
    }
    warnings
}
