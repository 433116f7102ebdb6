//! `mailtrack init`: writes an options file that fits the mail and the book.

use crate::base::disk;
use crate::cli::console::Console;
use crate::cli::context::{now, threads};
use crate::cli::error::{CommandError, incomplete, unreadable, usage, wrong};
use crate::run::basis::{book_of, check_undamaged, know_tokens, options_of, rules};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::Instant;

use crate::base::terminal::shown;
use crate::base::threads::Threads;
use crate::decide::pass::Remembered;
use crate::inspect::init::{Findings, findings, text};
use crate::mail::intake::Intake;
use crate::mail::rules::Rules;
use crate::mail::source::discover;
use crate::options::{Options, PresetName};
use crate::run::session::Session;
use anyhow::Context as _;

use super::progress::Bar;
use crate::base::terminal::counted;
use crate::cli::args::InitArgs;

/// Size in bytes above which messages are not read.
const MAX_SIZE_BYTES: u64 = 256 << 20;

/// Runs the command.
pub(crate) fn run(args: &InitArgs, console: &Console<'_>) -> Result<u8, CommandError> {
    // Checked first, because everything else would be in vain.
    if disk::is_there(&args.output).map_err(unreadable(&args.output))? {
        return Err(exists(&args.output));
    }
    let threads = threads(0)?;
    let now = now(None)?;
    let rules = rules(None)?;
    let defaults = options_of(None, args.preset.preset)?;
    let book = book_of(&args.book, &[&defaults], &threads, console)?;
    let discovered = discover(&args.mail, &threads).map_err(usage)?;
    let bar = Bar::new(args.quiet, console).logging(false, Instant::now());
    let session = Session {
        options: &defaults,
        rules: &rules,
        book: &book,
        cards: None,
        now,
        threads: &threads,
        progress: &bar,
    };
    let intake = session.read(discovered, MAX_SIZE_BYTES);
    bar.clear();
    if intake.mail.is_empty() {
        return Err(wrong(
            "no messages were found; mail is a folder of .eml files, a Maildir, or an mbox file",
        ));
    }
    let resolver = session.resolve(&intake.distinct);
    let found = findings(&intake, &resolver, &rules);
    check_undamaged(&book)?;
    let text = text(&found, args.preset.preset.map(PresetName::name));
    let tracked = tracked(args, &text, &intake, &rules, &threads, console)?;
    write_new(&args.output, &text)?;
    if !args.quiet {
        print_result(args, &found, tracked, console)?;
    }
    Ok(0)
}

fn exists(path: &Path) -> CommandError {
    wrong(format!(
        "{}: exists already and was not changed; give another -o, or move it away",
        path.display()
    ))
}

fn write_new(path: &Path, text: &str) -> Result<(), CommandError> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(path)),
        Err(error) => Err(incomplete(io::Error::new(
            error.kind(),
            format!("{}: cannot be written: {error}", path.display()),
        ))),
        Ok(()) => Ok(()),
    }
}

/// Returns how many messages the written options would track; the text is parsed as in `run`.
fn tracked(
    args: &InitArgs,
    text: &str,
    intake: &Intake,
    rules: &Rules,
    threads: &Threads,
    console: &Console<'_>,
) -> Result<usize, CommandError> {
    let name = args.output.display().to_string();
    let options = Options::parse(&name, text)
        .context("what was found gives no sound options; please report this");
    let mut options = options.map_err(CommandError::Incomplete)?;
    let book = book_of(&args.book, &[&options], threads, console)?;
    know_tokens(&mut options, &book);
    let session = Session {
        options: &options,
        rules,
        book: &book,
        cards: None,
        now: now(None)?,
        threads,
        progress: &(),
    };
    let resolver = session.resolve(&intake.distinct);
    let mut nothing = Remembered::default();
    let decisions = session.decide(&intake.mail, &resolver, &mut nothing, None);
    let decisions = decisions.decided.decisions.iter();
    Ok(decisions.filter(|it| it.reason.is_tracked()).count())
}

/// Describes the mailboxes by whether they have an owner. An address of neither a user nor a queue is not an owner.
fn mailboxes(found: &Findings) -> String {
    let mut owners = found.parts.iter().filter_map(|part| part.owner.as_ref());
    let owned = owners.clone().filter(|owner| owner.record.is_some());
    let owned = counted(owned.count() as u64, "mailbox", "mailboxes");
    let by_address = owners.by_ref().filter(|owner| owner.record.is_none());
    match by_address.count() as u64 {
        0 => format!("{owned} with an owner"),
        some => format!(
            "{owned} with an owner, {} with addresses alone (give the owner)",
            counted(some, "mailbox", "mailboxes")
        ),
    }
}

fn print_result(
    args: &InitArgs,
    found: &Findings,
    tracked: usize,
    console: &Console<'_>,
) -> Result<(), CommandError> {
    let mut out = console.out();
    let output = shown(&args.output);
    writeln!(
        out,
        "{output}: {}; {tracked} of {} would be tracked",
        mailboxes(found),
        counted(found.messages, "message", "messages")
    )?;
    let mail: Vec<String> = args.mail.iter().map(|it| shown(it)).collect();
    writeln!(
        out,
        "read it, then: mailtrack run {} --book {} --options {output} --dry-run",
        mail.join(" "),
        shown(&args.book)
    )?;
    out.flush()?;
    Ok(())
}
