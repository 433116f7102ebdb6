//! Progress of a command: a progress bar on a terminal, and with `--verbose` a line for each completed step.

use crate::cli::console::Console;
use std::fmt;
use std::sync::Mutex;
use std::time::Instant;

use crate::base::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Shows the progress of a run.
pub(crate) struct Bar<'c, 'a> {
    console: &'c Console<'a>,
    is_shown: bool,
    /// The start of the command, if it logs each step (`--verbose`).
    told_since: Option<Instant>,
    bar: Mutex<Option<ProgressBar>>,
}

impl<'c, 'a> Bar<'c, 'a> {
    /// Creates a bar that is shown only on a terminal, and never if `quiet`.
    pub(crate) fn new(quiet: bool, console: &'c Console<'a>) -> Bar<'c, 'a> {
        Bar {
            console,
            is_shown: !quiet && console.is_terminal(),
            told_since: None,
            bar: Mutex::new(None),
        }
    }

    /// Also prints a line for each step if `is_verbose`, with the time since `started`.
    pub(crate) fn logging(self, is_verbose: bool, started: Instant) -> Bar<'c, 'a> {
        Bar {
            told_since: is_verbose.then_some(started),
            ..self
        }
    }

    /// Removes the bar from the terminal.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.bar.lock().ok().and_then(|mut bar| bar.take()) {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar<'_, '_> {
    fn stage(&self, name: &'static str, steps: u64) {
        if !self.is_shown {
            return;
        }
        self.clear();
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(
            "{msg:>9} [{bar:40}] {pos}/{len}, {rate} a second, {eta} left",
        ) {
            let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
                let _ = write!(out, "{:.0}", state.per_sec());
            };
            bar.set_style(style.progress_chars("=> ").with_key("rate", rate));
        }
        bar.set_message(name);
        if let Ok(mut slot) = self.bar.lock() {
            *slot = Some(bar);
        }
    }

    fn advance(&self, steps: u64) {
        if let Ok(slot) = self.bar.lock()
            && let Some(bar) = slot.as_ref()
        {
            bar.inc(steps);
        }
    }

    fn done(&self, what: &dyn Fn() -> String) {
        if let Some(since) = self.told_since {
            self.clear();
            let seconds = since.elapsed().as_secs_f64();
            self.console
                .error_line(&format!("mailtrack: {seconds:8.3} s  {}", what()));
        }
    }

    fn note(&self, text: &str) {
        self.clear();
        self.console.note(text);
    }

    fn warn(&self, about: &str, warnings: &[String]) {
        self.clear();
        self.console.warn(about, warnings);
    }
}
