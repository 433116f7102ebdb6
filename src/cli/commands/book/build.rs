//! `mailtrack book build`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;

use crate::base::terminal::{counted, shown};
use crate::book::error::BuildError;
use crate::book::{self, Book, BookSource, Build, OfflineFilters, unknown_columns};
use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::{CommandError, incomplete, usage, wrong};
use crate::options::Options;
use crate::run::basis::load;

pub(super) fn offline_filters(
    options: &Options,
    now: Timestamp,
    console: &Console<'_>,
) -> Result<OfflineFilters, CommandError> {
    let filters = OfflineFilters::of(options, now).map_err(usage)?;
    if filters.is_empty() {
        let warning = "--offline: the options have no [[synchronization.offline_filter]], so that every record is taken";
        console.warnings("options", &[warning.into()]);
    }
    Ok(filters)
}

pub(super) fn build(
    folder: &Path,
    output: &Path,
    options: &Options,
    offline: Option<&OfflineFilters>,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let threads = threads(0)?;
    let source = BookSource::of(folder).map_err(usage)?;
    if let BookSource::Built(file) = &source {
        let shown = file.display();
        return Err(wrong(format!(
            "{shown}: is a file; `book build` takes the folder of record files, or a database"
        )));
    }
    let from = Build {
        source: &source,
        section: &options.book,
        offline,
        now: Timestamp::now(),
    };
    let built = book::build(from, output, &threads);
    let warnings = built.map_err(|error| match error {
        BuildError::Book(error) => usage(error),
        error @ BuildError::Write { .. } => incomplete(error),
    })?;
    console.warnings("book", &warnings);
    let book = load(output, &Options::defaults().map_err(usage)?, &threads)?;
    console.warnings("book", book.warnings());
    let mut out = console.out();
    if offline.is_some() {
        console.warnings("options", &offline_warnings(&book, options));
    }
    let records = counted(book.len() as u64, "record", "records");
    let addresses = counted(book.address_count(), "address", "addresses");
    let left_out = match book.is_offline() {
        true => format!(
            ", {} of records that were left out",
            counted(book.left_out_addresses(), "address", "addresses")
        ),
        false => String::new(),
    };
    writeln!(out, "{}: {records}, {addresses}{left_out}", shown(output))?;
    out.flush()?;
    Ok(0)
}

/// Returns warnings about columns that the offline filters use and the book does not have.
fn offline_warnings(book: &Book, options: &Options) -> Vec<String> {
    let mailboxes = options.mailboxes.iter();
    let found: BTreeSet<String> = mailboxes
        .flat_map(|mailbox| {
            unknown_columns::unknown(book, &mailbox.synchronization.offline_filters)
        })
        .collect();
    found.into_iter().collect()
}
