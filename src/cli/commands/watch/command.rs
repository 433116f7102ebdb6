//! `mailtrack watch`.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::base::terminal::{counted, plain};
use crate::base::threads::Threads;
use crate::book::Source;
use crate::mail::source::Stamp;
use crate::output::summary::Summary;
use jiff::Timestamp;

use super::wait::{Events, Next};
use crate::cli::args::{BookArgs, WatchArgs};
use crate::cli::commands::format;
use crate::cli::commands::progress::Bar;
use crate::cli::commands::run::{Ran, STATUS_FAILURES, once, within};
use crate::cli::context::{CommandError, Ground, ground, now, say_error, threads, unreadable};

/// After a run that failed it is tried again this soon; each time after twice as long.
const RETRY: Duration = Duration::from_secs(1);

/// Tries are not further apart than this, or than the interval, where that is longer.
const RETRY_MAX: Duration = Duration::from_secs(60);

/// Runs the command.
pub fn run(args: &WatchArgs) -> Result<u8, CommandError> {
    format::check(args.run.format)?;
    let events = Events::new()?;
    let mut watch = Watch {
        args,
        threads: threads(args.run.threads)?,
        has_run: false,
        known: None,
        interval: RETRY_MAX,
        warnings: BTreeSet::new(),
        has_failures: false,
    };
    let mut failed = 0;
    loop {
        let started = Instant::now();
        // Before the run: what changes from here on is a change.
        let watching = args.once_per_change.then(|| events.watch(&args.run));
        let ran = watching.transpose().and_then(|watching| {
            watch.once(started)?;
            Ok(watching)
        });
        let (next, _watching) = match ran {
            Ok(watching) => {
                failed = 0;
                (events.wait(started, started + watch.interval), watching)
            }
            Err(CommandError::BrokenPipe) => return Err(CommandError::BrokenPipe),
            Err(error) if !watch.has_run => return Err(error),
            Err(error) => {
                let later = watch.retry(failed);
                failed += 1;
                watch.tell(&error, later);
                (events.wait_for_time(Instant::now() + later), None)
            }
        };
        if next == Next::Stop {
            return Ok(match args.run.strict && watch.has_failures {
                true => STATUS_FAILURES,
                false => 0,
            });
        }
    }
}

struct Watch<'a> {
    args: &'a WatchArgs,
    threads: Threads,
    /// Whether any run has been completed: until then an error is a wrong argument, and ends it.
    has_run: bool,
    /// What the last run decided by, and the stamps of its files; nothing after one that failed.
    known: Option<(String, Ground)>,
    interval: Duration,
    /// The warnings of the last run, which are not told again.
    warnings: BTreeSet<String>,
    has_failures: bool,
}

impl Watch<'_> {
    /// One run, and its line.
    fn once(&mut self, started: Instant) -> Result<(), CommandError> {
        let args = &self.args.run;
        let now = now(args.book.now.as_deref())?;
        let ground = self.ground(now)?;
        let ran = once(
            args,
            &ground.1,
            now,
            started,
            &self.threads,
            &Bar::new(true).telling(args.verbose, started),
        )?;
        let Ran {
            summary,
            has_failures,
            ..
        } = ran;
        self.interval = ground.1.options.interval;
        self.known = Some(ground);
        self.has_run = true;
        self.has_failures |= has_failures;
        self.warn(&summary);
        if !args.quiet {
            self.say(now, &summary, started.elapsed())?;
        }
        Ok(())
    }

    /// What to decide by: the last run's, unless a file of it has changed. A built book and a database are opened again each
    /// time.
    fn ground(&mut self, now: Timestamp) -> Result<(String, Ground), CommandError> {
        let args = &self.args.run;
        let stamps = stamps(&args.book)?;
        if matches!(Source::of(&args.book.book), Ok(Source::Folder(_)))
            && let Some(known) = self.known.take_if(|(known, _)| *known == stamps)
        {
            return Ok(known);
        }
        let ground = ground(&args.book, now, !args.out.dry_run, &self.threads)?;
        Ok((stamps, ground))
    }

    fn warn(&mut self, summary: &Summary) {
        let warnings: BTreeSet<String> = summary.warnings.iter().cloned().collect();
        for warning in warnings.difference(&self.warnings) {
            say_error(&format!("mailtrack: warning: {warning}"));
        }
        self.warnings = warnings;
    }

    fn say(&self, now: Timestamp, summary: &Summary, took: Duration) -> Result<(), CommandError> {
        let of = &summary.messages;
        let created: u64 = summary.created.values().sum();
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "{}: {}, {} tracked, {created} created, {} seen, {}, {:.2} s",
            at_seconds(now),
            counted(of.total, "message", "messages"),
            of.tracked,
            of.seen,
            counted(of.failures, "failure", "failures"),
            took.as_secs_f64()
        )?;
        out.flush()?;
        Ok(())
    }

    /// Says that a run failed, and when the next one is.
    fn tell(&self, error: &CommandError, later: Duration) {
        let text = error.words();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or("");
        let more = match lines.count() {
            0 => String::new(),
            more => format!(" (and {})", counted(more as u64, "more line", "more lines")),
        };
        say_error(&plain(&format!(
            "mailtrack: {}: {first}{more}; trying again in {} s",
            at_seconds(Timestamp::now()),
            later.as_secs()
        )));
    }

    fn retry(&self, failed: u32) -> Duration {
        let later = RETRY.saturating_mul(2u32.saturating_pow(failed));
        later.min(self.interval.max(RETRY_MAX))
    }
}

/// By what it is told that the book, the options or the rules have changed.
fn stamps(args: &BookArgs) -> Result<String, CommandError> {
    let stamp = |path: &Path| {
        let meta = crate::base::disk::stat::metadata(path).map_err(unreadable(path))?;
        let stamp = meta.and_then(|meta| Stamp::of(&meta));
        Ok::<_, CommandError>(format!("{} {stamp:?}\n", path.display()))
    };
    let mut all = Vec::new();
    for path in [Some(&args.book), args.options.as_ref(), args.rules.as_ref()]
        .into_iter()
        .flatten()
    {
        all.push(stamp(path)?);
        for path in within(path)? {
            all.push(stamp(&path)?);
        }
    }
    all.sort();
    Ok(all.concat())
}

fn at_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
