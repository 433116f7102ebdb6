//! What commands have in common: what they decide by, their errors, and what they print.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use crate::base::panics::Panic;
use crate::base::terminal::{counted, plain};
use crate::base::threads::Threads;
use crate::book::{Book, Freshness, Refreshed};
use crate::decide::vcards;
use crate::decide::vcards::Cards;
use crate::mail::address::Equivalence;
use crate::mail::rules::Rules;
use crate::options::Options;
use crate::options::columns::Columns;
use jiff::Timestamp;

use super::args::{BookArgs, Command};
use crate::cli::args::preset::PresetArg;

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
    pub(super) fn words(&self) -> String {
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

pub(crate) fn usage(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Usage(error.into())
}

pub(crate) fn incomplete(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::Incomplete(error.into())
}

/// The error if the system does not say what is at a path.
pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.display().to_string();
    move |error| CommandError::Incomplete(anyhow::anyhow!("{path}: cannot be read: {error}"))
}

pub(crate) fn wrong(message: impl Display) -> CommandError {
    CommandError::Usage(anyhow::anyhow!("{message}"))
}

/// Runs a command; its exit status.
pub fn run(command: Command) -> Result<u8, CommandError> {
    match command {
        Command::Init(args) => super::commands::init::run(&args),
        Command::Run(args) => super::commands::run::run(&args),
        Command::Send(args) => super::commands::send::run(&args),
        Command::Watch(args) => super::commands::watch::run(&args),
        Command::Explain(args) => super::commands::explain::run(&args),
        Command::Compare(args) => super::commands::compare::run(&args),
        Command::Resolve(args) => super::commands::resolve::run(&args),
        Command::Export(args) => super::commands::export::run(&args),
        Command::Report(args) => super::commands::report::run(&args),
        Command::Book(args) => super::commands::book::run(&args),
        Command::Options(args) => super::commands::options::run(&args),
        Command::Schema { document } => super::commands::schema::run(document),
        Command::Completions { shell } => super::commands::completions::run(shell),
        Command::Man { dir } => super::commands::manual::run(dir.as_deref()),
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
pub(super) fn say_error(line: &str) {
    let _ = writeln!(io::stderr(), "{}", plain(line));
}

/// What a command decides by.
pub(crate) struct Ground {
    pub(super) options: Options,
    pub(super) rules: Rules,
    pub(super) book: Book,
    /// That the book was built again.
    pub(super) note: Option<String>,
    /// That the book is older than it should be.
    pub(super) doubt: Option<String>,
}

/// At most so many warnings about the book are shown.
const WARNINGS_SHOWN_MAX: usize = 20;

/// `now` is the time by which a built book is too old; where it is and `may_build`, it is built again.
pub(super) fn ground(
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
pub(super) fn options_of(file: Option<&Path>, preset: &PresetArg) -> Result<Options, CommandError> {
    let options = file.map_or_else(Options::defaults, Options::load);
    let mut options = options.map_err(usage)?;
    if let Some(preset) = preset.preset {
        options.set_preset(preset);
    }
    Ok(options)
}

/// Builds a book again that is older than any of the options allow, or tells why not.
pub(super) fn refreshed(
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
    crate::book::refresh(path, freshness, threads)
}

/// As [`ground`], for a command that writes nothing: a book that is too old is used, and told of.
pub(super) fn ground_as_it_is(
    args: &BookArgs,
    now: Timestamp,
    threads: &Threads,
) -> Result<Ground, CommandError> {
    let ground = ground(args, now, false, threads)?;
    warn("book", ground.doubt.as_slice());
    Ok(ground)
}

pub(super) fn rules(folder: Option<&Path>) -> Result<Rules, CommandError> {
    let rules = match folder {
        Some(folder) => Rules::from_folder(folder),
        None => Rules::built_in(),
    };
    rules.map_err(usage)
}

/// The book for these options, all of which call its columns alike, with what they name checked against it.
pub(super) fn book_of(
    path: &Path,
    all: &[&Options],
    threads: &Threads,
) -> Result<Book, CommandError> {
    let section = all.first().map(|options| options.book.clone());
    let section = section.unwrap_or_default();
    let owners = all.iter().flat_map(|options| options.owners());
    let mut columns = Columns::default();
    all.iter()
        .for_each(|options| columns.add(options.columns()));
    let mut book = crate::book::load(path, &section, columns, owners, threads).map_err(usage)?;
    for options in all {
        crate::book::check_cited(options, &book).map_err(usage)?;
    }
    book.fold_by(Equivalence::any(
        all.iter().map(|options| options.widest_equivalence()),
    ));
    sound(&book)?;
    warn("book", book.warnings());
    Ok(book)
}

pub(super) fn load(
    path: &Path,
    options: &Options,
    threads: &Threads,
) -> Result<Book, CommandError> {
    let (section, columns) = (&options.book, options.columns());
    crate::book::load(path, section, columns, options.owners(), threads).map_err(usage)
}

/// The mail side's contacts, where the command was given any; what is odd in them is told.
pub(super) fn cards(path: Option<&Path>) -> Result<Option<Cards>, CommandError> {
    let Some(path) = path else { return Ok(None) };
    let cards = vcards::load(path).map_err(usage)?;
    warn("vCards", &cards.warnings);
    Ok(Some(cards))
}

/// Ends a command whose book has turned out to be damaged: what it found is not to be believed.
pub(super) fn sound(book: &Book) -> Result<(), CommandError> {
    match book.damage() {
        Some(damage) => Err(usage(damage.clone())),
        None => Ok(()),
    }
}

/// The reference time: what `--now` says, else the clock.
pub(super) fn now(given: Option<&str>) -> Result<Timestamp, CommandError> {
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
pub(super) fn threads(count: usize) -> Result<Threads, CommandError> {
    Threads::with_this(count).map_err(|error| wrong(format!("--threads {count}: {error}")))
}

/// Shows some warnings about `what`, and tells how many more there are.
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
