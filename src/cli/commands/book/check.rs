//! `mailtrack book check`: prints how a book was interpreted.

use std::io::Write as _;

use crate::base::terminal::plain;
use crate::book::{self, BookSource};
use crate::cli::args::BookCheckArgs;
use crate::cli::commands::run::STATUS_FAILURES;
use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::{CommandError, usage, wrong};
use crate::inspect::book::BookCheck;
use crate::run::basis::{check_undamaged, options_of, rules};

/// Runs the command.
pub(crate) fn run(args: &BookCheckArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let options = options_of(args.options.as_deref(), args.preset.preset)?;
    let rules = rules(args.rules.as_deref())?;
    let threads = threads(0)?;
    let (book, reports) = book::load_checked(&args.book, &options.book, &threads).map_err(usage)?;
    let source = BookSource::of(&args.book).map_err(usage)?.name();
    let check = BookCheck::new(source, &options, &rules, &book, reports);
    check_undamaged(&book)?;
    console.warnings("book", &check.warnings);
    let mut out = console.out();
    if args.json {
        let text = serde_json::to_string_pretty(&check).map_err(wrong)?;
        writeln!(out, "{text}")?;
    } else {
        check
            .words()
            .iter()
            .try_for_each(|line| writeln!(out, "{}", plain(line)))?;
    }
    out.flush()?;
    Ok(match args.strict && check.is_doubtful() {
        true => STATUS_FAILURES,
        false => 0,
    })
}
