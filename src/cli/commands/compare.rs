//! `mailtrack compare`: compares the decisions of two options files on the same mail.

use crate::cli::console::Console;
use crate::cli::context::{now, threads};
use crate::cli::error::{CommandError, usage, wrong};
use crate::run::basis::{
    book_of, cards, check_undamaged, know_tokens, options_of, refreshed, rules,
};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::base::terminal::plain;
use crate::book::{BookSource, Refreshed};
use crate::decide::pass::Remembered;
use crate::decide::resolve::Resolver;
use crate::inspect::compare::{Comparison, Counts, Group, lines};
use crate::mail::source::discover;
use crate::options::Options;
use crate::output::summary::mail_warnings;
use crate::run::session::Session;
use serde::Serialize;

use super::progress::Bar;
use crate::cli::args::CompareArgs;

/// The first line of `--json`.
#[derive(Serialize)]
struct CountsLine<'a> {
    options: [String; 2],
    failures: u64,
    #[serde(flatten)]
    counts: &'a Counts,
}

/// Runs the command.
pub(crate) fn run(args: &CompareArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let [a, b] = args.options.as_slice() else {
        return Err(wrong(format!(
            "compare needs two options files, --options A.toml --options B.toml; {} given",
            match args.options.len() {
                0 => "none is".to_owned(),
                1 => "one is".to_owned(),
                many => format!("{many} are"),
            }
        )));
    };
    let names = [a, b].map(|path| path.display().to_string());
    let threads = threads(args.threads)?;
    let (mut a, mut b) = (
        options_of(Some(a), args.preset.preset)?,
        options_of(Some(b), args.preset.preset)?,
    );
    same_columns(&args.book, &names, &a, &b)?;
    let rules = rules(args.rules.as_deref())?;
    let now = now(args.now.as_deref())?;
    if let Some(Refreshed::Old(why)) = refreshed(&args.book, &[&a, &b], now, false, &threads) {
        console.warnings("book", &[why]);
    }
    let book = book_of(&args.book, &[&a, &b], &threads, console)?;
    know_tokens(&mut a, &book);
    know_tokens(&mut b, &book);
    let bar = Bar::new(args.quiet, console);
    let cards = cards(args.vcards.as_deref(), &bar)?;
    let discovered = discover(&args.mail, &threads).map_err(usage)?;
    let session = |options| Session {
        options,
        rules: &rules,
        book: &book,
        cards: cards.as_ref(),
        now,
        threads: &threads,
        progress: &(),
    };
    let (session_a, session_b) = (session(&a), session(&b));
    let reading = Session {
        progress: &bar,
        ..session_a
    };
    let intake = reading.read(discovered, args.max_size);
    bar.clear();
    let resolver_a = session_a.resolve(&intake.distinct);
    let resolver_b = session_b.resolve(&intake.distinct);
    let decide = |session: &Session<'_>, resolver: &Resolver<'_>| {
        session.decide(&intake.mail, resolver, &mut Remembered::default(), None)
    };
    let (of_a, of_b) = threads.both(
        || decide(&session_a, &resolver_a),
        || decide(&session_b, &resolver_b),
    );
    let doubt = of_a.doubt.or(of_b.doubt);
    console.warnings("book", doubt.as_slice());
    let rows_a = session_a.rows(&resolver_a, &of_a.decided, &intake.mail);
    let rows_b = session_b.rows(&resolver_b, &of_b.decided, &intake.mail);
    let comparison = Comparison::new(&rows_a, &rows_b, &threads);
    check_undamaged(&book)?;
    for warning in mail_warnings(intake.mail.len() as u64, intake.unread) {
        console.warning(&warning);
    }
    let mut out = BufWriter::new(console.out());
    let failures = intake.failures.len() as u64;
    if args.json {
        write_json(&comparison, names, failures, &mut out)?;
    } else {
        for line in lines(&comparison, &names, failures) {
            writeln!(out, "{}", plain(&line))?;
        }
    }
    out.flush()?;
    Ok(0)
}

/// Refuses two options files with different `[book]` sections, because the folder is only read once. A built book is
/// exempt: the names of its columns are part of it.
fn same_columns(
    book: &Path,
    [name_a, name_b]: &[String; 2],
    a: &Options,
    b: &Options,
) -> Result<(), CommandError> {
    let source = BookSource::of(book).map_err(usage)?;
    if a.book == b.book || matches!(source, BookSource::Built(_)) {
        return Ok(());
    }
    let what = match a.book.columns == b.book.columns {
        true => "[book] is not that",
        false => "[book.columns] are not those",
    };
    Err(wrong(format!(
        "{name_b}: its {what} of {name_a}, and compare reads the book once; make them equal, or build the book first with `mailtrack book build`"
    )))
}

fn write_json(
    comparison: &Comparison<'_>,
    options: [String; 2],
    failures: u64,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let line = CountsLine {
        options,
        failures,
        counts: &comparison.counts(),
    };
    serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
    writeln!(out)?;
    for difference in Group::ALL.iter().flat_map(|group| comparison.of(*group)) {
        serde_json::to_writer(&mut *out, &difference).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    Ok(())
}
