//! The streams that a command prints to: those of the process, or those that a caller of the library passes.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::progress::Progress;
use crate::base::terminal::{counted, plain};

/// Maximum number of warnings about one thing that are shown.
const WARNINGS_SHOWN_MAX: usize = 20;

/// The output and error streams of a command.
pub(crate) struct Console<'a> {
    out: Stream<'a>,
    err: Stream<'a>,
    /// Whether the error stream is a terminal, so that a progress bar can be drawn on it.
    is_terminal: bool,
}

impl<'a> Console<'a> {
    /// Creates a console that prints results to `out`, and errors, warnings and notes to `err`.
    pub(super) fn new(
        out: &'a mut (dyn Write + Send),
        err: &'a mut (dyn Write + Send),
        is_terminal: bool,
    ) -> Console<'a> {
        Console {
            out: Mutex::new(out),
            err: Mutex::new(err),
            is_terminal,
        }
    }

    /// Returns the output stream, which is locked only during each write.
    pub(crate) fn out(&self) -> impl Write + '_ {
        Output(&self.out)
    }

    /// Returns whether a progress bar can be drawn.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Prints a line on the error stream. If that is closed, the command continues.
    pub(crate) fn error_line(&self, line: &str) {
        let _ = writeln!(locked(&self.err), "{}", plain(line));
    }

    /// Prints a warning.
    pub(crate) fn warning(&self, text: &str) {
        self.error_line(&format!("mailtrack: warning: {text}"));
    }

    /// Prints the first warnings about `what`, and the number of the others.
    pub(crate) fn warnings(&self, what: &str, warnings: &[String]) {
        for warning in warnings.iter().take(WARNINGS_SHOWN_MAX) {
            self.warning(warning);
        }
        let more = warnings.len().saturating_sub(WARNINGS_SHOWN_MAX);
        if more > 0 {
            self.warning(&format!(
                "... and {} about the {what}",
                counted(more as u64, "more warning", "more warnings")
            ));
        }
    }
}

/// A stream of a console.
type Stream<'a> = Mutex<&'a mut (dyn Write + Send)>;

fn locked<'s, 'a>(stream: &'s Stream<'a>) -> MutexGuard<'s, &'a mut (dyn Write + Send)> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Output<'s, 'a>(&'s Stream<'a>);

impl Write for Output<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(self.0).write(bytes)
    }

    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        locked(self.0).write_fmt(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        locked(self.0).flush()
    }
}

/// Prints notes and warnings of the library, and shows no progress.
impl Progress for Console<'_> {
    fn stage(&self, _: &'static str, _: u64) {}
    fn advance(&self, _: u64) {}

    fn note(&self, text: &str) {
        self.error_line(&format!("mailtrack: note: {text}"));
    }

    fn warn(&self, about: &str, warnings: &[String]) {
        self.warnings(about, warnings);
    }
}
