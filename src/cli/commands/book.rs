//! `mailtrack book build` and `mailtrack book info`; `check` is in `book_check.rs`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;

use super::book_check;
use crate::base::terminal::{counted, shown};
use crate::book::error::BuildError;
use crate::book::{self, Book, BookSource, Build, OfflineFilters, unknown_columns};
use crate::cli::args::BookCommand;
use crate::cli::console::Console;
use crate::cli::context::{now, threads};
use crate::cli::error::{CommandError, incomplete, usage, wrong};
use crate::inspect::book::{BookInfo, filter_columns, filter_rows, filter_warnings};
use crate::options::Options;
use crate::options::columns::Columns;
use crate::run::basis::{check_undamaged, load, options_of};

/// Runs the command.
pub(crate) fn run(command: &BookCommand, console: &Console<'_>) -> Result<u8, CommandError> {
    match command {
        BookCommand::Build {
            book,
            output,
            offline,
            options,
            preset,
            now: given,
        } => {
            let options = options_of(options.as_deref(), preset.preset)?;
            let now = now(given.as_deref())?;
            let filters = offline
                .then(|| offline_filters(&options, now, console))
                .transpose()?;
            build(book, output, &options, filters.as_ref(), console)
        }
        BookCommand::Info {
            book,
            options,
            preset,
            filters,
            now: given,
            json,
        } => {
            let options = options_of(options.as_deref(), preset.preset)?;
            let now = filters.then(|| now(given.as_deref())).transpose()?;
            info(book, &options, now, *json, console)
        }
        BookCommand::Check(args) => book_check::run(args, console),
    }
}

fn offline_filters(
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

fn build(
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
        console.warnings("options", &offline_doubts(&book, options));
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
fn offline_doubts(book: &Book, options: &Options) -> Vec<String> {
    let mailboxes = options.mailboxes.iter();
    let found: BTreeSet<String> = mailboxes
        .flat_map(|mailbox| {
            unknown_columns::unknown(book, &mailbox.synchronization.offline_filters)
        })
        .collect();
    found.into_iter().collect()
}

/// Prints information about a book. If `now` is given, the filters are included, and count days from it.
fn info(
    path: &Path,
    options: &Options,
    now: Option<Timestamp>,
    json: bool,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let threads = threads(0)?;
    let columns = match now {
        Some(_) => filter_columns(options),
        None => Columns::default(),
    };
    let section = &options.book;
    let book = book::load(path, section, columns, options.owners(), &threads).map_err(usage)?;
    let filters = now.map(|now| filter_rows(&book, options, now, &threads));
    check_undamaged(&book)?;
    console.warnings("book", book.warnings());
    if filters.is_some() {
        console.warnings("options", &filter_warnings(&book, options));
    }
    let info = BookInfo::of(path, &book, filters)?;
    let mut out = console.out();
    if json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&info).map_err(wrong)?
        )?;
    } else {
        write!(out, "{}", info.words())?;
    }
    out.flush()?;
    Ok(0)
}
