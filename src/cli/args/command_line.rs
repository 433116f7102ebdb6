//! The commands and their flags.
// Doc comments here are help texts: what looks like a link is a section of a file.
#![allow(rustdoc::broken_intra_doc_links)]

use crate::cli::args::book::BookCommand;
use crate::cli::args::book::OptionsCommand;
use crate::cli::args::export::ExportArgs;
use crate::cli::args::export::ReportArgs;
use crate::cli::args::preset::PresetArg;
use crate::output::folder::FolderSettings;
use std::path::PathBuf;

use crate::output::schema::Document;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// For each message in a mail archive, decides whether it belongs in your CRM, links it to records, creates contacts
/// and leads, and gives the reason
#[derive(Debug, Parser)]
#[command(
    name = "mailtrack",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  mailtrack run Mail --book records\n  mailtrack explain Mail/Inbox/7.eml --book records --mail Mail\n  mailtrack options check options.toml --book records\n\n`mailtrack COMMAND --help` has examples of each command."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// The documents by name, so that a mistyped one is suggested.
fn documents() -> impl TypedValueParser<Value = Document> {
    PossibleValuesParser::new(Document::all().map(Document::name))
        .try_map(|name| Document::named(&name).ok_or("has no schema"))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at mail and an address book, and write an options file that fits them
    Init(InitArgs),
    /// Decide every message, and write activities, parties, created records and decisions
    Run(RunOnceArgs),
    /// Send the pending messages of an outbox, each once, and track them
    Send(SendArgs),
    /// Run repeatedly: at an interval, or as soon as the mail changes
    Watch(WatchArgs),
    /// Explain the decision of one message, step by step
    Explain(ExplainArgs),
    /// Show what two options files decide differently about the same mail; writes nothing
    Compare(CompareArgs),
    /// Look up addresses in the address book
    Resolve(ResolveArgs),
    /// Write the contents of an output folder in another format
    Export(ExportArgs),
    /// Make a report of an output folder: one self-contained HTML file
    Report(ReportArgs),
    /// Build an address book into one file that opens instantly, or inspect one
    #[command(
        subcommand,
        after_help = "Examples:\n  mailtrack book build records -o records.mtb\n  mailtrack book info records.mtb"
    )]
    Book(BookCommand),
    /// Check an options file, show the options in force, or print their JSON schema
    #[command(
        subcommand,
        after_help = "Examples:\n  mailtrack options check options.toml --book records\n  mailtrack options show"
    )]
    Options(OptionsCommand),
    /// Print the JSON schema of the lines of an output file, of the summary or of the options; without a name, list
    /// the names
    #[command(
        after_help = "Examples:\n  mailtrack schema\n  mailtrack schema decisions > decisions.schema.json"
    )]
    Schema {
        /// Name of an output file without its extension, or `options`
        #[arg(value_name = "NAME", value_parser = documents())]
        document: Option<Document>,
    },
    /// Print the completion script for a shell
    #[command(
        after_help = "Examples:\n  mailtrack completions bash > ~/.local/share/bash-completion/completions/mailtrack\n  mailtrack completions zsh > ~/.zfunc/_mailtrack\n  mailtrack completions fish > ~/.config/fish/completions/mailtrack.fish"
    )]
    Completions {
        /// Shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or write one page for each command
    #[command(
        after_help = "Examples:\n  mailtrack man | man -l -\n  mailtrack man --dir ~/.local/share/man/man1\n\nThe page of a command is named mailtrack-COMMAND.1, the page of a subcommand mailtrack-COMMAND-SUBCOMMAND.1."
    )]
    Man {
        /// Folder for the pages; it is created if it does not exist
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// What every command that decides needs.
#[derive(Debug, Args)]
pub(crate) struct BookArgs {
    /// Address book: a folder of record files (contact.csv, lead.csv, account.csv, systemuser.csv, ..., or .jsonl), a
    /// file that `book build` made, or a database with queries in the options (sqlite:FILE,
    /// postgres://user@host/database)
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML); rules/default.toml lists every key
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Folder with word lists and patterns, instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Reference time (RFC 3339) instead of the clock; filters count days from it
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mailtrack init Mail --book records\n  mailtrack run Mail --book records --options options.toml --dry-run\n\nThe file names the owner of each mailbox, your own domains, and folders that could be tracked, each with the evidence for it. Read it and correct it. An existing file is not overwritten."
)]
pub(crate) struct InitArgs {
    /// Mail: folders of message files, Maildirs, mbox files, archives, single messages
    #[arg(required = true, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    /// Address book: a folder of record files, or a file that `book build` made
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// File to write; it must not exist
    #[arg(long, short, value_name = "FILE", default_value = "options.toml")]
    pub output: PathBuf,
    /// Print only warnings and errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Where a command writes.
#[derive(Debug, Args)]
pub(crate) struct OutArgs {
    /// Output folder
    #[arg(long, value_name = "DIR", default_value = "mailtrack-out")]
    pub out: PathBuf,
    /// Take the output folder over from another client (synchronization.client)
    #[arg(long)]
    pub take_over: bool,
    /// Decide everything and print the summary, but write nothing
    #[arg(long)]
    pub dry_run: bool,
}

impl From<&OutArgs> for FolderSettings {
    fn from(args: &OutArgs) -> FolderSettings {
        FolderSettings {
            path: args.out.clone(),
            dry_run: args.dry_run,
            take_over: args.take_over,
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack run Mail --book records\n  mailtrack run Mail --book records --options options.toml --out tracked --body none\n  mailtrack run inbox.mbox Maildir --book records --dry-run\n\nExit status: 0 complete; 1 could not be completed; 2 wrong arguments, options or address book, nothing written; 3 with --strict, complete but with failures."
)]
pub(crate) struct RunOnceArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Rebuild the output folder's state.db before the run, if it was altered or is missing. The lines of the other
    /// files are kept, and the old state is kept as state.db.altered. Give the same mail, book and options as in
    /// earlier runs
    #[arg(long, conflicts_with = "dry_run")]
    pub rebuild_state: bool,
}

/// What `run` and `watch` need.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Mail: folders of message files, Maildirs, mbox files, archives, single messages
    #[arg(required = true, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    #[command(flatten)]
    pub book: BookArgs,
    /// vCards (a .vcf file, or a folder of them); their values fill the records that are created for their addresses
    #[arg(long, value_name = "DIR|FILE.vcf")]
    pub vcards: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
    /// Form in which message bodies are written
    #[arg(long, value_enum, default_value_t = BodyArg::Text)]
    pub body: BodyArg,
    /// Also write every table in this format, replaced by each run
    #[arg(long, value_enum)]
    pub format: Option<FormatArg>,
    /// Number of threads; 0 for one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Maximum size of a message, in bytes; larger messages are failures
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub max_size: u64,
    /// Decide untracked messages again if the options or the address book have changed since, and apply changed folder
    /// rules
    #[arg(long)]
    pub again: bool,
    /// Open every file, even if its size and time have not changed since an earlier run
    #[arg(long)]
    pub recheck: bool,
    /// Exit with status 3 if anything could not be read
    #[arg(long)]
    pub strict: bool,
    /// Print only warnings and errors
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log each step to standard error, with the time since the start
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mailtrack send outbox.jsonl --book records --options options.toml --out tracked\n\nA line of an outbox is an object with `from`, `to`, `cc`, `bcc`, `subject`, `body`, `regarding` and `id`. The options say whether and how messages are sent: [send].\n\nExit status: 0 every message is accounted for; 1 some wait for the next run; 2 wrong arguments, options or address book, nothing sent; 3 with --strict, some messages failed or are doubtful."
)]
pub(crate) struct SendArgs {
    /// Files of pending messages, one JSON object per line
    #[arg(required = true, value_name = "OUTBOX.jsonl")]
    pub outbox: Vec<PathBuf>,
    #[command(flatten)]
    pub book: BookArgs,
    #[command(flatten)]
    pub out: OutArgs,
    /// Exit with status 3 if a message failed or is doubtful
    #[arg(long)]
    pub strict: bool,
    /// Print only warnings and errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the counts as a JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack watch Maildir --book records\n  mailtrack watch Maildir --book records --options options.toml --once-per-change\n\nThe interval is synchronization.interval in the options, 15 minutes by default. Each run prints one line to standard output. SIGTERM or SIGINT ends the command with status 0 when the current run is complete; a second signal ends it at once."
)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Also run as soon as the mail changes, at most once per second
    #[arg(long)]
    pub once_per_change: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// CSV, as `export --to csv` writes it
    Csv,
    /// Parquet
    Parquet,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum BodyArg {
    /// Plain text, or HTML converted to text
    Text,
    /// HTML, if the message has it
    Html,
    /// No bodies; only header sections are read
    None,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack explain Mail/Inbox/7.eml --book records --mail Mail\n  mailtrack explain Archive.mbox#12 --book records --options options.toml --json\n  mailtrack explain '<offer-0417@fabrikam.example>' --out tracked\n\nWith --mail the message is decided among all of that mail, as `run` does; without it, alone. With --out it is decided with the activities and records that the output folder held before the message, and with the address book, options, rules and vCards of the run, unless others are given. If several messages match, they are listed."
)]
pub(crate) struct ExplainArgs {
    /// Message: a file, FILE.mbox#N or ARCHIVE.zip/PATH; with --mail or --out also a source as the program prints it,
    /// or a Message-ID with or without <>
    #[arg(value_name = "MESSAGE")]
    pub message: PathBuf,
    /// Address book: a folder of record files, a file that `book build` made, or a database. With --out the default
    /// is the one of the run; so it is for the options, rules, vCards and --now
    #[arg(long, value_name = "BOOK", required_unless_present = "out")]
    pub book: Option<PathBuf>,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML)
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Folder with word lists and patterns, instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Reference time (RFC 3339) instead of the clock; filters count days from it
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<String>,
    /// Mail that contains the message, as given to `run`
    #[arg(long, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    /// vCards (a .vcf file, or a folder of them), as given to `run`
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
    after_help = "Example:\n  mailtrack compare Mail --book records --options now.toml --options then.toml\n\nWith --json the first line has `options` (A and B), `failures`, `messages`, `alike` (messages in no group), `a` and `b` (`tracked`, `created`) and `differences` (a count for each group). One line for each difference follows: `group`, `source`, `messageid`, and the values `a` and `b`."
)]
pub(crate) struct CompareArgs {
    /// Mail: folders of message files, Maildirs, mbox files, archives, single messages
    #[arg(required = true, value_name = "MAIL")]
    pub mail: Vec<PathBuf>,
    /// Address book: a folder of record files, or a file that `book build` made
    #[arg(long, value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML); give two, first A, then B
    #[arg(long, value_name = "FILE")]
    pub options: Vec<PathBuf>,
    /// Folder with word lists and patterns, instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// vCards (a .vcf file, or a folder of them), as given to `run`
    #[arg(long, value_name = "DIR|FILE.vcf")]
    pub vcards: Option<PathBuf>,
    /// Reference time (RFC 3339) instead of the clock; filters count days from it
    #[arg(long, value_name = "RFC3339")]
    pub now: Option<String>,
    /// Print every difference, one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Number of threads; 0 for one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Maximum size of a message, in bytes; larger messages are failures
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub max_size: u64,
    /// Show no progress
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack resolve ann@fabrikam.example --book records\n  mailtrack resolve --book records --json < addresses.txt"
)]
pub(crate) struct ResolveArgs {
    /// Addresses; without any, they are read from standard input, one per line
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
    #[command(flatten)]
    pub book: BookArgs,
    /// Path of the mailbox whose scope and owner apply; by default the first configured mailbox
    #[arg(long, value_name = "PATH")]
    pub mailbox: Option<String>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}
