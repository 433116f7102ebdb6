//! `mailtrack watch`: the loop of runs.

use std::time::Instant;

use super::repeated::Repeated;
use super::wait::{Events, Next};
use crate::cli::args::WatchArgs;
use crate::cli::commands::format;
use crate::cli::commands::run::STATUS_FAILURES;
use crate::cli::console::Console;
use crate::cli::error::CommandError;

/// Runs the command.
pub(crate) fn run(args: &WatchArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    format::check(args.run.format)?;
    let events = Events::new()?;
    let mut watch = Repeated::new(args)?;
    let mut failed = 0;
    loop {
        let started = Instant::now();
        // Started before the run, so that no later change is missed.
        let watching = args.once_per_change.then(|| events.watch(&args.run));
        let ran = watching.transpose().and_then(|watching| {
            watch.once(started, console)?;
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
                watch.report_failure(&error, later, console);
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
