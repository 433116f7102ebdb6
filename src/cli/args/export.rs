//! What can be typed for what an output folder is turned into.
// Doc comments here are help texts: what looks like a link is a section of a file.
#![allow(rustdoc::broken_intra_doc_links)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::preset::PresetArg;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack export mailtrack-out --to vcard -o created.vcf --book records\n  mailtrack export mailtrack-out --to csv -o sheets --bom\n  mailtrack export mailtrack-out --to sqlite -o crm.db\n  mailtrack export mailtrack-out --to postgres -o postgres://user@host/database --schema mail\n\nA CSV export is a folder with one file for each table. The entries of a list are separated by `;`; attachments, and lists with a `;` in an entry, are JSON. Text that begins with = + - @, a tab or a carriage return is prefixed with '.\n\nA vCard has the fields that [synchronization.fields] copies to the mail side (`mailtrack options show --fields`). With --book its company is the name of the parent account (synchronization.update_company)."
)]
pub(crate) struct ExportArgs {
    /// Output folder of a run
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Format
    #[arg(long, value_enum)]
    pub to: ExportTo,
    /// File (vcard, sqlite), folder (csv, parquet, dataverse) or URL postgres://user@host:port/database to write to.
    /// Existing files are replaced when the new ones are complete; rows of a database are added or updated
    #[arg(long, short, value_name = "WHERE")]
    pub output: PathBuf,
    /// Schema in the PostgreSQL database, created if it does not exist; by default the user's
    #[arg(long, value_name = "NAME")]
    pub schema: Option<String>,
    /// Begin CSV files with a byte order mark, by which spreadsheets recognize UTF-8
    #[arg(long)]
    pub bom: bool,
    /// Do not prefix text in CSV files that a spreadsheet would take for a formula
    #[arg(long)]
    pub no_guard: bool,
    /// Address book: a folder of record files, or a file that `book build` made
    #[arg(long, value_name = "BOOK")]
    pub book: Option<PathBuf>,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML)
    #[arg(long, value_name = "FILE")]
    pub options: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack report mailtrack-out\n  mailtrack report mailtrack-out -o march.html --book records\n\nThe page opens in any browser, and fetches nothing. It shows contents of mail, so protect it as you protect the mail. With --book it lists every address of the mail that several records share; without, only those that the output folder records."
)]
pub(crate) struct ReportArgs {
    /// Output folder of a run
    #[arg(value_name = "DIR", default_value = "mailtrack-out")]
    pub folder: PathBuf,
    /// File to write; an existing file is replaced when the new one is complete
    #[arg(long, short, value_name = "FILE.html", default_value = "report.html")]
    pub output: PathBuf,
    /// Maximum number of decisions in the table, the last ones; counts and lists cover all
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub rows: usize,
    /// Address book: a folder of record files, or a file that `book build` made
    #[arg(long, value_name = "BOOK")]
    pub book: Option<PathBuf>,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file (TOML): [book] says how the tables are read
    #[arg(long, value_name = "FILE", requires = "book")]
    pub options: Option<PathBuf>,
    /// Folder with word lists and patterns, instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportTo {
    /// Every table as a CSV file
    Csv,
    /// Requests to Dataverse's Web API, in numbered batches
    Dataverse,
    /// Every table as a Parquet file
    Parquet,
    /// Every table in a SQLite file
    Sqlite,
    /// Every table in a PostgreSQL database
    Postgres,
    /// Created contacts and leads as vCards of version 4.0
    Vcard,
}
