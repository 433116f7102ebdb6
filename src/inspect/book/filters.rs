//! Counts the records that pass each filter of the options (`book info --filters`).

use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::Book;
use crate::book::index::record::RecordState;
use crate::book::queue_owners::record_owner;
use crate::book::unknown_columns;
use crate::decide::resolve::synchronized::PassingRecords;
use crate::options::columns::Columns;
use crate::options::filter::criterion::CONTACT;
use crate::options::filter::{Filter, FilterContext};
use crate::options::{Mailbox, Options};
use jiff::Timestamp;
use serde::Serialize;

/// A filter, and the mailbox that it was counted for.
#[derive(Serialize)]
pub(crate) struct FilterRow {
    filter: String,
    /// `synchronization.filter` or `synchronization.offline_filter`.
    of: &'static str,
    record: String,
    active: bool,
    /// The path of the mailbox; null if the count is the same for all.
    mailbox: Option<String>,
    /// The number of records that pass, or would pass if the filter were active.
    passes: u64,
    /// Number of records of the type.
    records: u64,
}

/// The two kinds of filter, as named in the options.
const KINDS: [&str; 2] = ["synchronization.filter", "synchronization.offline_filter"];

impl FilterRow {
    pub(crate) fn words(&self) -> String {
        let kind = match self.of == KINDS[0] {
            true => "online",
            false => "offline",
        };
        let name = &self.filter;
        let would = match self.active {
            true => "pass",
            false => "would pass, but it is not active",
        };
        let mailbox = match &self.mailbox {
            Some(path) if path.is_empty() => ", all mail".into(),
            Some(path) => format!(", mailbox `{path}`"),
            None => String::new(),
        };
        format!(
            "{kind} `{name}` ({}{mailbox}): {} of {} records {would}",
            self.record, self.passes, self.records
        )
    }
}

/// Returns the columns that the filters use.
pub(crate) fn filter_columns(options: &Options) -> Columns {
    let mut columns = Columns::default();
    for mailbox in &options.mailboxes {
        for filters in lists(mailbox) {
            columns.add(Columns::of_filters(filters));
        }
    }
    columns
}

/// Returns warnings about columns that a filter uses and the book does not have.
pub(crate) fn filter_warnings(book: &Book, options: &Options) -> Vec<String> {
    let lists = options.mailboxes.iter().flat_map(lists);
    let mut found: Vec<String> = lists
        .flat_map(|filters| unknown_columns::unknown(book, filters))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Returns a row for each filter: general filters once unless they use the owner; those and a mailbox's own filters for
/// each mailbox.
pub(crate) fn filter_rows(
    book: &Book,
    options: &Options,
    now: Timestamp,
    threads: &Threads,
) -> Vec<FilterRow> {
    let counter = PassCounter { book, now, threads };
    let general = options.mailboxes.first().map(lists);
    let has_mailboxes = options.mailboxes.len() > 1;
    let mut rows = Vec::new();
    for (number, mailbox) in options.mailboxes.iter().enumerate() {
        let is_general = number == 0;
        let user = record_owner(mailbox, book);
        for (at, filters) in lists(mailbox).into_iter().enumerate() {
            let is_shared = general.is_some_and(|lists| std::ptr::eq(lists[at], filters));
            let is_told = |filter: &&Filter| match filter.asks_for_user() {
                // Mail outside all mailboxes has no owner that a filter could use.
                true => !(is_general && has_mailboxes),
                false => is_general || !is_shared,
            };
            for filter in filters.iter().filter(is_told) {
                let is_of_all = is_general || is_shared && !filter.asks_for_user();
                let path = Some(mailbox.path.clone()).filter(|_| !is_of_all);
                rows.push(counter.row(KINDS[at], filter, path, user.as_ref()));
            }
        }
        let mut filters = mailbox.synchronization.filters.iter();
        if mailbox.owner.is_some() && filters.all(|filter| &*filter.record != CONTACT) {
            rows.push(counter.default_row(mailbox.path.clone(), user.as_ref()));
        }
    }
    rows
}

/// Returns the filters of a mailbox, in the order of [`KINDS`].
fn lists(mailbox: &Mailbox) -> [&[Filter]; 2] {
    let of = &mailbox.synchronization;
    [&of.filters, &of.offline_filters]
}

struct PassCounter<'a> {
    book: &'a Book,
    now: Timestamp,
    threads: &'a Threads,
}

impl PassCounter<'_> {
    /// Returns the row of the default filter, which only active contacts pass.
    fn default_row(&self, mailbox: String, user: Option<&Reference>) -> FilterRow {
        let filter = Filter::owned_contacts();
        let is_active = |record| self.book.state(record) == RecordState::Active;
        let passing = self.passing(&filter, user);
        let passes = passing.map_or(0, |passing| passing.count_if(is_active));
        self.row_of(KINDS[0], &filter, Some(mailbox), passes)
    }

    fn row(
        &self,
        of: &'static str,
        filter: &Filter,
        mailbox: Option<String>,
        user: Option<&Reference>,
    ) -> FilterRow {
        let passing = self.passing(filter, user);
        let passes = passing.map_or(0, |passing| passing.count());
        self.row_of(of, filter, mailbox, passes)
    }

    fn passing(&self, filter: &Filter, user: Option<&Reference>) -> Option<PassingRecords> {
        let now = self.now;
        let context = FilterContext { user, now };
        PassingRecords::of(self.book, &filter.record, &[filter], context, self.threads)
    }

    fn row_of(
        &self,
        of: &'static str,
        filter: &Filter,
        mailbox: Option<String>,
        passes: u64,
    ) -> FilterRow {
        let counts = self.book.counts();
        FilterRow {
            filter: filter.name.to_string(),
            of,
            record: filter.record.to_string(),
            active: filter.is_active,
            mailbox,
            passes,
            records: counts.get(&*filter.record).copied().unwrap_or(0),
        }
    }
}
