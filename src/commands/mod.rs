//! The commands, one file each.

mod book;
mod book_check;
mod compare;
mod completions;
mod explain;
mod export;
mod filters;
mod format;
mod given;
mod init;
mod inside;
mod manual;
mod options;
mod out_folder;
mod progress;
mod rebuild;
mod report;
mod resolve;
mod run;
mod schema;
mod send;
mod told;
mod watch;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use mailtrack::address::Equivalence;
use mailtrack::book::{Book, Columns, Freshness, Refreshed};
use mailtrack::options::Options;
use mailtrack::panics::Panic;
use mailtrack::rules::Rules;
use mailtrack::terminal::{counted, plain};
use mailtrack::threads::Threads;
use mailtrack::vcards::{self, Cards};

use crate::cli::{BookArgs, Command, PresetArg};

/// Why a command ended early.
#[derive(Debug)]
pub enum CommandError {
    /// Wrong arguments, options or book; nothing was written.
    Usage(anyhow::Error),
    /// It could not be completed.
    Incomplete(anyhow::Error),
    /// Who reads the output has gone.
    BrokenPipe,
}

impl CommandError {
    /// Says it on standard error; the exit status.
    pub fn report(&self) -> u8 {
        for line in self.words().lines() {
            say_error(&format!("mailtrack: {line}"));
        }
        match self {
            CommandError::Usage(_) => 2,
            CommandError::Incomplete(_) => 1,
            CommandError::BrokenPipe => 0,
        }
    }

    /// What it says; nothing where nobody reads any more.
    fn words(&self) -> String {
        match self {
            CommandError::Usage(error) | CommandError::Incomplete(error) => format!("{error:#}"),
            CommandError::BrokenPipe => String::new(),
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> CommandError {
        match error.kind() {
            io::ErrorKind::BrokenPipe => CommandError::BrokenPipe,
            _ => CommandError::Incomplete(
                anyhow::Error::new(error).context("standard output cannot be written"),
            ),
        }
    }
}

fn usage(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Usage(error.into())
}

fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Incomplete(error.into())
}

/// The error if the system does not say what is at a path.
fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.display().to_string();
    move |error| CommandError::Incomplete(anyhow::anyhow!("{path}: cannot be read: {error}"))
}

fn wrong(message: impl Display) -> CommandError {
    CommandError::Usage(anyhow::anyhow!("{message}"))
}

/// Runs a command; its exit status.
pub fn run(command: Command) -> Result<u8, CommandError> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Send(args) => send::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Book(args) => book::run(&args),
        Command::Options(args) => options::run(&args),
        Command::Schema { document } => schema::run(document),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { dir } => manual::run(dir.as_deref()),
    }
}

/// Says that the program itself has failed, and what a report of it should name; the exit status.
pub fn report_bug(panic: Option<Panic>) -> u8 {
    let what = panic.map_or_else(|| "no message".into(), |panic| panic.to_string());
    say_error(&format!(
        "mailtrack: the program has failed, and nothing more was written: {what}\nmailtrack: please report this line, the command and what it was run on (RUST_BACKTRACE=1 shows more)"
    ));
    1
}

/// Says a line on standard error, where a closed one is no reason to stop.
fn say_error(line: &str) {
    let _ = writeln!(io::stderr(), "{}", plain(line));
}

/// What a command decides by.
struct Ground {
    options: Options,
    rules: Rules,
    book: Book,
    /// That the book was built again.
    note: Option<String>,
    /// That the book is older than it should be.
    doubt: Option<String>,
}

/// At most so many warnings about the book are shown.
const WARNINGS_SHOWN_MAX: usize = 20;

/// `now` is the time by which a built book is too old; where it is and `may_build`, it is built again.
fn ground(
    args: &BookArgs,
    now: Timestamp,
    may_build: bool,
    threads: &Threads,
) -> Result<Ground, CommandError> {
    let options = options_of(args.options.as_deref(), &args.preset)?;
    let rules = rules(args.rules.as_deref())?;
    let (note, doubt) = match refreshed(&args.book, &[&options], now, may_build, threads) {
        Some(Refreshed::Built(note, warnings)) => {
            say_error(&format!("mailtrack: note: {note}"));
            warn("book", &warnings);
            (Some(note), None)
        }
        Some(Refreshed::Old(why)) => (None, Some(why)),
        None => (None, None),
    };
    let book = book_of(&args.book, &[&options], threads)?;
    Ok(Ground {
        options,
        rules,
        book,
        note,
        doubt,
    })
}

/// The options of a file, or the defaults, with the preset that was asked for.
fn options_of(file: Option<&Path>, preset: &PresetArg) -> Result<Options, CommandError> {
    let options = file.map_or_else(Options::defaults, Options::load);
    let mut options = options.map_err(usage)?;
    if let Some(preset) = preset.preset {
        options.set_preset(preset);
    }
    Ok(options)
}

/// Builds a book again that is older than any of the options allow, or tells why not.
fn refreshed(
    path: &Path,
    all: &[&Options],
    now: Timestamp,
    may_build: bool,
    threads: &Threads,
) -> Option<Refreshed> {
    let ages = all.iter().filter_map(|options| options.local_data_age_max);
    let freshness = Freshness {
        age_max: ages.min()?,
        now,
        may_build,
    };
    mailtrack::book::refresh(path, freshness, threads)
}

/// As [`ground`], for a command that writes nothing: a book that is too old is used, and told of.
fn ground_as_it_is(
    args: &BookArgs,
    now: Timestamp,
    threads: &Threads,
) -> Result<Ground, CommandError> {
    let ground = ground(args, now, false, threads)?;
    warn("book", ground.doubt.as_slice());
    Ok(ground)
}

fn rules(folder: Option<&Path>) -> Result<Rules, CommandError> {
    let rules = match folder {
        Some(folder) => Rules::from_folder(folder),
        None => Rules::built_in(),
    };
    rules.map_err(usage)
}

/// The book for these options, all of which call its columns alike, with what they name checked against it.
fn book_of(path: &Path, all: &[&Options], threads: &Threads) -> Result<Book, CommandError> {
    let section = all.first().map(|options| options.book.clone());
    let section = section.unwrap_or_default();
    let owners = all.iter().flat_map(|options| options.owners());
    let mut columns = Columns::default();
    all.iter()
        .for_each(|options| columns.add(options.columns()));
    let mut book =
        mailtrack::book::load(path, &section, columns, owners, threads).map_err(usage)?;
    for options in all {
        options.check_against(&book).map_err(usage)?;
    }
    book.fold_by(Equivalence::any(
        all.iter().map(|options| options.widest_equivalence()),
    ));
    sound(&book)?;
    warn("book", book.warnings());
    Ok(book)
}

fn load(path: &Path, options: &Options, threads: &Threads) -> Result<Book, CommandError> {
    let (section, columns) = (&options.book, options.columns());
    mailtrack::book::load(path, section, columns, options.owners(), threads).map_err(usage)
}

/// The mail side's contacts, where the command was given any; what is odd in them is told.
fn cards(path: Option<&Path>) -> Result<Option<Cards>, CommandError> {
    let Some(path) = path else { return Ok(None) };
    let cards = vcards::load(path).map_err(usage)?;
    warn("vCards", &cards.warnings);
    Ok(Some(cards))
}

/// Ends a command whose book has turned out to be damaged: what it found is not to be believed.
fn sound(book: &Book) -> Result<(), CommandError> {
    match book.damage() {
        Some(damage) => Err(usage(damage.clone())),
        None => Ok(()),
    }
}

/// The reference time: what `--now` says, else the clock.
fn now(given: Option<&str>) -> Result<Timestamp, CommandError> {
    match given {
        None => Ok(Timestamp::now()),
        Some(text) => text.parse().map_err(|_| {
            wrong(format!(
                "--now `{text}` is no RFC 3339 time, such as 2026-03-01T09:30:00Z"
            ))
        }),
    }
}

/// `count` threads; 0 stands for one a core.
fn threads(count: usize) -> Result<Threads, CommandError> {
    Threads::with_this(count).map_err(|error| wrong(format!("--threads {count}: {error}")))
}

/// Shows some warnings about `what`, and tells how many more there are.
fn warn(what: &str, warnings: &[String]) {
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
