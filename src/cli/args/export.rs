//! What can be typed for what an output folder is turned into.
// Doc comments here are help texts: what looks like a link is a section of a file.
#![allow(rustdoc::broken_intra_doc_links)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::command_line::PresetArg;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mailtrack export mailtrack-out --to vcard -o created.vcf --book records\n  mailtrack export mailtrack-out --to csv -o sheets --bom\n  mailtrack export mailtrack-out --to sqlite -o crm.db\n  mailtrack export mailtrack-out --to postgres -o postgres://user@host/database --schema mail\n\nOf CSV the folder gets a file for each table. A list's entries are separated by `;`; a list with a `;` in it and attachments are JSON. Text that begins with = + - @, a tab or a return gets a ' before it.\n\nvCards have what [synchronization.fields] takes to the mail side (`mailtrack options show --fields`). With --book their company is the parent account's name (synchronization.update_company)."
)]
pub struct ExportArgs {
    /// Output folder of a run
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The form
    #[arg(long, value_enum)]
    pub to: ExportTo,
    /// File to write, of CSV, Parquet and Dataverse the folder for the files; what is there is replaced once the new is whole. Of a database its
    /// rows are added or brought up to date: the file of SQLite, or postgres://user@host:port/database
    #[arg(long, short, value_name = "WHERE")]
    pub output: PathBuf,
    /// Schema of the PostgreSQL database, made where it is not there; by default the user's
    #[arg(long, value_name = "NAME")]
    pub schema: Option<String>,
    /// Begin CSV files with a byte order mark, by which spreadsheets know UTF-8
    #[arg(long)]
    pub bom: bool,
    /// Leave text in CSV files as it is that a spreadsheet would take as a formula
    #[arg(long)]
    pub no_guard: bool,
    /// Folder of record files, or a file that `book build` made of one
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
    after_help = "Examples:\n  mailtrack report mailtrack-out\n  mailtrack report mailtrack-out -o march.html --book records\n\nThe page opens in any browser, and fetches nothing from anywhere. It shows what mail says, so keep it as you keep the mail. With --book it has every address of the mail that several records share; without, those that the folder tells of."
)]
pub struct ReportArgs {
    /// Output folder of a run
    #[arg(value_name = "DIR", default_value = "mailtrack-out")]
    pub folder: PathBuf,
    /// File to write; what is there is replaced once the new is whole
    #[arg(long, short, value_name = "FILE.html", default_value = "report.html")]
    pub output: PathBuf,
    /// Decisions that the table on the page has at most, the last ones; counts and lists are of all
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    pub rows: usize,
    /// Folder of record files, or a file that `book build` made of one
    #[arg(long, value_name = "BOOK")]
    pub book: Option<PathBuf>,
    #[command(flatten)]
    pub preset: PresetArg,
    /// Options file: its [book] says how the book's files and columns are called
    #[arg(long, value_name = "FILE", requires = "book")]
    pub options: Option<PathBuf>,
    /// Folder with word lists and patterns, in place of those built in
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportTo {
    /// Every table as a CSV file
    Csv,
    /// Requests to Dataverse's Web API, in numbered batches
    Dataverse,
    /// Every table as a Parquet file
    Parquet,
    /// Every table in a file of SQLite
    Sqlite,
    /// Every table in a PostgreSQL database
    Postgres,
    /// Created contacts and leads as vCards 4.0
    Vcard,
}
