//! `mailtrack book info`.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;

use crate::book;
use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::{CommandError, usage, wrong};
use crate::inspect::book::{BookInfo, filter_columns, filter_rows, filter_warnings};
use crate::options::Options;
use crate::options::columns::Columns;
use crate::run::basis::check_undamaged;

/// Prints information about a book. If `now` is given, the filters are included, and count days from it.
pub(super) fn info(
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
