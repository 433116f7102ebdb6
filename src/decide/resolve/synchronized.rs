//! The records of a book that *pass* synchronization filters, computed once per mailbox as one bit per record.

use crate::options::filter::criterion::CONTACT;
use std::sync::Arc;

use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::Book;
use crate::book::index::record::RecordId;
use crate::book::queue_owners::record_owner;
use crate::options::filter::{Filter, FilterContext, OWNER, is_id};
use crate::options::{Contacts, Options};
use jiff::Timestamp;

/// Number of records that a thread evaluates at a time; a multiple of the bits of a word.
const TOGETHER: usize = 64 * 256;

/// The records of one type that pass.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PassingRecords {
    /// The number of the record type.
    pub kind: u16,
    first: u32,
    words: Vec<u64>,
}

impl PassingRecords {
    /// Evaluates filters, all for the type `record`, on the records of that type. A record passes if it passes any of
    /// them. Returns `None` if the book does not have the type.
    pub(crate) fn of(
        book: &Book,
        record: &str,
        filters: &[&Filter],
        asking: FilterContext<'_>,
        threads: &Threads,
    ) -> Option<PassingRecords> {
        let meta = &book.index().meta;
        let number = meta.kinds.iter().position(|kind| kind.name == record)?;
        let kind = &meta.kinds[number];
        let sources: Vec<Vec<ColumnSource>> = filters
            .iter()
            .map(|filter| {
                filter
                    .fields()
                    .iter()
                    .map(|it| source(book, number, it))
                    .collect()
            })
            .collect();
        let numbers: Vec<u32> = (kind.first..kind.first + kind.count).collect();
        let passes = |number: u32| {
            let mut each = filters.iter().zip(&sources);
            each.any(|(filter, sources)| passes(book, filter, sources, number, asking))
        };
        let word = |numbers: &[u32]| {
            let bits = numbers.iter().zip(0..);
            bits.fold(0, |word, (&number, bit)| {
                word | u64::from(passes(number)) << bit
            })
        };
        let words = threads.chunks(&numbers, TOGETHER, |numbers| {
            numbers.chunks(64).map(word).collect::<Vec<u64>>()
        });
        Some(PassingRecords {
            kind: number as u16,
            first: kind.first,
            words: words.concat(),
        })
    }

    /// Returns whether a record of the type passes.
    #[inline]
    pub(crate) fn has(&self, record: RecordId) -> bool {
        let at = record.number().wrapping_sub(self.first) as usize;
        self.words
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Returns the number of records that pass and for which `is_it` holds.
    pub(crate) fn count_if(&self, is_it: impl Fn(RecordId) -> bool) -> u64 {
        let bits = self.words.len() as u32 * 64;
        let records = (self.first..self.first + bits).map(RecordId::from_number);
        records.filter(|&it| self.has(it) && is_it(it)).count() as u64
    }

    /// Returns the number of records that pass.
    pub(crate) fn count(&self) -> u64 {
        self.words
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }
}

/// The place of a column in the index.
#[derive(Clone, Copy, Debug)]
enum ColumnSource {
    Id,
    Owner,
    CreatedOn,
    /// The cell at this index of the record's stored cells.
    Cell(usize),
    /// No record has the column, so its cells are empty.
    Nowhere,
}

fn source(book: &Book, kind: usize, field: &str) -> ColumnSource {
    let kind = &book.index().meta.kinds[kind];
    if let Some(at) = kind.cells.iter().position(|known| known == field) {
        ColumnSource::Cell(at)
    } else if field == OWNER {
        ColumnSource::Owner
    } else if field == "createdon" {
        ColumnSource::CreatedOn
    } else if is_id(&kind.name, field) {
        ColumnSource::Id
    } else {
        ColumnSource::Nowhere
    }
}

fn passes(
    book: &Book,
    filter: &Filter,
    sources: &[ColumnSource],
    number: u32,
    asking: FilterContext<'_>,
) -> bool {
    let record = RecordId::from_number(number);
    let owner = sources
        .iter()
        .any(|it| matches!(it, ColumnSource::Owner))
        .then(|| book.owner(record).map(|owner| owner.to_string()))
        .flatten();
    let created_on = sources
        .iter()
        .any(|it| matches!(it, ColumnSource::CreatedOn))
        .then(|| book.created_on(record).map(|time| time.to_string()))
        .flatten();
    let last = sources.iter().filter_map(|it| match it {
        ColumnSource::Cell(at) => Some(at + 1),
        _ => None,
    });
    let kept: Vec<&str> = match last.max() {
        Some(count) => book.index().cells(number).take(count).collect(),
        None => Vec::new(),
    };
    let cells: Vec<&str> = sources
        .iter()
        .map(|it| match it {
            ColumnSource::Id => book.id(record),
            ColumnSource::Owner => owner.as_deref().unwrap_or(""),
            ColumnSource::CreatedOn => created_on.as_deref().unwrap_or(""),
            ColumnSource::Cell(at) => kept.get(*at).copied().unwrap_or(""),
            ColumnSource::Nowhere => "",
        })
        .collect();
    filter.passes(&cells, asking)
}

/// For each mailbox, the contacts that its filters pass, if filters decide its scope (R6).
#[derive(Clone, Debug, Default)]
pub struct Synchronized(Vec<Option<Arc<PassingRecords>>>);

impl Synchronized {
    /// Evaluates the filters, once for all mailboxes with the same filters unless a filter uses the owner.
    pub fn of(book: &Book, options: &Options, now: Timestamp, threads: &Threads) -> Synchronized {
        type Known<'o> = (
            &'o Arc<[Filter]>,
            Option<Reference>,
            Option<Arc<PassingRecords>>,
        );
        let mut known: Vec<Known<'_>> = Vec::new();
        let each = options.mailboxes.iter().map(|mailbox| {
            let filters = &mailbox.synchronization.filters;
            let of_contacts = || filters.iter().filter(|filter| &*filter.record == CONTACT);
            if mailbox.address_book.contacts != Contacts::Synchronized
                || of_contacts().next().is_none()
            {
                // Every contact is in scope, or those that the owner owns, which the owner's number in each record
                // shows.
                return None;
            }
            let active: Vec<&Filter> = of_contacts().filter(|filter| filter.is_active).collect();
            let asks_for_user = active.iter().any(|filter| filter.asks_for_user());
            let user = asks_for_user.then(|| record_owner(mailbox, book)).flatten();
            let same = known
                .iter()
                .find(|(other, of, _)| Arc::ptr_eq(other, filters) && *of == user);
            if let Some((_, _, passing)) = same {
                return passing.clone();
            }
            let asking = FilterContext {
                user: user.as_ref(),
                now,
            };
            let passing = PassingRecords::of(book, CONTACT, &active, asking, threads).map(Arc::new);
            known.push((filters, user, passing.clone()));
            passing
        });
        Synchronized(each.collect())
    }

    /// Returns the contacts that the filters of the mailbox with this number pass; `None` if filters do not decide.
    pub(crate) fn in_mailbox(&self, number: usize) -> Option<Arc<PassingRecords>> {
        self.0.get(number).cloned().flatten()
    }
}
