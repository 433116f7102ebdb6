//! The address book as the rest of the program queries it: the records that have an address, and the fields of a
//! record.

use crate::book::found::LookupResults;
use crate::book::found::candidate;
use crate::book::index::record::{RecordId, RecordState};
use crate::book::read::known::EarlierEmail;
use crate::book::read::known::KnownEmail;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::index::Index;
use super::kind_order::{KindPosition, kind_order};
use crate::base::reference::{Reference, ReferenceView};
use crate::book::index::image::Damage;
use crate::book::index::record::{CreatedOn, Record};
use crate::book::index::table::{Query, Slot};
use crate::book::read::known::known_email;
use crate::mail::address::{Address, Equivalence};

/// The records, their addresses, and the activities that the CRM already has.
#[derive(Debug)]
pub struct Book {
    pub(super) index: Index,
    /// The record types: those of the index, then those of `guests`.
    kinds: Vec<Box<str>>,
    /// The position of each type in R7's order.
    kind_order: Vec<KindPosition>,
    /// Mailbox owners whose type has no file in the book, each with its type's number. They are numbered after the
    /// records.
    guests: Vec<(u16, Reference)>,
    /// The address equivalences that a lookup considers besides exact equality.
    weaker: Equivalence,
    earlier_emails: Vec<EarlierEmail>,
    pub(super) warnings: Vec<String>,
    /// The source that the book was made from; `None` if it is not known.
    pub(super) origin: Option<crate::book::source::Origin>,
}

/// Maximum number of records per address that are prefetched; more would evict others from the cache.
const FETCHED_MAX: usize = 4;

/// Stands in for a record whose bytes are damaged. It is disabled, so it never matches.
const NO_RECORD: Record = Record {
    names: 0,
    id_length: 0,
    name_length: 0,
    kind: 0,
    state: RecordState::Disabled,
    owner: None,
    created_on: CreatedOn::NONE,
};

impl Book {
    pub(crate) fn new(index: Index, warnings: Vec<String>) -> Book {
        let mut book = Book {
            kinds: index
                .meta
                .kinds
                .iter()
                .map(|kind| kind.name.as_str().into())
                .collect(),
            kind_order: Vec::new(),
            index,
            guests: Vec::new(),
            weaker: Equivalence::EXACT,
            earlier_emails: Vec::new(),
            warnings,
            origin: None,
        };
        book.kind_order = kind_order(book.kinds.iter().map(|kind| &**kind));
        book
    }

    /// Adds the mailbox owners whose type has no file in the book. They become records with no addresses but those in
    /// the options.
    pub(super) fn add_owners<'o>(&mut self, owners: impl IntoIterator<Item = &'o Reference>) {
        let of_files = self.index.meta.kinds.len();
        for owner in owners {
            let known = self.kinds.iter().position(|kind| *kind == owner.kind);
            let is_guest = known.is_none_or(|at| at >= of_files);
            if !is_guest || self.guests.iter().any(|(_, guest)| guest == owner) {
                continue;
            }
            let kind = known.unwrap_or(self.kinds.len());
            if known.is_none() {
                self.kinds.push(owner.kind.clone());
            }
            self.guests.push((kind as u16, owner.clone()));
            let file = &owner.kind;
            self.warnings.push(format!(
                "the book has no {file}.csv, so of {owner} only the addresses in the options are known"
            ));
        }
        self.kind_order = kind_order(self.kinds.iter().map(|kind| &**kind));
    }

    /// Returns the index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Returns what is wrong with the index's file, once damage was found. Earlier lookups may then have missed
    /// records, so a command that used the book must end with this as its error.
    pub fn damage(&self) -> Option<&Damage> {
        self.index.image().damage()
    }

    /// Returns the number of records.
    pub fn len(&self) -> usize {
        let of_files = self.index.record_count() - usize::from(self.is_offline());
        of_files + self.guests.len()
    }

    /// Returns whether the book has no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of distinct addresses.
    pub fn address_count(&self) -> u64 {
        self.index.meta.exact.addresses - self.left_out_addresses()
    }

    /// Returns whether the book was built offline and so holds only records that pass the offline filters.
    pub fn is_offline(&self) -> bool {
        self.index.meta.offline.is_some()
    }

    /// Returns the number of addresses that only records left out of an offline book have.
    pub fn left_out_addresses(&self) -> u64 {
        self.index.meta.exact.left_out
    }

    /// Returns whether `record` is the one that stands for all records left out of an offline book.
    #[inline]
    pub fn is_left_out(&self, record: RecordId) -> bool {
        let offline = self.index.meta.offline.as_ref();
        offline.is_some_and(|offline| offline.left_out == record.0)
    }

    /// Returns the number of records of each type, by type name.
    pub fn counts(&self) -> BTreeMap<&str, u64> {
        let of_files = self.index.meta.kinds.iter();
        let mut counts: BTreeMap<&str, u64> = of_files
            .map(|kind| (kind.name.as_str(), u64::from(kind.count)))
            .collect();
        for (_, guest) in &self.guests {
            *counts.entry(&guest.kind).or_default() += 1;
        }
        counts
    }

    /// Returns the email activities that the CRM already has: those of the book in file order, then those of earlier
    /// runs.
    pub fn emails(&self) -> impl Iterator<Item = KnownEmail<'_>> {
        let earlier = self.earlier_emails.iter().map(EarlierEmail::view);
        self.index.emails().map(known_email).chain(earlier)
    }

    /// Returns whether the CRM has no email activities yet.
    pub fn has_no_emails(&self) -> bool {
        self.index.meta.emails == 0 && self.earlier_emails.is_empty()
    }

    /// Adds activities that earlier runs tracked.
    pub fn add_emails(&mut self, emails: impl IntoIterator<Item = EarlierEmail>) {
        self.earlier_emails.extend(emails);
    }

    /// Returns the warnings of reading the book, each with file and line.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns whether the book has the record type.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| &**known == kind)
    }

    /// Returns the range of record numbers of a type; `None` if the book's files have no such type.
    pub(crate) fn numbers_of(&self, kind: &str) -> Option<std::ops::Range<u32>> {
        let kind = self.index.meta.kinds.iter().find(|it| it.name == kind)?;
        Some(kind.first..kind.first + kind.count)
    }

    /// Returns the record types, each with its number.
    pub fn kinds(&self) -> impl Iterator<Item = (u16, &str)> {
        (0..).zip(self.kinds.iter().map(|kind| &**kind))
    }

    /// Returns whether a record type has an address column of that name with at least one address.
    pub fn has_column(&self, kind: &str, column: &str) -> bool {
        let is_it = |it: &super::index::AddressColumn| {
            it.is_used && it.name == column && &*self.kinds[usize::from(it.kind)] == kind
        };
        self.index.meta.columns.iter().any(is_it)
    }

    /// Returns whether any record of the type has an address.
    pub fn has_addresses(&self, kind: &str) -> bool {
        let mut columns = self.index.meta.columns.iter();
        columns.any(|it| it.is_used && &*self.kinds[usize::from(it.kind)] == kind)
    }

    /// Returns the record that a reference names.
    pub fn find(&self, reference: &Reference) -> Option<RecordId> {
        let guest = || self.guests.iter().position(|(_, guest)| guest == reference);
        let found = self.index.find(&reference.kind, &reference.id);
        found
            .or_else(|| guest().map(|at| (self.index.record_count() + at) as u32))
            .map(RecordId)
    }

    /// Returns the record's type, a Dataverse logical name.
    pub fn kind(&self, record: RecordId) -> &str {
        self.kinds
            .get(usize::from(self.kind_number(record)))
            .map_or("", |kind| kind)
    }

    /// Returns the number of the record's type, as in [`Book::kinds`].
    pub fn kind_number(&self, record: RecordId) -> u16 {
        self.record(record).kind
    }

    /// Returns the record's id.
    pub fn id(&self, record: RecordId) -> &str {
        match self.guest(record) {
            Some((_, guest)) => &guest.id,
            None => self.index.id(&self.record(record)).unwrap_or(""),
        }
    }

    /// Returns the record's name; `None` if it has none.
    pub fn name(&self, record: RecordId) -> Option<&str> {
        self.index
            .name(&self.record(record))
            .filter(|name| !name.is_empty())
    }

    /// Returns the record as `type:id`.
    pub fn reference(&self, record: RecordId) -> Reference {
        Reference::new(self.kind(record), self.id(record))
    }

    /// Returns the record's owner.
    pub fn owner(&self, record: RecordId) -> Option<ReferenceView<'_>> {
        self.index.owner(self.record(record).owner?)
    }

    /// Returns the number of an owner, as in [`Record::owner`]; `None` if no record has that owner.
    pub fn owner_number(&self, owner: &Reference) -> Option<u32> {
        self.index.owner_number(owner.view())
    }

    /// Returns whether the record is in use.
    pub fn state(&self, record: RecordId) -> RecordState {
        self.record(record).state
    }

    /// Returns when the record was created.
    pub fn created_on(&self, record: RecordId) -> Option<Timestamp> {
        self.record(record).created_on.time()
    }

    /// Returns the cell of a column that only filters use. Built books keep all of these cells, others only those asked
    /// for.
    pub fn cell(&self, record: RecordId, column: &str) -> Option<&str> {
        self.index.cell(record.0, column)
    }

    /// Returns the name of an address column.
    pub fn column(&self, column: u8) -> &str {
        self.index
            .meta
            .columns
            .get(usize::from(column))
            .map_or("", |column| &column.name)
    }

    /// Compares two records in R7's order: by type, types that R7 does not list being one, then earliest `createdon` (none
    /// last), then type name, then smallest id.
    pub fn compare(&self, a: RecordId, b: RecordId) -> Ordering {
        let key = |record: RecordId| {
            let it = self.record(record);
            let position = self.kind_order.get(usize::from(it.kind));
            (
                position.map(|it| it.group),
                it.created_on,
                position.map(|it| it.name),
            )
        };
        key(a).cmp(&key(b)).then_with(|| self.id(a).cmp(self.id(b)))
    }

    /// Returns the account with this registrable domain in its website or addresses; `None` unless there is exactly one
    /// active one.
    pub fn account_of_domain(&self, registrable: &str) -> Option<RecordId> {
        self.index.account_of_domain(registrable).map(RecordId)
    }

    /// Makes lookups also consider these address equivalences. By default, only exact matches are found.
    pub fn match_under(&mut self, by: Equivalence) {
        self.weaker = by;
    }

    /// Finds the records of each address, in the order of `queries`: exact matches first, each group in R7's order.
    /// Scope and state are not considered here.
    pub fn look_up<Q: Query>(&self, queries: &[Q], found: &mut LookupResults) {
        found.begin(queries.len());
        let Some(table) = self.index.exact() else {
            return;
        };
        if self.weaker.is_exact() {
            table.find(queries, |_, hit| {
                if let Some(hit) = hit {
                    table.values(hit, |record, column| {
                        found.push(candidate(record, column, Equivalence::EXACT));
                    });
                }
                found.end();
            });
        } else {
            table.find(queries, |query, hit| {
                if let Some(hit) = hit {
                    table.values(hit, |record, column| {
                        found.push(candidate(record, column, Equivalence::EXACT))
                    });
                }
                if let Some(address) = Address::parse(query.text()) {
                    self.weaker(&address, found);
                }
                found.end();
            });
        }
    }

    /// Prefetches the records found for the `number`-th address, which the caller will read soon.
    #[inline]
    pub fn fetch_ahead(&self, found: &LookupResults, number: usize) {
        if number < found.len() {
            let records = found.of(number).iter().take(FETCHED_MAX);
            records.for_each(|candidate| self.index.prefetch_record(candidate.record.0));
        }
    }

    /// Adds the records that have this address only under an address equivalence, not exactly.
    fn weaker(&self, address: &Address, found: &mut LookupResults) {
        let (Some(exact), Some(weak)) = (self.index.exact(), self.index.weak()) else {
            return;
        };
        let folded = address.equivalence_key(Equivalence::WIDEST);
        let mut slots: Vec<Slot> = exact
            .find_one(&folded)
            .into_iter()
            .map(|(_, slot)| slot)
            .collect();
        if let Some((_, places)) = weak.find_one(&folded) {
            weak.values(places.hit(), |place, _| {
                slots.extend(exact.slot(place as usize))
            });
        }
        let mut all = Vec::new();
        for slot in slots {
            let other = exact.text(&slot).and_then(|text| Address::parse(&text));
            match other.and_then(|other| address.equivalence_with(&other)) {
                Some(needed) if !needed.is_exact() && self.weaker.allows(needed) => {
                    exact.values(slot.hit(), |record, column| {
                        all.push(candidate(record, column, needed))
                    });
                }
                _ => (),
            }
        }
        all.sort_by(|a, b| {
            a.equivalence
                .cmp(&b.equivalence)
                .then_with(|| self.compare(a.record, b.record))
        });
        all.into_iter().for_each(|candidate| found.push(candidate));
    }

    /// Returns the fields of a record that resolution needs.
    #[inline]
    pub(crate) fn record(&self, record: RecordId) -> Record {
        match self.guest(record) {
            Some((kind, _)) => Record {
                kind: *kind,
                state: RecordState::Active,
                ..NO_RECORD
            },
            None => self.index.record(record.0).unwrap_or(NO_RECORD),
        }
    }

    #[inline]
    fn guest(&self, record: RecordId) -> Option<&(u16, Reference)> {
        self.guests
            .get((record.0 as usize).checked_sub(self.index.record_count())?)
    }
}
