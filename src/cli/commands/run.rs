//! `mailtrack run`: decides mail and writes an output folder.

use crate::base::progress::Progress as _;
use crate::cli::console::Console;
use std::io::Write as _;
use std::time::Instant;

use super::format;
use super::progress::Bar;
use crate::base::terminal::{counted, shown};
use crate::base::threads::Threads;
use crate::cli::args::{BodyArg, RunArgs, RunOnceArgs};
use crate::cli::context::{basis_settings, threads};
use crate::cli::error::CommandError;
use crate::output::folder::FolderSettings;
use crate::output::state::stored::STATE_FILE;
use crate::output::summary::Summary;
use crate::run::basis::Basis;
use crate::run::history::Again;
use crate::run::once::{Ran, once};
use crate::run::rebuild_state::{Rebuilt, rebuild_state};
use crate::run::settings::RunSettings;
use crate::run::write::BodyKind;

/// Exit status with `--strict` if anything could not be read.
pub(crate) const STATUS_FAILURES: u8 = 3;

/// Runs the command.
pub(crate) fn run(args: &RunOnceArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let started = Instant::now();
    format::check(args.run.format)?;
    let settings = settings(&args.run)?;
    let threads = threads(args.run.threads)?;
    let bar = Bar::new(args.run.quiet, console).logging(args.run.verbose, started);
    let ran = run_with(args, &settings, started, &threads, &bar, console);
    bar.clear();
    let (summary, has_failures) = ran?;
    for warning in &summary.warnings {
        console.warning(warning);
    }
    format::warn_of_old(args.run.format, &settings.out, console)?;
    if !args.run.quiet {
        print_summary(&settings, &summary, console)?;
    }
    Ok(match args.run.strict && has_failures {
        true => STATUS_FAILURES,
        false => 0,
    })
}

fn run_with(
    args: &RunOnceArgs,
    settings: &RunSettings,
    started: Instant,
    threads: &Threads,
    bar: &Bar,
    console: &Console<'_>,
) -> Result<(Summary, bool), CommandError> {
    let now = settings.basis.now();
    let basis = Basis::load(&settings.basis, now, !settings.out.dry_run, threads, bar)?;
    if args.rebuild_state
        && let Some(rebuilt) = rebuild_state(settings, &basis, now, threads, bar)?
        && !args.run.quiet
    {
        print_rebuilt(settings, &rebuilt, console);
    }
    let Ran {
        summary,
        has_failures,
        intake,
        decided,
    } = once(settings, &basis, now, started, threads, bar)?;
    // Leaked deliberately: the end of the process frees everything faster than dropping it address by address.
    std::mem::forget((intake, decided, basis));
    if let Some(form) = args.run.format {
        format::write(form, &settings.out)?;
    }
    Ok((summary, has_failures))
}

/// Converts the arguments into settings.
pub(crate) fn settings(args: &RunArgs) -> Result<RunSettings, CommandError> {
    Ok(RunSettings {
        mail: args.mail.clone(),
        basis: basis_settings(&args.book)?,
        vcards: args.vcards.clone(),
        out: FolderSettings::from(&args.out),
        body: match args.body {
            BodyArg::Text => BodyKind::Text,
            BodyArg::Html => BodyKind::Html,
            BodyArg::None => BodyKind::None,
        },
        max_size: args.max_size,
        again: Again {
            files: args.recheck,
            decisions: args.again,
        },
    })
}

fn print_summary(
    settings: &RunSettings,
    summary: &Summary,
    console: &Console<'_>,
) -> Result<(), CommandError> {
    let mut out = console.out();
    write!(out, "{}", summary.words())?;
    match settings.out.dry_run {
        true => writeln!(out, "dry run: nothing was written")?,
        false => writeln!(out, "written to {}", shown(&settings.out.path))?,
    }
    out.flush()?;
    Ok(())
}

fn print_rebuilt(settings: &RunSettings, rebuilt: &Rebuilt, console: &Console<'_>) {
    let out = shown(&settings.out.path);
    if !rebuilt.cut.is_empty() {
        console.note(&format!(
            "{out}: what was not written to its end is cut off from {}",
            rebuilt.cut.join(", ")
        ));
    }
    let old = match &rebuilt.replaced {
        Some(name) => format!("; the old one is kept as {name}"),
        None => String::new(),
    };
    console.note(&format!(
        "{out}/{STATE_FILE} was rebuilt from {}{old}",
        counted(rebuilt.decisions, "decision", "decisions")
    ));
}
