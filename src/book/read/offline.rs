//! An *offline* book has only the records that pass the offline filters, and of all others their bare addresses, so
//! that no records are created for these (R10, R11).
//!
//! The bare addresses lead to one record without type, name and id, which is in no mailbox's scope.

use crate::book::build::owner::owner;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::base::iso_date::IsoDate;
use crate::base::reference::Reference;
use crate::book::rows::row::cell;
use crate::book::rows::row::{SheetError, SheetRow};
use crate::options::file::{
    MailboxSection, MailboxSynchronizationSection, OptionsFile, SynchronizationSection,
};
use crate::options::filter::{Filter, FilterContext, OWNER, is_id};
use crate::options::{Mailbox, Options};

/// Selects the records of an offline book: those that pass the filters of any mailbox.
#[derive(Clone, Debug)]
pub(crate) struct OfflineFilters {
    mailboxes: Vec<(Option<Reference>, Arc<[Filter]>)>,
    now: Timestamp,
    options: String,
}

/// Options from which an offline book cannot be built.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum OfflineError {
    /// A filter uses the owner of the mailbox, but no mailbox has one.
    #[error(
        "the offline filter `{0}` asks for the mailbox's owner, and no mailbox has one: add `[[mailbox]]` with `owner = \"systemuser:id\"`"
    )]
    NoOwner(Box<str>),
    /// The options cannot be serialized into the book.
    #[error("the options cannot be kept in the book: {0}")]
    Options(#[from] toml::ser::Error),
}

impl OfflineFilters {
    /// Creates the filters from the options. `now` is the time relative to which they count days.
    ///
    /// # Errors
    /// If a filter uses the mailbox's owner, and no mailbox has one.
    pub(crate) fn of(options: &Options, now: Timestamp) -> Result<OfflineFilters, OfflineError> {
        let configured = options.configured().map(|(_, mailbox)| mailbox);
        let mut of: Vec<&Mailbox> = configured.collect();
        if of.is_empty() {
            of.extend(options.mailboxes.first());
        }
        if of.iter().all(|mailbox| mailbox.owner.is_none()) {
            let mut filters = of
                .iter()
                .flat_map(|it| it.synchronization.offline_filters.iter());
            let asks = filters.find(|filter| filter.is_active && filter.asks_for_user());
            if let Some(filter) = asks {
                return Err(OfflineError::NoOwner(filter.name.clone()));
            }
        }
        let filters = |mailbox: &&Mailbox| {
            let filters = &mailbox.synchronization.offline_filters;
            (mailbox.owner.clone(), filters.clone())
        };
        Ok(OfflineFilters {
            mailboxes: of.iter().map(filters).collect(),
            now,
            options: toml::to_string(&kept(&options.effective))?,
        })
    }

    /// Returns whether there are no filters, so that every record is included.
    pub(crate) fn is_empty(&self) -> bool {
        self.mailboxes.iter().all(|(_, filters)| filters.is_empty())
    }

    /// Returns the options that rebuilding the book needs, as an options file.
    pub(crate) fn options(&self) -> &str {
        &self.options
    }

    /// Returns whether any filter uses the owner of records.
    pub(crate) fn asks_for_owner(&self) -> bool {
        let mut filters = self
            .mailboxes
            .iter()
            .flat_map(|(_, filters)| filters.iter());
        filters.any(|filter| filter.fields().iter().any(|field| &**field == OWNER))
    }

    /// Returns the filters for the rows of a type's file with these columns; `None` if all rows are included because a
    /// mailbox has no filter for the type. `teams` are the ids that are those of teams only.
    pub(crate) fn of_rows<'f>(
        &'f self,
        kind: &str,
        columns: &[String],
        teams: &'f HashSet<Box<str>>,
    ) -> Option<RowFilters<'f>> {
        let mut each = Vec::new();
        for (owner, filters) in &self.mailboxes {
            let of_type = || filters.iter().filter(|filter| &*filter.record == kind);
            of_type().next()?;
            let asking = FilterContext {
                user: owner.as_ref(),
                now: self.now,
            };
            for filter in of_type().filter(|filter| filter.is_active) {
                let is = |field: &str| columns.iter().position(|name| name == field);
                let id = || is(&format!("{kind}id")).or_else(|| is("id"));
                let place = |field: &str| is(field).or_else(|| id().filter(|_| is_id(kind, field)));
                let sources = filter.fields().iter().map(|field| match place(field) {
                    Some(at) if &**field == OWNER => FilterInput::Owner(at),
                    Some(at) if &**field == "createdon" => FilterInput::CreatedOn(at),
                    at => FilterInput::Cell(at),
                });
                each.push((asking, filter, sources.collect()));
            }
        }
        Some(RowFilters { each, teams })
    }
}

/// Returns the part of an options file that decides which records are included.
fn kept(file: &OptionsFile) -> OptionsFile {
    let mailbox = |of: &MailboxSection| MailboxSection {
        path: of.path.clone(),
        owner: of.owner.clone(),
        synchronization: of
            .synchronization
            .clone()
            .map(|of| MailboxSynchronizationSection {
                offline_filter: of.offline_filter,
                ..MailboxSynchronizationSection::default()
            }),
        ..MailboxSection::default()
    };
    OptionsFile {
        book: file.book.clone(),
        synchronization: SynchronizationSection {
            offline_filter: file.synchronization.offline_filter.clone(),
            ..SynchronizationSection::default()
        },
        mailbox: file.mailbox.iter().map(mailbox).collect(),
        ..OptionsFile::default()
    }
}

/// The column of a field that a filter uses; its value is converted to the form that an index has.
#[derive(Clone, Copy, Debug)]
enum FilterInput {
    Owner(usize),
    CreatedOn(usize),
    Cell(Option<usize>),
}

/// The filters for the rows of one file.
#[derive(Debug)]
pub(crate) struct RowFilters<'f> {
    each: Vec<(FilterContext<'f>, &'f Filter, Vec<FilterInput>)>,
    teams: &'f HashSet<Box<str>>,
}

impl RowFilters<'_> {
    /// Returns whether the row's record is included.
    pub(crate) fn take(&self, row: &SheetRow<'_>) -> bool {
        self.each.iter().any(|(asking, filter, sources)| {
            let texts: Vec<String> = sources.iter().map(|it| self.text(row, *it)).collect();
            let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
            filter.passes(&cells, *asking)
        })
    }

    fn text(&self, row: &SheetRow<'_>, source: FilterInput) -> String {
        match source {
            FilterInput::Cell(at) => cell(row, at).to_owned(),
            FilterInput::CreatedOn(at) => {
                let date = IsoDate::parse(cell(row, Some(at))).and_then(IsoDate::start);
                date.map(|time| time.to_string()).unwrap_or_default()
            }
            FilterInput::Owner(at) => match cell(row, Some(at)) {
                "" => String::new(),
                text => owner(text, |id| self.teams.contains(id)).to_string(),
            },
        }
    }
}

/// Returns the ids of all rows of a file.
pub(crate) fn ids(
    sheet: crate::book::rows::sheet::RecordReader<'_>,
    kind: &str,
    threads: &crate::base::threads::Threads,
) -> Result<HashSet<Box<str>>, SheetError> {
    let at = sheet
        .column(&format!("{kind}id"))
        .or_else(|| sheet.column("id"));
    let take = |ids: &mut Vec<Box<str>>, row: &SheetRow<'_>| ids.push(cell(row, at).into());
    let mut all = HashSet::new();
    sheet.read(threads, Vec::new, take, |ids| all.extend(ids))?;
    Ok(all)
}
