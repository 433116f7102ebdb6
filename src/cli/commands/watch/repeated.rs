//! The runs of `watch`.

use crate::cli::console::Console;
use crate::cli::context::threads;
use crate::cli::error::CommandError;
use crate::run::basis::Basis;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::base::terminal::{counted, plain};
use crate::base::threads::Threads;
use crate::book::BookSource;
use crate::output::summary::Summary;
use jiff::Timestamp;

use crate::cli::args::WatchArgs;
use crate::cli::commands::format;
use crate::cli::commands::progress::Bar;
use crate::cli::commands::run::settings;
use crate::run::fingerprint::stamps;
use crate::run::once::{Ran, once};
use crate::run::settings::RunSettings;

/// Wait before the first retry after a failed run; it doubles with each further failure.
const RETRY: Duration = Duration::from_secs(1);

/// Maximum wait between retries, unless the interval is longer.
const RETRY_MAX: Duration = Duration::from_secs(60);

/// Runs one after another, and what each leaves for the next.
pub(super) struct Repeated<'a> {
    args: &'a WatchArgs,
    threads: Threads,
    /// Whether any run has completed. Before that, an error ends the command, because an argument is probably wrong.
    pub(super) has_run: bool,
    /// The basis of the last run and the stamps of its files; `None` after a failed run.
    known: Option<(String, Basis)>,
    pub(super) interval: Duration,
    /// The warnings of the last run, so that they are not repeated.
    warnings: BTreeSet<String>,
    pub(super) has_failures: bool,
}

impl<'a> Repeated<'a> {
    pub(super) fn new(args: &'a WatchArgs) -> Result<Repeated<'a>, CommandError> {
        Ok(Repeated {
            args,
            threads: threads(args.run.threads)?,
            has_run: false,
            known: None,
            interval: RETRY_MAX,
            warnings: BTreeSet::new(),
            has_failures: false,
        })
    }

    /// Runs once, and prints one line about it.
    pub(super) fn once(
        &mut self,
        started: Instant,
        console: &Console<'_>,
    ) -> Result<(), CommandError> {
        let args = &self.args.run;
        let settings = settings(args)?;
        let now = settings.basis.now();
        let bar = Bar::new(true, console).logging(args.verbose, started);
        let (stamps, basis) = self.basis(&settings, now, console)?;
        let ran = once(&settings, &basis, now, started, &self.threads, &bar)?;
        let Ran {
            summary,
            has_failures,
            ..
        } = ran;
        if let Some(form) = args.format {
            format::write(form, &settings.out)?;
        }
        self.interval = basis.options.interval;
        self.known = Some((stamps, basis));
        self.has_run = true;
        self.has_failures |= has_failures;
        self.warn(&summary, console);
        if !args.quiet {
            self.print_line(now, &summary, started.elapsed(), console)?;
        }
        Ok(())
    }

    /// Returns the basis of the last run unless a file of it has changed. A built book or database is opened each time.
    fn basis(
        &mut self,
        settings: &RunSettings,
        now: Timestamp,
        console: &Console<'_>,
    ) -> Result<(String, Basis), CommandError> {
        let stamps = stamps(&settings.basis)?;
        if matches!(
            BookSource::of(&settings.basis.book),
            Ok(BookSource::Folder(_))
        ) && let Some(known) = self.known.take_if(|(known, _)| *known == stamps)
        {
            return Ok(known);
        }
        let may_build = !settings.out.dry_run;
        let basis = Basis::load(&settings.basis, now, may_build, &self.threads, console)?;
        Ok((stamps, basis))
    }

    fn warn(&mut self, summary: &Summary, console: &Console<'_>) {
        let warnings: BTreeSet<String> = summary.warnings.iter().cloned().collect();
        for warning in warnings.difference(&self.warnings) {
            console.warning(warning);
        }
        self.warnings = warnings;
    }

    fn print_line(
        &self,
        now: Timestamp,
        summary: &Summary,
        took: Duration,
        console: &Console<'_>,
    ) -> Result<(), CommandError> {
        let of = &summary.messages;
        let created: u64 = summary.created.values().sum();
        let mut out = console.out();
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

    /// Reports that a run failed, and when the next one starts.
    pub(super) fn report_failure(
        &self,
        error: &CommandError,
        later: Duration,
        console: &Console<'_>,
    ) {
        let text = error.words();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or("");
        let more = match lines.count() {
            0 => String::new(),
            more => format!(" (and {})", counted(more as u64, "more line", "more lines")),
        };
        console.error_line(&plain(&format!(
            "mailtrack: {}: {first}{more}; trying again in {} s",
            at_seconds(Timestamp::now()),
            later.as_secs()
        )));
    }

    pub(super) fn retry(&self, failed: u32) -> Duration {
        let later = RETRY.saturating_mul(2u32.saturating_pow(failed));
        later.min(self.interval.max(RETRY_MAX))
    }
}

fn at_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
