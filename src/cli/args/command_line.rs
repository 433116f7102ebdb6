//! The commands and their flags.
// Doc comments here are help texts: what looks like a link is a section of a file.
#![allow(rustdoc::broken_intra_doc_links)]

use crate::cli::args::book::BookCommand;
use crate::cli::args::book::OptionsCommand;
use crate::cli::args::export::ExportArgs;
use crate::cli::args::export::ReportArgs;
use std::path::PathBuf;

use crate::options::PresetName;
use crate::output::schema::Document;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Decides which mail belongs into the CRM, links it to records, creates contacts and leads, and says why.
#[derive(Debug, Parser)]
#[command(
    name = "mailtrack",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  mailtrack run Mail --book records\n  mailtrack explain Mail/Inbox/7.eml --book records --mail Mail\n  mailtrack options check options.toml --book records\n\n`mailtrack COMMAND --help` has examples of each command."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// The documents by name, so that a mistyped one is suggested.
fn documents() -> impl TypedValueParser<Value = Document> {
    PossibleValuesParser::new(Document::all().map(Document::name))
        .try_map(|name| Document::named(&name).ok_or("has no schema"))
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at mail and a book, and write an options file that fits
    Init(InitArgs),
    /// Decide every message and write activities, parties, created records and decisions
    Run(RunOnceArgs),
    /// Send the pending messages of an outbox, each once, and track them
    Send(SendArgs),
    /// Run again and again, at an interval or as soon as the mail changes
    Watch(WatchArgs),
    /// Explain the decision of one message, step by step
    Explain(ExplainArgs),
    /// Tell what two options files do differently with the same mail, and write nothing
    Compare(CompareArgs),
    /// Look addresses up in the book
    Resolve(ResolveArgs),
    /// Write what an output folder holds in another form
    Export(ExportArgs),
    /// Make a page to look at of what an output folder holds: one HTML file that needs nothing else
    Report(ReportArgs),
    /// Build a book into one file that opens at once, or tell what a book holds
    #[command(
        subcommand,
        after_help = "Examples:\n  mailtrack book build records -o records.mtb\n  mailtrack book info records.mtb"
    )]
    Book(BookCommand),
    /// Check an options file, show the options in force, or print their schema
    #[command(
        subcommand,
        after_help = "Examples:\n  mailtrack options check options.toml --book records\n  mailtrack options show"
    )]
    Options(OptionsCommand),
    /// Print the JSON schema of a line of an output file, of the summary or of the options; without a name, the names
    #[command(
        after_help = "Examples:\n  mailtrack schema\n  mailtrack schema decisions > decisions.schema.json"
    )]
    Schema {
        /// A file of the output folder without its ending, or `options`
        #[arg(value_name = "NAME", value_parser = documents())]
        document: Option<Document>,
    },
    /// Print a script by which a shell completes this program's commands and options
    #[command(
        after_help = "Examples:\n  mailtrack completions bash > ~/.local/share/bash-completion/completions/mailtrack\n  mailtrack completions zsh > ~/.zfunc/_mailtrack\n  mailtrack completions fish > ~/.config/fish/completions/mailtrack.fish"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or write one for each command
    #[command(
        after_help = "Examples:\n  mailtrack man | man -l -\n  mailtrack man --dir ~/.local/share/man/man1\n\nThe page of a command is mailtrack-COMMAND.1, that of one below it mailtrack-COMMAND-COMMAND.1."
    )]
    Man {
        /// Folder to write the pages to, made where it is not there
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// The presets by name, so that a mistyped one is suggested.
fn presets() -> impl TypedValueParser<Value = PresetName> {
    PossibleValuesParser::new(PresetName::ALL.map(PresetName::name))
        .try_map(|name| PresetName::named(&name).ok_or("is no preset"))
}

/// Whose exports a book is made of.
#[derive(Debug, Args)]
pub struct PresetArg {
    /// The system whose exports the book's files are: its names of files and columns, dates and the like are
    /// understood (also [book] preset in the options)
    #[arg(long, value_name = "PRESET", value_parser = presets())]
    pub preset: Option<PresetName>,
}

/// What every command that decides needs.
#[derive(Debug, Args)]
pub struct BookArgs {
    /// Folder of record files: contact.csv, lead.csv, account.csv, systemuser.csv ... (or .jsonl), a file that
    /// `book build` made, or a database with queries in the options: sqlite:FILE, postgres://user@host/database
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML); see rules/default.toml for every key
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Folder with word lists and patterns, in place of those built in
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// The reference time (RFC 3339) in place of the clock; filters count days from it
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mailtrack init Mail --book records\n  mailtrack run Mail --book records --options options.toml --dry-run\n\nThe file says whose mail it is, which domains are one's own and which folders could be tracked, each with what it was found by. Read it and correct it. A file that is there stays as it is."
)]
pub struct InitArgs {
    /// Mail: folders of message files, Maildirs, mbox files, single messages
    #[arg(required = true, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    /// Folder of record files, or a file that `book build` made of one
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// File to write; it must not be there
    #[arg(long, short, value_name = "FILE", default_value = "options.toml")]
    pub output: PathBuf,
    /// Say nothing; warnings and errors are still told
    #[arg(long, short)]
    pub quiet: bool,
}

/// Where a command writes.
#[derive(Debug, Args)]
pub struct OutArgs {
    /// Folder to write to
    #[arg(long, value_name = "DIR", default_value = "mailtrack-out")]
    pub out: PathBuf,
    /// Make the folder this client's, where another has written to it (synchronization.client)
    #[arg(long)]
    pub take_over: bool,
    /// Decide everything and print the summary, but write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack run Mail --book records\n  mailtrack run Mail --book records --options options.toml --out tracked --body none\n  mailtrack run inbox.mbox Maildir --book records --dry-run\n\nExit status: 0 complete; 1 could not be completed; 2 wrong arguments, options or book, nothing written; 3 with --strict, complete but with failures."
)]
pub struct RunOnceArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Make the output folder's state.db anew before the run, if it was altered or is missing. The lines of the other
    /// files stay as they are, and the old state is kept as state.db.altered. Give the same mail, book and options as
    /// the runs before
    #[arg(long, conflicts_with = "dry_run")]
    pub rebuild_state: bool,
}

/// What `run` and `watch` need.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Mail: folders of message files, Maildirs, mbox files, single messages
    #[arg(required = true, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    #[command(flatten)]
    pub book: BookArgs,
    /// vCards (.vcf, a file or a folder): what they say of people fills the records that are created for their
    /// addresses
    #[arg(long, value_name = "DIR|FILE.vcf")]
    pub vcards: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
    /// What is written of bodies; `none` reads heads only
    #[arg(long, value_enum, default_value_t = BodyArg::Text)]
    pub body: BodyArg,
    /// Write every table in this form too, beside the JSON lines and anew with each run
    #[arg(long, value_enum)]
    pub format: Option<FormatArg>,
    /// Number of threads; 0: one a core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Largest message that is read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub max_size: u64,
    /// Decide every message that was not tracked anew, and apply the folders' rules again
    #[arg(long)]
    pub again: bool,
    /// Open every file, also those that have not changed since an earlier run
    #[arg(long)]
    pub recheck: bool,
    /// Exit with status 3 where anything could not be read
    #[arg(long)]
    pub strict: bool,
    /// No summary and no progress; warnings and errors are still told
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell on standard error what is done, with the time since the start
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mailtrack send outbox.jsonl --book records --options options.toml --out tracked\n\nA line of an outbox is an object with `from`, `to`, `cc`, `bcc`, `subject`, `body`, `regarding` and `id`. Whether anything is sent, and by which way, is said in the options: [send].\n\nExit status: 0 every message accounted for; 1 some wait for the next run; 2 wrong arguments, options or book, nothing sent; 3 with --strict, messages that failed or are doubtful."
)]
pub struct SendArgs {
    /// Files of pending messages, one JSON object a line
    #[arg(required = true, value_name = "OUTBOX.jsonl")]
    pub outbox: Vec<PathBuf>,
    #[command(flatten)]
    pub book: BookArgs,
    #[command(flatten)]
    pub out: OutArgs,
    /// Exit with status 3 where a message failed or is doubtful
    #[arg(long)]
    pub strict: bool,
    /// No summary; warnings and errors are still told
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the counts as a JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack watch Maildir --book records\n  mailtrack watch Maildir --book records --options options.toml --once-per-change\n\nThe interval is synchronization.interval in the options, 15 minutes by default. A line a run goes to standard output. SIGTERM and SIGINT end it with status 0 once the run that is under way is complete; a second one at once."
)]
pub struct WatchArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Run as soon as the mail changes, at most once a second; at the interval too
    #[arg(long)]
    pub once_per_change: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// CSV, as `export --to csv` writes it
    Csv,
    /// Parquet
    Parquet,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum BodyArg {
    /// Plain text, or HTML turned into text
    Text,
    /// HTML where there is one
    Html,
    /// No bodies: only heads are read
    None,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack explain Mail/Inbox/7.eml --book records --mail Mail\n  mailtrack explain Archive.mbox#12 --book records --options options.toml --json\n  mailtrack explain '<offer-0417@fabrikam.example>' --out tracked\n\nWith --mail the message is decided among all of that mail, as `run` does; without it, alone. With --out the activities and records of an earlier run's output count as they stood before the message, and the book, options, rules and vCards are those that the run was given, unless others are named. Several messages that could be meant are listed."
)]
pub struct ExplainArgs {
    /// The message: a file, FILE.mbox#N or ARCHIVE.zip/PATH; with --mail or --out also a source as the program prints it,
    /// or a Message-ID with or without <>
    #[arg(value_name = "MESSAGE")]
    pub message: PathBuf,
    /// Folder of record files, a file that `book build` made, or a database; with --out the book that the run was given
    /// unless another is named, and so for the options, rules, vCards and --now
    #[arg(long, value_name = "BOOK", required_unless_present = "out")]
    pub book: Option<PathBuf>,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML)
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Folder with word lists and patterns, in place of those built in
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// The reference time (RFC 3339) in place of the clock; filters count days from it
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<String>,
    /// The mail that the message is a part of, as `run` was given it
    #[arg(long, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    /// vCards (.vcf, a file or a folder), as `run` was given them
    #[arg(long, value_name = "DIR|FILE.vcf")]
    pub vcards: Option<PathBuf>,
    /// Output folder of an earlier run
    #[arg(long, value_name = "DIR", conflicts_with = "mail")]
    pub out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mailtrack compare Mail --book records --options now.toml --options then.toml\n\nWith --json the first line has `options` (A and B), `failures`, `messages`, `alike` (in no group), `a` and `b` (`tracked`, `created`) and `differences` (a count for every group). Then follows a line for each difference: `group`, `source`, `messageid`, and `a` and `b`, what each of the two says."
)]
pub struct CompareArgs {
    /// Mail: folders of message files, Maildirs, mbox files, single messages
    #[arg(required = true, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    /// Folder of record files, or a file that `book build` made of one
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML); given twice, first A, then B
    #[arg(long, value_name = "FILE")]
    pub options: Vec<PathBuf>,
    /// Folder with word lists and patterns, in place of those built in
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// vCards (.vcf, a file or a folder), as `run` was given them
    #[arg(long, value_name = "DIR|FILE.vcf")]
    pub vcards: Option<PathBuf>,
    /// The reference time (RFC 3339) in place of the clock; filters count days from it
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<String>,
    /// Print every difference, one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Number of threads; 0: one a core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Largest message that is read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub max_size: u64,
    /// No progress; warnings and errors are still told
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack resolve ann@fabrikam.example --book records\n  mailtrack resolve --book records --json < addresses.txt"
)]
pub struct ResolveArgs {
    /// Addresses; without any, they are read from standard input, one a line
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
    #[command(flatten)]
    pub book: BookArgs,
    /// The mailbox (its path) whose scope and owner hold; by default the first one that is configured
    #[arg(long, value_name = "PATH")]
    pub mailbox: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}
