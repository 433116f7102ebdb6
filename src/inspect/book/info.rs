//! `book info`: reports the content of a book, and what it was built from.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::filters::FilterRow;
use crate::base::terminal::plain;
use crate::book;
use crate::book::index::layout::{HEADER, Section, VERSION};
use crate::book::{Book, BookSource, SourceState};
use crate::run::error::{RunError, usage};

/// The report of `book info`; `--json` prints it as it is.
#[derive(Serialize)]
pub(crate) struct BookInfo {
    /// Whether it is a built file.
    built: bool,
    /// Whether it only has the records that offline filters passed.
    offline: bool,
    format: Option<u32>,
    version: Option<String>,
    source: String,
    builton: Option<Timestamp>,
    agedays: Option<f64>,
    /// Whether the files that it was built from have changed; null if they are gone, or the source is a server.
    sourcechanged: Option<bool>,
    #[serde(skip)]
    state: Option<SourceState>,
    /// The kind of source of a book that is not built.
    #[serde(skip)]
    noun: &'static str,
    records: BTreeMap<String, u64>,
    addresses: u64,
    /// Addresses that only occur in records that an offline book leaves out.
    leftoutaddresses: u64,
    /// Addresses that several records have.
    sharedaddresses: u64,
    /// Addresses that equal another one under `plus-tag` or `gmail-dots`.
    weakeraddresses: u64,
    emails: u64,
    /// The address columns, as `type.column`.
    addresscolumns: Vec<String>,
    warnings: u64,
    /// Size of the index in bytes.
    bytes: u64,
    sections: BTreeMap<&'static str, u64>,
    /// The filters of the options, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<Vec<FilterRow>>,
}

impl BookInfo {
    /// Creates the report on the book at `path`, with the rows of its filters if they are to be shown.
    ///
    /// # Errors
    /// If the path or the files that the book was built from cannot be read.
    pub(crate) fn of(
        path: &Path,
        book: &Book,
        filters: Option<Vec<FilterRow>>,
    ) -> Result<BookInfo, RunError> {
        let source = BookSource::of(path).map_err(usage)?;
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
        Ok(BookInfo {
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
                SourceState::Unknown | SourceState::Gone => None,
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

    /// Returns the report as text, one item per line.
    pub(crate) fn words(&self) -> String {
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
                        SourceState::Unknown => {
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
