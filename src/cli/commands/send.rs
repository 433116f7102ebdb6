//! `mailtrack send`: sends and tracks the messages of an outbox.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::run::STATUS_FAILURES;
use crate::base::terminal::{counted, plain};
use crate::cli::args::SendArgs;
use crate::cli::console::Console;
use crate::cli::context::{basis_settings, now, threads};
use crate::cli::error::{CommandError, usage, wrong};
use crate::options::{Options, SendMethod};
use crate::output::folder::OutFolder;
use crate::run::basis::{Basis, check_undamaged};
use crate::send::Transport;
use crate::send::counts::SendCounts;
use crate::send::outbox::{self, OutboxLine};
use crate::send::session::SendSession;
use crate::send::track::SendContext;

/// Exit status if messages wait for the next run.
const STATUS_PENDING: u8 = 1;

/// Runs the command.
pub(crate) fn run(args: &SendArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    let now = now(args.book.now.as_deref())?;
    let threads = threads(1)?;
    let may_build = !args.out.dry_run;
    let settings = basis_settings(&args.book)?;
    let basis = Basis::load(&settings, now, may_build, &threads, console)?;
    if let Some(doubt) = &basis.doubt {
        console.warning(doubt);
    }
    let method = allowed(&basis.options, args.book.options.as_deref())?;
    let transport = Transport::new(method).map_err(usage)?;
    let lines = read(&args.outbox)?;
    let folder = OutFolder::open(&(&args.out).into(), &basis.options)?;
    let context = SendContext {
        options: &basis.options,
        rules: &basis.rules,
        book: &basis.book,
        now,
        threads: &threads,
    };
    let session = SendSession::new(context, folder, transport, args.out.dry_run, console);
    let (counts, ended) = session.run(&lines);
    // Printed even after an error, because some messages may have been sent before it.
    let printed = print(&counts, args, console);
    ended?;
    check_undamaged(&basis.book)?;
    printed?;
    Ok(
        match (counts.has_pending(), args.strict && counts.has_failures()) {
            (true, _) => STATUS_PENDING,
            (false, true) => STATUS_FAILURES,
            (false, false) => 0,
        },
    )
}

/// Returns the transport in the options, if they allow sending.
fn allowed<'o>(options: &'o Options, file: Option<&Path>) -> Result<&'o SendMethod, CommandError> {
    let file = file.map_or("the options".into(), |file| file.display().to_string());
    if !options.send.allow {
        return Err(wrong(format!(
            "{file}: `send.allow` is false, so nothing is sent; write `allow = true` under `[send]`"
        )));
    }
    options.send.method.as_ref().ok_or_else(|| {
        wrong(format!(
            "{file}: `[send]` says no way for messages to go: set `send.outbox`, a Maildir, or `send.smtp.host`"
        ))
    })
}

fn read(outboxes: &[PathBuf]) -> Result<Vec<OutboxLine>, CommandError> {
    let mut lines = Vec::new();
    for path in outboxes {
        let read = outbox::read(path);
        lines.extend(read.map_err(|error| {
            let shown = path.display();
            wrong(format!(
                "{shown}: cannot be read: {error}; an outbox is a file of JSON objects, one a line"
            ))
        })?);
    }
    Ok(lines)
}

fn print(counts: &SendCounts, args: &SendArgs, console: &Console<'_>) -> Result<(), CommandError> {
    if let Some(why) = counts.stopped.as_ref().filter(|_| counts.pending > 0) {
        let waiting = counted(counts.pending, "message waits", "messages wait");
        console.warning(&format!("{waiting} for the next run: {why}"));
    }
    let mut out = console.out();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(counts).map_err(wrong)?)?;
    } else if !args.quiet {
        for line in &counts.would_send {
            writeln!(out, "would be sent: {}", plain(line))?;
        }
        let messages = counted(counts.lines, "message", "messages");
        writeln!(out, "{messages}: {}", words(counts))?;
        if args.out.dry_run {
            writeln!(out, "dry run: nothing was sent or written")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn words(counts: &SendCounts) -> String {
    let all = [
        (counts.sent, "sent"),
        (counts.failed, "failed"),
        (counts.doubtful, "doubtful"),
        (counts.pending, "pending"),
        (counts.sent_before, "sent before"),
        (counts.failed_before, "failed before"),
        (counts.repeated, "repeated"),
    ];
    let shown = all
        .into_iter()
        .filter(|(count, words)| *count > 0 || *words == "sent");
    let shown: Vec<String> = shown
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    shown.join(", ")
}
