//! What can be typed about books and options.
// Doc comments here are help texts: what looks like a link is a section of a file.
#![allow(rustdoc::broken_intra_doc_links)]

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::command_line::PresetArg;

#[derive(Debug, Subcommand)]
pub enum BookCommand {
    /// Build a folder of record files into one file (an index), which opens at once whatever its size
    #[command(
        after_help = "Example:\n  mailtrack book build records -o records.mtb\n  mailtrack run Mail --book records.mtb"
    )]
    Build {
        /// Folder of record files, or a database with queries in the options
        #[arg(value_name = "BOOK")]
        book: PathBuf,
        /// File to write; one that is there is replaced once the new one is whole
        #[arg(long, short, value_name = "FILE.mtb")]
        output: PathBuf,
        /// Take only the records that the options' offline filters pass, and of the others their bare addresses
        #[arg(long)]
        offline: bool,
        /// Options file: its [book.columns] say how the columns are called, its offline filters what is taken
        #[arg(long, value_name = "FILE")]
        options: Option<PathBuf>,
        #[command(flatten)]
        preset: PresetArg,
        /// The reference time (RFC 3339) in place of the clock; offline filters count days from it
        #[arg(long, value_name = "RFC3339", requires = "offline")]
        now: Option<String>,
    },
    /// Tell what a book holds: records, addresses, sizes, source and age
    #[command(
        after_help = "Examples:\n  mailtrack book info records\n  mailtrack book info records.mtb --options options.toml --filters"
    )]
    Info {
        /// Folder of record files, a built file, or a database with queries in the options
        #[arg(value_name = "BOOK")]
        book: PathBuf,
        /// Options file: its [book.columns] say how the columns of a folder are called, its filters are those that are told of
        #[arg(long, value_name = "FILE")]
        options: Option<PathBuf>,
        #[command(flatten)]
        preset: PresetArg,
        /// Tell of each filter of the options how many records pass it
        #[arg(long)]
        filters: bool,
        /// The reference time (RFC 3339) in place of the clock; filters count days from it
        #[arg(long, value_name = "RFC3339", requires = "filters")]
        now: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Read a whole book and tell what was understood: which column is what, what is doubtful, likely mistakes
    #[command(
        after_help = "Examples:\n  mailtrack book check records\n  mailtrack book check export --preset hubspot --json\n\nExit status: 0 the book can be used; 2 it cannot, and what is wrong is told; 3 with --strict, there are warnings or likely mistakes."
    )]
    Check(BookCheckArgs),
}

#[derive(Debug, Args)]
pub struct BookCheckArgs {
    /// Folder of record files, a built file, or a database with queries in the options
    #[arg(value_name = "BOOK")]
    pub book: PathBuf,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file: its [book] says how files and columns are called
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
    /// Folder with word lists, in place of those built in: which addresses are of roles
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Exit with status 3 where there are warnings or likely mistakes
    #[arg(long)]
    pub strict: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum OptionsCommand {
    /// Check an options file
    #[command(
        after_help = "Examples:\n  mailtrack options check options.toml\n  mailtrack options check options.toml --book records"
    )]
    Check {
        /// The file
        file: PathBuf,
        /// Check the records that it names and the columns that its filters ask for against this book too
        #[arg(long, value_name = "BOOK")]
        book: Option<PathBuf>,
        #[command(flatten)]
        preset: PresetArg,
    },
    /// Show the options in force: the file's, and the defaults where it says nothing
    #[command(
        after_help = "Examples:\n  mailtrack options show\n  mailtrack options show options.toml --fields"
    )]
    Show {
        /// The file; without it, the defaults
        file: Option<PathBuf>,
        /// Show the synchronized fields: which vCard property is which column, and which way it goes
        #[arg(long)]
        fields: bool,
        /// Print the fields as JSON, one object a line
        #[arg(long, requires = "fields")]
        json: bool,
    },
    /// Print the JSON schema of options files
    #[command(after_help = "Example:\n  mailtrack options schema > options.schema.json")]
    Schema,
}
