//! What can be typed about books and options.
// Doc comments here are help texts: what looks like a link is a section of a file.
#![allow(rustdoc::broken_intra_doc_links)]

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::preset::PresetArg;

#[derive(Debug, Subcommand)]
pub(crate) enum BookCommand {
    /// Build an address book into one file (an index), which opens instantly at any size
    #[command(
        after_help = "Example:\n  mailtrack book build records -o records.mtb\n  mailtrack run Mail --book records.mtb"
    )]
    Build {
        /// Address book: a folder of record files, or a database with queries in the options
        #[arg(value_name = "BOOK")]
        book: PathBuf,
        /// File to write; an existing file is replaced when the new one is complete
        #[arg(long, short, value_name = "FILE.mtb")]
        output: PathBuf,
        /// Take only the records that pass the offline filters of the options, and the bare addresses of all others
        #[arg(long)]
        offline: bool,
        /// Options file (TOML): [book] says how the tables are read, the offline filters which records are taken
        #[arg(long, value_name = "FILE")]
        options: Option<PathBuf>,
        #[command(flatten)]
        preset: PresetArg,
        /// Reference time (RFC 3339) instead of the clock; offline filters count days from it
        #[arg(long, value_name = "RFC3339", requires = "offline")]
        now: Option<String>,
    },
    /// Show the contents of an address book: records, addresses, sizes, source and age
    #[command(
        after_help = "Examples:\n  mailtrack book info records\n  mailtrack book info records.mtb --options options.toml --filters"
    )]
    Info {
        /// Address book: a folder of record files, a file that `book build` made, or a database with queries in the
        /// options
        #[arg(value_name = "BOOK")]
        book: PathBuf,
        /// Options file (TOML): [book] says how the tables are read; its filters are counted with --filters
        #[arg(long, value_name = "FILE")]
        options: Option<PathBuf>,
        #[command(flatten)]
        preset: PresetArg,
        /// Show how many records pass each filter of the options
        #[arg(long)]
        filters: bool,
        /// Reference time (RFC 3339) instead of the clock; filters count days from it
        #[arg(long, value_name = "RFC3339", requires = "filters")]
        now: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Read a whole address book, and report how each column was understood, warnings and likely mistakes
    #[command(
        after_help = "Examples:\n  mailtrack book check records\n  mailtrack book check export --preset hubspot --json\n\nExit status: 0 the address book can be used; 2 it cannot, and the errors are printed; 3 with --strict, there are warnings or likely mistakes."
    )]
    Check(BookCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BookCheckArgs {
    /// Address book: a folder of record files, a file that `book build` made, or a database with queries in the
    /// options
    #[arg(value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML): [book] says how the tables are read
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Folder with word lists, instead of the built-in ones; role accounts are recognized by them
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Exit with status 3 if there are warnings or likely mistakes
    #[arg(long)]
    pub strict: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OptionsCommand {
    /// Check an options file
    #[command(
        after_help = "Examples:\n  mailtrack options check options.toml\n  mailtrack options check options.toml --book records"
    )]
    Check {
        /// Options file
        file: PathBuf,
        /// Also check that this address book has the records that the options name and the columns that the filters
        /// use
        #[arg(long, value_name = "BOOK")]
        book: Option<PathBuf>,
        #[command(flatten)]
        preset: PresetArg,
    },
    /// Show the options in force: those of the file, and the defaults of all other keys
    #[command(
        after_help = "Examples:\n  mailtrack options show\n  mailtrack options show options.toml --fields"
    )]
    Show {
        /// Options file; without one, the defaults are shown
        file: Option<PathBuf>,
        /// Show the synchronized fields: vCard property, column and direction
        #[arg(long)]
        fields: bool,
        /// Print the fields as JSON, one object per line
        #[arg(long, requires = "fields")]
        json: bool,
    },
    /// Print the JSON schema of options files
    #[command(after_help = "Example:\n  mailtrack options schema > options.schema.json")]
    Schema,
}
