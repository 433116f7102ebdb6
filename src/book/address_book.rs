//! The book as it is asked: candidates of an address, and what a record says.

use crate::book::found::Found;
use crate::book::found::candidate;
use crate::book::index::record::{RecordId, State};
use crate::book::read::known::EarlierEmail;
use crate::book::read::known::KnownEmail;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::index::Index;
use super::kind_order::kind_order;
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
    /// The place of each type in R7's order.
    kind_order: Vec<u16>,
    /// The mailboxes' owners of types that the book has no file for. Their numbers follow those of the records.
    guests: Vec<(u16, Reference)>,
    /// The weaker equalities that are looked for.
    weaker: Equivalence,
    earlier_emails: Vec<EarlierEmail>,
    pub(super) warnings: Vec<String>,
    /// What it was made of, where that is a folder.
    pub(super) origin: Option<crate::book::source::Origin>,
}

/// So many records of one address are fetched ahead; more would push others out of the cache.
const FETCHED_MAX: usize = 4;

/// Stands for a record whose bytes are damaged: it never matches.
const NO_RECORD: Record = Record {
    names: 0,
    id_length: 0,
    name_length: 0,
    kind: 0,
    state: State::Disabled,
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

    /// Adds the mailboxes' owners whose type the book has no file for: they are records all the same, with the
    /// addresses that the options give them.
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

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// What is wrong with the index's file, once something was found to be. What was looked up since is not to be
    /// believed, and a command that used it must end with this.
    pub fn damage(&self) -> Option<&Damage> {
        self.index.image().damage()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        let of_files = self.index.record_count() - usize::from(self.is_offline());
        of_files + self.guests.len()
    }

    /// Whether the book has no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many distinct addresses there are.
    pub fn address_count(&self) -> u64 {
        self.index.meta.exact.addresses - self.left_out_addresses()
    }

    /// Whether the book holds only the records that offline filters passed.
    pub fn is_offline(&self) -> bool {
        self.index.meta.offline.is_some()
    }

    /// How many addresses only records have that an offline book has left out.
    pub fn left_out_addresses(&self) -> u64 {
        self.index.meta.exact.left_out
    }

    /// Whether it stands for the records that an offline book has left out: their addresses lead to it.
    #[inline]
    pub fn is_left_out(&self, record: RecordId) -> bool {
        let offline = self.index.meta.offline.as_ref();
        offline.is_some_and(|offline| offline.left_out == record.0)
    }

    /// How many records there are of each type, by type name.
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

    /// The email activities that the CRM already has, in the file's order, then those of earlier runs.
    pub fn emails(&self) -> impl Iterator<Item = KnownEmail<'_>> {
        let earlier = self.earlier_emails.iter().map(EarlierEmail::view);
        self.index.emails().map(known_email).chain(earlier)
    }

    /// Whether there are no such activities.
    pub fn has_no_emails(&self) -> bool {
        self.index.meta.emails == 0 && self.earlier_emails.is_empty()
    }

    /// Adds activities that the CRM has by now: those that an earlier run tracked.
    pub fn add_emails(&mut self, emails: impl IntoIterator<Item = EarlierEmail>) {
        self.earlier_emails.extend(emails);
    }

    /// What was left out while the book was read, each with file and line.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether the book has that record type.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| &**known == kind)
    }

    /// The numbers of the records of a type; nothing where it has none in the book's files.
    pub(crate) fn numbers_of(&self, kind: &str) -> Option<std::ops::Range<u32>> {
        let kind = self.index.meta.kinds.iter().find(|it| it.name == kind)?;
        Some(kind.first..kind.first + kind.count)
    }

    /// The record types, each with its number.
    pub fn kinds(&self) -> impl Iterator<Item = (u16, &str)> {
        (0..).zip(self.kinds.iter().map(|kind| &**kind))
    }

    /// Whether the book has that address column.
    pub fn has_column(&self, kind: &str, column: &str) -> bool {
        let is_it = |it: &super::index::Column| {
            it.is_used && it.name == column && &*self.kinds[usize::from(it.kind)] == kind
        };
        self.index.meta.columns.iter().any(is_it)
    }

    /// The record of that reference.
    pub fn find(&self, reference: &Reference) -> Option<RecordId> {
        let guest = || self.guests.iter().position(|(_, guest)| guest == reference);
        let found = self.index.find(&reference.kind, &reference.id);
        found
            .or_else(|| guest().map(|at| (self.index.record_count() + at) as u32))
            .map(RecordId)
    }

    /// The record's type, a Dataverse logical name.
    pub fn kind(&self, record: RecordId) -> &str {
        self.kinds
            .get(usize::from(self.kind_number(record)))
            .map_or("", |kind| kind)
    }

    /// The number of the record's type, as in [`Book::kinds`].
    pub fn kind_number(&self, record: RecordId) -> u16 {
        self.record(record).kind
    }

    /// The record's id.
    pub fn id(&self, record: RecordId) -> &str {
        match self.guest(record) {
            Some((_, guest)) => &guest.id,
            None => self.index.id(&self.record(record)).unwrap_or(""),
        }
    }

    /// The record's name; `None` where it has none.
    pub fn name(&self, record: RecordId) -> Option<&str> {
        self.index
            .name(&self.record(record))
            .filter(|name| !name.is_empty())
    }

    /// `type:id`.
    pub fn reference(&self, record: RecordId) -> Reference {
        Reference::new(self.kind(record), self.id(record))
    }

    /// Who owns the record.
    pub fn owner(&self, record: RecordId) -> Option<ReferenceView<'_>> {
        self.index.owner(self.record(record).owner?)
    }

    /// The number that records bear whose owner this is; `None` where no record has it.
    pub fn owner_number(&self, owner: &Reference) -> Option<u32> {
        self.index.owner_number(owner.view())
    }

    /// Whether the record is in use.
    pub fn state(&self, record: RecordId) -> State {
        self.record(record).state
    }

    /// When the record was created.
    pub fn created_on(&self, record: RecordId) -> Option<Timestamp> {
        self.record(record).created_on.time()
    }

    /// What a column of the record holds that resolution does not need: only a built index keeps it.
    pub fn cell(&self, record: RecordId, column: &str) -> Option<&str> {
        self.index.cell(record.0, column)
    }

    /// The name of an address column.
    pub fn column(&self, column: u8) -> &str {
        self.index
            .meta
            .columns
            .get(usize::from(column))
            .map_or("", |column| &column.name)
    }

    /// R7's order of records: by type, then earliest `createdon` (none last), then smallest id.
    pub fn compare(&self, a: RecordId, b: RecordId) -> Ordering {
        let key = |record: RecordId| {
            let it = self.record(record);
            let place = self.kind_order.get(usize::from(it.kind));
            (place.copied(), it.created_on)
        };
        key(a).cmp(&key(b)).then_with(|| self.id(a).cmp(self.id(b)))
    }

    /// The one active account that has this registrable domain in its website or its addresses.
    pub fn account_of_domain(&self, registrable: &str) -> Option<RecordId> {
        self.index.account_of_domain(registrable).map(RecordId)
    }

    /// Looks for weaker equalities too; without it only exact ones are found.
    pub fn match_under(&mut self, by: Equivalence) {
        self.weaker = by;
    }

    /// The records that have each of the addresses, in the addresses' order: exact ones first, each group in R7's
    /// order. Scope and state are not looked at here.
    pub fn look_up<Q: Query>(&self, queries: &[Q], found: &mut Found) {
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

    /// Has the processor fetch the records of an address that will be asked for soon, the `number`-th of what was found.
    #[inline]
    pub fn fetch_ahead(&self, found: &Found, number: usize) {
        if number < found.len() {
            let records = found.of(number).iter().take(FETCHED_MAX);
            records.for_each(|candidate| self.index.prefetch_record(candidate.record.0));
        }
    }

    /// Adds the records whose address is this one under weaker equalities only.
    fn weaker(&self, address: &Address, found: &mut Found) {
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

    /// The record's facts.
    #[inline]
    pub(crate) fn record(&self, record: RecordId) -> Record {
        match self.guest(record) {
            Some((kind, _)) => Record {
                kind: *kind,
                state: State::Active,
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
