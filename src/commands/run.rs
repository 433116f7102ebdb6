//! `mailtrack run`: the main job.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mailtrack::activity::Rows;
use mailtrack::output::{JsonLines, Nowhere, OutputError, Sink};
use mailtrack::pipeline::{self, BodyKind, Remembered};
use mailtrack::source::discover;
use mailtrack::summary::{Material, Summary, Timing};

use super::progress::Bar;
use super::{CommandError, Ground, ground, incomplete, say_error, sound, threads, usage, wrong};
use crate::cli::{BodyArg, RunArgs};

/// Exit status where anything could not be read and `--strict` was given.
const STATUS_FAILURES: u8 = 3;

/// Runs the command.
pub fn run(args: &RunArgs) -> Result<u8, CommandError> {
    let started = Instant::now();
    let now = now(args)?;
    let threads = threads(args.threads)?;
    let ground = ground(&args.book, &threads)?;
    let book_time = started.elapsed();
    let discovered = discover(&args.mail).map_err(usage)?;
    let mut sink = sink(args)?;
    let bar = Bar::new(args.quiet);

    let intake = pipeline::read(discovered, &ground.rules, args.max_size, &threads, &bar);
    let read_time = started.elapsed();
    let Ground {
        options,
        rules,
        book,
    } = &ground;
    let resolver = pipeline::resolve(book, options, &intake.addresses, &threads);
    let (decided, _) =
        pipeline::decide(&intake.mail, &resolver, rules, &Remembered::default(), None);
    let decide_time = started.elapsed();
    let rows = Rows {
        resolver: &resolver,
        decided: &decided,
        mail: &intake.mail,
    };
    let written = pipeline::write(
        &rows,
        &mut *sink,
        body(args),
        args.max_size,
        &intake.failures,
        &threads,
        &bar,
    );
    let written = written.map_err(incomplete)?;
    let mut summary = Summary::new(Material {
        rows: &rows,
        written: &written,
        files: intake.files,
        rules,
        failures: &intake.failures,
        skipped: &intake.skipped,
        compressed: intake.compressed,
        now: now.to_string(),
        timing: Timing::default(),
    });
    if !summary.adds_up() {
        return Err(CommandError::Incomplete(anyhow::anyhow!(
            "the counts of this run do not add up, so nothing was written; please report this"
        )));
    }
    summary.timing = timing(
        started.elapsed(),
        [book_time, read_time, decide_time],
        summary.messages.total,
        threads.count(),
    );
    sound(book)?;
    sink.commit(&summary).map_err(incomplete)?;
    bar.clear();
    summary
        .warnings
        .iter()
        .for_each(|warning| say_error(&format!("mailtrack: warning: {warning}")));
    if !args.quiet {
        say(args, &summary)?;
    }
    Ok(if args.strict && !intake.failures.is_empty() {
        STATUS_FAILURES
    } else {
        0
    })
}

fn now(args: &RunArgs) -> Result<Timestamp, CommandError> {
    match &args.now {
        None => Ok(Timestamp::now()),
        Some(text) => text.parse().map_err(|_| {
            wrong(format!(
                "--now `{text}` is no RFC 3339 time, such as 2026-03-01T09:30:00Z"
            ))
        }),
    }
}

fn sink(args: &RunArgs) -> Result<Box<dyn Sink>, CommandError> {
    if args.dry_run {
        return Ok(Box::new(Nowhere));
    }
    match JsonLines::create(&args.out) {
        Ok(out) => Ok(Box::new(out)),
        Err(error @ OutputError::NotEmpty { .. }) => Err(usage(error)),
        Err(error) => Err(incomplete(error)),
    }
}

fn body(args: &RunArgs) -> BodyKind {
    match args.body {
        // Bodies change no decision, and a dry run writes none.
        _ if args.dry_run => BodyKind::None,
        BodyArg::Text => BodyKind::Text,
        BodyArg::Html => BodyKind::Html,
        BodyArg::None => BodyKind::None,
    }
}

fn timing(
    total: Duration,
    [book, read, decide]: [Duration; 3],
    messages: u64,
    threads: usize,
) -> Timing {
    let seconds = |duration: Duration| (duration.as_secs_f64() * 1000.0).round() / 1000.0;
    Timing {
        book_seconds: seconds(book),
        read_seconds: seconds(read.saturating_sub(book)),
        decide_seconds: seconds(decide.saturating_sub(read)),
        write_seconds: seconds(total.saturating_sub(decide)),
        total_seconds: seconds(total),
        messages_per_second: (messages as f64 / total.as_secs_f64().max(1e-9)).round(),
        threads,
    }
}

fn say(args: &RunArgs, summary: &Summary) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    write!(out, "{}", summary.words())?;
    if args.dry_run {
        writeln!(out, "dry run: nothing was written")?;
    } else {
        writeln!(out, "written to {}", args.out.display())?;
    }
    out.flush()?;
    Ok(())
}
