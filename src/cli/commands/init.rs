//! `mailtrack init`: writes an options file that fits the mail and the book.

use crate::base::disk;
use crate::cli::console::Console;
use crate::cli::context::{now, threads};
use crate::cli::error::{CommandError, incomplete, unreadable, usage, wrong};
use crate::run::basis::{book_of, check_undamaged, options_of, rules};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::Instant;

use crate::base::terminal::shown;
use crate::inspect::init::{Findings, findings, text, tracked};
use crate::mail::source::discover;
use crate::options::PresetName;
use crate::run::session::Session;

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
    let name = args.output.display().to_string();
    let tracked = tracked((&name, &text), &args.book, &intake, &session, console)?;
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
        found.mailboxes(),
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
