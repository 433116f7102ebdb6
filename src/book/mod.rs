//! The *book* is the address book: every email address of every record of the CRM, and the record it belongs to;
//! beside it the email activities that the CRM already has.

mod build;
mod read;
mod sheet;
mod table;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use hashbrown::HashTable;
use jiff::Timestamp;

pub use build::BookBuilder;
pub use read::{BookError, load};
pub use table::AddressTable;

use crate::address::{Address, Equivalence};
use crate::reference::Reference;

/// The number of a record in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(u32);

/// Whether a record is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In use.
    Active,
    /// Deactivated, lost, closed.
    Inactive,
    /// A `systemuser` that is disabled: never matches (R6).
    Disabled,
}

/// A record that has an address, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The record.
    pub record: RecordId,
    /// The column that holds the address, a number in [`Book::column`].
    pub column: u16,
    /// The weaker equality that it needs to match; exact where none.
    pub equivalence: Equivalence,
}

/// An email activity that the CRM already has: a line of `email.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownEmail {
    /// The activity's id as the CRM has it.
    pub activity_id: Box<str>,
    /// The message's Message-ID, without `<` and `>`.
    pub message_id: Box<str>,
    /// The record it is about.
    pub regarding: Option<Reference>,
    /// Whether it was sent (true) or received; `None` stands for both.
    pub outgoing: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
struct Record {
    kind: u16,
    state: State,
    owner: Option<u32>,
    id: Span,
    name: Span,
    created_on: Option<Timestamp>,
}

/// A piece of the book's text.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u32,
}

/// The records, their addresses, and the activities that the CRM already has.
#[derive(Debug)]
pub struct Book {
    text: String,
    kinds: Vec<Box<str>>,
    kind_order: Vec<u16>,
    records: Vec<Record>,
    owners: Vec<Reference>,
    columns: Vec<(u16, Box<str>)>,
    by_reference: HashTable<u32>,
    table: AddressTable,
    folded: Option<Folded>,
    account_domains: HashMap<Box<str>, Vec<RecordId>>,
    emails: Vec<KnownEmail>,
    warnings: Vec<String>,
}

/// The addresses again, by what they are under weaker equalities.
#[derive(Debug)]
struct Folded {
    by: Equivalence,
    entries: HashMap<Box<str>, Vec<u32>>,
}

impl Book {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether the book has no records.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many distinct addresses there are.
    pub fn address_count(&self) -> usize {
        self.table.len()
    }

    /// How many records there are of each type, by type name.
    pub fn counts(&self) -> BTreeMap<&str, u64> {
        let mut counts: BTreeMap<&str, u64> = self.kinds.iter().map(|kind| (&**kind, 0)).collect();
        for record in &self.records {
            *counts.entry(self.kind_name(record.kind)).or_default() += 1;
        }
        counts
    }

    /// The email activities that the CRM already has, in the file's order.
    pub fn emails(&self) -> &[KnownEmail] {
        &self.emails
    }

    /// Adds activities that the CRM has by now: those that an earlier run tracked.
    pub fn add_emails(&mut self, emails: impl IntoIterator<Item = KnownEmail>) {
        self.emails.extend(emails);
    }

    /// What was left out while the book was read, each with file and line.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether the book has a file for that record type.
    pub fn has_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| &**known == kind)
    }

    /// Whether the book has that address column.
    pub fn has_column(&self, kind: &str, column: &str) -> bool {
        self.columns
            .iter()
            .any(|(of, name)| self.kind_name(*of) == kind && &**name == column)
    }

    /// The record of that reference.
    pub fn find(&self, reference: &Reference) -> Option<RecordId> {
        let hash = build::reference_hash(&reference.kind, &reference.id);
        let is_it = |&at: &u32| {
            self.kind(RecordId(at)) == &*reference.kind && self.id(RecordId(at)) == &*reference.id
        };
        self.by_reference.find(hash, is_it).copied().map(RecordId)
    }

    /// The record's type, a Dataverse logical name.
    pub fn kind(&self, record: RecordId) -> &str {
        self.kind_name(self.record(record).kind)
    }

    /// The record's id.
    pub fn id(&self, record: RecordId) -> &str {
        self.span(self.record(record).id)
    }

    /// The record's name; `None` where it has none.
    pub fn name(&self, record: RecordId) -> Option<&str> {
        Some(self.span(self.record(record).name)).filter(|name| !name.is_empty())
    }

    /// `type:id`.
    pub fn reference(&self, record: RecordId) -> Reference {
        Reference::new(self.kind(record), self.id(record))
    }

    /// Who owns the record.
    pub fn owner(&self, record: RecordId) -> Option<&Reference> {
        self.record(record)
            .owner
            .map(|at| &self.owners[at as usize])
    }

    /// Whether the record is in use.
    pub fn state(&self, record: RecordId) -> State {
        self.record(record).state
    }

    /// When the record was created.
    pub fn created_on(&self, record: RecordId) -> Option<Timestamp> {
        self.record(record).created_on
    }

    /// The name of an address column.
    pub fn column(&self, column: u16) -> &str {
        &self.columns[usize::from(column)].1
    }

    /// R7's order of records: by type, then earliest `createdon` (none last), then smallest id.
    pub fn compare(&self, a: RecordId, b: RecordId) -> Ordering {
        let key = |record: RecordId| {
            let it = self.record(record);
            let created = it.created_on;
            (
                self.kind_order[usize::from(it.kind)],
                created.is_none(),
                created,
            )
        };
        key(a).cmp(&key(b)).then_with(|| self.id(a).cmp(self.id(b)))
    }

    /// The active accounts that have this registrable domain in their website or their addresses.
    pub fn accounts_of_domain(&self, registrable: &str) -> &[RecordId] {
        self.account_domains
            .get(registrable)
            .map_or(&[], Vec::as_slice)
    }

    /// Prepares lookups under weaker equalities; without it only exact ones are found.
    pub fn fold_by(&mut self, by: Equivalence) {
        if by.is_exact() {
            return;
        }
        let mut entries: HashMap<Box<str>, Vec<u32>> = HashMap::new();
        for entry in 0..self.table.len() {
            if let Some(address) = Address::parse(self.table.address(entry)) {
                entries
                    .entry(address.folded(by).into())
                    .or_default()
                    .push(entry as u32);
            }
        }
        self.folded = Some(Folded { by, entries });
    }

    /// The records that have each of the addresses, in the addresses' order: exact ones first, each group in R7's
    /// order. Scope and state are not looked at here.
    pub fn lookup(&self, addresses: &[&Address], found: &mut Vec<Vec<Candidate>>) {
        let mut exact = Vec::with_capacity(addresses.len());
        self.table.lookup(addresses, &mut exact);
        found.clear();
        found.extend(addresses.iter().zip(exact).map(|(address, entry)| {
            let mut all: Vec<Candidate> = entry
                .map(|entry| self.candidates(entry, Equivalence::EXACT))
                .into_iter()
                .flatten()
                .collect();
            if let Some(folded) = &self.folded {
                self.weaker(address, folded, &mut all);
            }
            all
        }));
    }

    fn candidates(
        &self,
        entry: usize,
        equivalence: Equivalence,
    ) -> impl Iterator<Item = Candidate> {
        self.table
            .postings(entry)
            .iter()
            .map(move |posting| Candidate {
                record: RecordId(posting.record),
                column: posting.column,
                equivalence,
            })
    }

    fn weaker(&self, address: &Address, folded: &Folded, all: &mut Vec<Candidate>) {
        let Some(entries) = folded.entries.get(&*address.folded(folded.by)) else {
            return;
        };
        let exact = all.len();
        for &entry in entries {
            let other = Address::parse(self.table.address(entry as usize));
            match other.and_then(|other| address.equivalence_with(&other)) {
                Some(needed) if !needed.is_exact() => {
                    all.extend(self.candidates(entry as usize, needed))
                }
                _ => (),
            }
        }
        all[exact..].sort_by(|a, b| {
            a.equivalence
                .cmp(&b.equivalence)
                .then_with(|| self.compare(a.record, b.record))
        });
    }

    fn record(&self, record: RecordId) -> &Record {
        &self.records[record.0 as usize]
    }

    fn kind_name(&self, kind: u16) -> &str {
        &self.kinds[usize::from(kind)]
    }

    fn span(&self, span: Span) -> &str {
        &self.text[span.start as usize..(span.start + span.length) as usize]
    }
}
