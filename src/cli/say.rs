//! What commands print on standard error.

use std::io::{self, Write as _};

use crate::base::progress::Progress;
use crate::base::terminal::{counted, plain};

/// Maximum number of warnings about one thing that are shown.
const WARNINGS_SHOWN_MAX: usize = 20;

/// Says a line on standard error, where a closed one is no reason to stop.
pub(super) fn say_error(line: &str) {
    let _ = writeln!(io::stderr(), "{}", plain(line));
}

/// Prints some warnings about `what`, and how many more there are.
pub(super) fn warn(what: &str, warnings: &[String]) {
    for warning in warnings.iter().take(WARNINGS_SHOWN_MAX) {
        say_error(&format!("mailtrack: warning: {warning}"));
    }
    let more = warnings.len().saturating_sub(WARNINGS_SHOWN_MAX);
    if more > 0 {
        say_error(&format!(
            "mailtrack: warning: ... and {} of the {what}",
            counted(more as u64, "more warning", "more warnings")
        ));
    }
}

/// Prints notes and warnings of the library; shows no progress.
pub(crate) struct Notices;

impl Progress for Notices {
    fn stage(&self, _: &'static str, _: u64) {}
    fn advance(&self, _: u64) {}

    fn note(&self, text: &str) {
        say_error(&format!("mailtrack: note: {text}"));
    }

    fn warn(&self, about: &str, warnings: &[String]) {
        warn(about, warnings);
    }
}
