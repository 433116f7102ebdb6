//! What `send` reports.

use crate::cli::error::{CommandError, wrong};
use crate::cli::say::say_error;
use std::io::{self, Write as _};

use crate::base::terminal::plain;
use crate::send::outbox::{Line, Pending};
use serde::Serialize;

use crate::base::terminal::counted;
use crate::cli::args::SendArgs;

/// Numbers of lines by outcome; `lines` is the sum of the others.
#[derive(Default, Serialize)]
pub(crate) struct Report {
    pub lines: u64,
    pub sent: u64,
    pub failed: u64,
    pub doubtful: u64,
    /// Waiting for the next run.
    pub pending: u64,
    #[serde(rename = "sentbefore")]
    pub sent_before: u64,
    #[serde(rename = "failedbefore")]
    pub failed_before: u64,
    /// The same message as another line.
    pub repeated: u64,
    /// Why no more was handed over.
    pub stopped: Option<String>,
    #[serde(skip)]
    would_send: Vec<String>,
}

/// Exit status where not all could be sent that could be sent the next time.
const STATUS_PENDING: u8 = 1;

/// Exit status where anything failed and `--strict` was given.
const STATUS_FAILURES: u8 = 3;

impl Report {
    pub(crate) fn warn(&self, text: &str) {
        warn(text);
    }

    /// A message waits, and so do all after it.
    pub(crate) fn stop(&mut self, line: &Line, why: &str) {
        warn(&format!("{}: not sent: {why}", line.place));
        self.pending += 1;
        self.stopped = Some(why.into());
    }

    /// A message waits.
    pub(crate) fn put_off(&mut self, line: &Line, why: &str) {
        warn(&format!("{}: not yet sent: {why}", line.place));
        self.pending += 1;
    }

    /// What a dry run would do.
    pub(crate) fn would_send(&mut self, line: &Line, pending: &Pending) {
        let to: Vec<&str> = pending
            .recipients()
            .into_iter()
            .map(|person| person.email.as_str())
            .collect();
        let (from, to) = (&pending.from.email, to.join(", "));
        self.would_send.push(format!(
            "{}: from {from} to {to}: {}",
            line.place, pending.subject
        ));
        self.pending += 1;
    }

    pub(crate) fn status(&self, strict: bool) -> u8 {
        if self.stopped.is_some() || self.pending > self.would_send.len() as u64 {
            STATUS_PENDING
        } else if strict && self.failed + self.doubtful + self.failed_before + self.repeated > 0 {
            STATUS_FAILURES
        } else {
            0
        }
    }

    pub(crate) fn tell(&self, args: &SendArgs) -> Result<(), CommandError> {
        if let Some(why) = self.stopped.as_ref().filter(|_| self.pending > 0) {
            let waiting = counted(self.pending, "message waits", "messages wait");
            warn(&format!("{waiting} for the next run: {why}"));
        }
        let mut out = io::stdout().lock();
        if args.json {
            writeln!(out, "{}", serde_json::to_string(self).map_err(wrong)?)?;
        } else if !args.quiet {
            for line in &self.would_send {
                writeln!(out, "would be sent: {}", plain(line))?;
            }
            let counts = [
                (self.sent, "sent"),
                (self.failed, "failed"),
                (self.doubtful, "doubtful"),
                (self.pending, "pending"),
                (self.sent_before, "sent before"),
                (self.failed_before, "failed before"),
                (self.repeated, "repeated"),
            ];
            let counts: Vec<String> = counts
                .into_iter()
                .filter(|(count, words)| *count > 0 || *words == "sent")
                .map(|(count, words)| format!("{count} {words}"))
                .collect();
            let messages = counted(self.lines, "message", "messages");
            writeln!(out, "{messages}: {}", counts.join(", "))?;
            if args.out.dry_run {
                writeln!(out, "dry run: nothing was sent or written")?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// Says a warning of the command.
pub(super) fn warn(text: &str) {
    say_error(&format!("mailtrack: warning: {text}"));
}
