//! `mailtrack book`: build, info; check is in `book_check.rs`.

use crate::cli::console::Console;
use crate::cli::context::{now, threads};
use crate::cli::error::{CommandError, incomplete, usage, wrong};
use crate::run::basis::{load, options_of, sound};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use crate::base::terminal::{plain, shown};
use crate::book;
use crate::book::error::BuildError;
use crate::book::index::layout::{HEADER, Section, VERSION};
use crate::book::unknown_columns;
use crate::book::{Book, Build, OfflineFilters, Source, SourceState};
use crate::options::Options;
use crate::options::columns::Columns;
use jiff::Timestamp;
use serde::Serialize;

use super::book_check;
use super::filters;
use super::filters::FilterRow;
use crate::base::terminal::counted;
use crate::cli::args::BookCommand;

/// Runs the command.
pub(crate) fn run(command: &BookCommand, console: &Console<'_>) -> Result<u8, CommandError> {
    match command {
        BookCommand::Build {
            book,
            output,
            offline,
            options,
            preset,
            now: given,
        } => {
            let options = options_of(options.as_deref(), preset.preset)?;
            let now = now(given.as_deref())?;
            let filters = offline
                .then(|| offline_filters(&options, now, console))
                .transpose()?;
            build(book, output, &options, filters.as_ref(), console)
        }
        BookCommand::Info {
            book,
            options,
            preset,
            filters,
            now: given,
            json,
        } => {
            let options = options_of(options.as_deref(), preset.preset)?;
            let now = filters.then(|| now(given.as_deref())).transpose()?;
            info(book, &options, now, *json, console)
        }
        BookCommand::Check(args) => book_check::run(args, console),
    }
}

fn offline_filters(
    options: &Options,
    now: Timestamp,
    console: &Console<'_>,
) -> Result<OfflineFilters, CommandError> {
    let filters = OfflineFilters::of(options, now).map_err(usage)?;
    if filters.is_empty() {
        let warning = "--offline: the options have no [[synchronization.offline_filter]], so that every record is taken";
        console.warnings("options", &[warning.into()]);
    }
    Ok(filters)
}

fn build(
    folder: &Path,
    output: &Path,
    options: &Options,
    offline: Option<&OfflineFilters>,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let threads = threads(0)?;
    let source = Source::of(folder).map_err(usage)?;
    if let Source::Built(file) = &source {
        let shown = file.display();
        return Err(wrong(format!(
            "{shown}: is a file; `book build` takes the folder of record files, or a database"
        )));
    }
    let from = Build {
        source: &source,
        section: &options.book,
        offline,
        now: Timestamp::now(),
    };
    let built = book::build(from, output, &threads);
    let warnings = built.map_err(|error| match error {
        BuildError::Book(error) => usage(error),
        error @ BuildError::Write { .. } => incomplete(error),
    })?;
    console.warnings("book", &warnings);
    let book = load(output, &Options::defaults().map_err(usage)?, &threads)?;
    console.warnings("book", book.warnings());
    let mut out = console.out();
    if offline.is_some() {
        console.warnings("options", &offline_doubts(&book, options));
    }
    let records = counted(book.len() as u64, "record", "records");
    let addresses = counted(book.address_count(), "address", "addresses");
    let left_out = match book.is_offline() {
        true => format!(
            ", {} of records that were left out",
            counted(book.left_out_addresses(), "address", "addresses")
        ),
        false => String::new(),
    };
    writeln!(out, "{}: {records}, {addresses}{left_out}", shown(output))?;
    out.flush()?;
    Ok(0)
}

/// What the offline filters ask for that the book has not.
fn offline_doubts(book: &Book, options: &Options) -> Vec<String> {
    let mailboxes = options.mailboxes.iter();
    let found: BTreeSet<String> = mailboxes
        .flat_map(|mailbox| {
            unknown_columns::unknown(book, &mailbox.synchronization.offline_filters)
        })
        .collect();
    found.into_iter().collect()
}

/// What `book info --json` prints.
#[derive(Serialize)]
struct Info {
    /// Whether it is a built file.
    built: bool,
    /// Whether it holds only what offline filters passed.
    offline: bool,
    format: Option<u32>,
    version: Option<String>,
    source: String,
    builton: Option<Timestamp>,
    agedays: Option<f64>,
    /// Whether the files that it was built from are others by now; null where they are gone, or a server has none.
    sourcechanged: Option<bool>,
    #[serde(skip)]
    state: Option<SourceState>,
    /// What the source of a book is that is not built.
    #[serde(skip)]
    noun: &'static str,
    records: BTreeMap<String, u64>,
    addresses: u64,
    /// Addresses that only records have that an offline book has left out.
    leftoutaddresses: u64,
    /// Addresses that several records have.
    sharedaddresses: u64,
    /// Addresses that are another one under `plus-tag` or `gmail-dots`.
    weakeraddresses: u64,
    emails: u64,
    /// The columns of addresses, `type.column`.
    addresscolumns: Vec<String>,
    warnings: u64,
    /// Of the index.
    bytes: u64,
    sections: BTreeMap<&'static str, u64>,
    /// The filters of the options, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<Vec<FilterRow>>,
}

impl Info {
    fn of(path: &Path, book: &Book, filters: Option<Vec<FilterRow>>) -> Result<Info, CommandError> {
        let source = Source::of(path).map_err(usage)?;
        let (index, now) = (book.index(), Timestamp::now());
        let (meta, image) = (&index.meta, index.image());
        let is_built = image.path().is_some();
        let state = is_built.then(|| book::source_state(meta));
        let state = state.transpose().map_err(usage)?;
        let sections: BTreeMap<&str, u64> = Section::ALL
            .iter()
            .map(|&it| (it.name(), image.length(it) as u64))
            .collect();
        let kind = |number: u16| {
            meta.kinds
                .get(usize::from(number))
                .map_or("", |kind| kind.name.as_str())
        };
        let days = |built: Timestamp| now.duration_since(built).as_secs_f64() / 86_400.0;
        Ok(Info {
            built: is_built,
            offline: book.is_offline(),
            format: is_built.then_some(VERSION),
            version: is_built.then(|| meta.version.clone()),
            source: if is_built {
                meta.source.clone()
            } else {
                source.name()
            },
            noun: source.noun(),
            builton: meta.built,
            agedays: meta
                .built
                .map(|built| (days(built) * 1000.0).round() / 1000.0),
            state,
            sourcechanged: state.and_then(|state| match state {
                SourceState::Changed => Some(true),
                SourceState::Unchanged => Some(false),
                SourceState::Untold | SourceState::Gone => None,
            }),
            records: book
                .counts()
                .into_iter()
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect(),
            addresses: book.address_count(),
            leftoutaddresses: book.left_out_addresses(),
            sharedaddresses: meta.exact.shared,
            weakeraddresses: meta.weak.addresses,
            emails: meta.emails,
            addresscolumns: meta
                .columns
                .iter()
                .filter(|column| column.is_used)
                .map(|column| format!("{}.{}", kind(column.kind), column.name))
                .collect(),
            warnings: meta.warnings,
            bytes: HEADER as u64 + sections.values().sum::<u64>(),
            sections,
            filters,
        })
    }

    fn words(&self) -> String {
        let mut lines = Vec::new();
        match (self.builton, self.agedays) {
            (Some(time), Some(days)) if self.built => {
                let time = Timestamp::from_second(time.as_second()).unwrap_or(time);
                lines.push(format!(
                    "built {time} ({days:.1} days ago) from {}",
                    self.source
                ));
                lines.extend(self.state.map(|state| {
                    let words = match state {
                        SourceState::Changed => "its source has changed since",
                        SourceState::Unchanged => "its source has not changed since",
                        SourceState::Untold => {
                            "its source is a server, which cannot say whether it has changed since"
                        }
                        SourceState::Gone => "its source is gone",
                    };
                    words.to_owned()
                }));
            }
            _ => lines.push(format!("{} {}", self.noun, self.source)),
        }
        lines.push(format!("records: {}", self.records.values().sum::<u64>()));
        lines.extend(
            self.records
                .iter()
                .map(|(kind, count)| format!("  {kind}: {count}")),
        );
        lines.push(format!(
            "addresses: {}, of which {} belong to several records",
            self.addresses, self.sharedaddresses
        ));
        lines.push(format!("  in {}", self.addresscolumns.join(", ")));
        if self.offline {
            lines.push(format!(
                "offline: only what the offline filters pass; addresses of records that were left out: {}",
                self.leftoutaddresses
            ));
        }
        lines.push(format!("email activities: {}", self.emails));
        if self.warnings > 0 {
            lines.push(format!("left out when it was read: {}", self.warnings));
        }
        lines.push(format!("bytes: {}", self.bytes));
        lines.extend(
            self.sections
                .iter()
                .filter(|(_, bytes)| **bytes > 0)
                .map(|(name, bytes)| format!("  {name}: {bytes}")),
        );
        match self.filters.as_deref() {
            None => (),
            Some([]) => lines.push("filters: none".into()),
            Some(filters) => {
                lines.push("filters:".into());
                lines.extend(filters.iter().map(|filter| format!("  {}", filter.words())));
            }
        }
        lines
            .iter()
            .map(|line| format!("{}\n", plain(line)))
            .collect()
    }
}

/// `now`: the filters are shown, and count days from there.
fn info(
    path: &Path,
    options: &Options,
    now: Option<Timestamp>,
    json: bool,
    console: &Console<'_>,
) -> Result<u8, CommandError> {
    let threads = threads(0)?;
    let columns = match now {
        Some(_) => filters::columns(options),
        None => Columns::default(),
    };
    let section = &options.book;
    let book = book::load(path, section, columns, options.owners(), &threads).map_err(usage)?;
    let filters = now.map(|now| filters::rows(&book, options, now, &threads));
    sound(&book)?;
    console.warnings("book", book.warnings());
    if filters.is_some() {
        console.warnings("options", &filters::doubts(&book, options));
    }
    let info = Info::of(path, &book, filters)?;
    let mut out = console.out();
    if json {
        writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&info).map_err(wrong)?
        )?;
    } else {
        write!(out, "{}", info.words())?;
    }
    out.flush()?;
    Ok(0)
}
