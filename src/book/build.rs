//! Putting a book together: records and addresses are added one by one, and indexed at the end.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};
use jiff::Timestamp;

use super::table::Posting;
use super::{AddressTable, Book, KnownEmail, Record, RecordId, Span, State};
use crate::address::Address;
use crate::domain;
use crate::reference::Reference;

/// R7's order of record types; all others follow by name.
const KIND_ORDER: [&str; 7] = [
    "systemuser",
    "contact",
    "account",
    "lead",
    "equipment",
    "team",
    "businessunit",
];

/// What a book needs of a record.
#[derive(Debug)]
pub struct NewRecord<'a> {
    /// Its id, unique among the records of its type.
    pub id: &'a str,
    /// Its name, or nothing.
    pub name: &'a str,
    /// Its owner: `type:id` or a bare id, or nothing.
    pub owner: &'a str,
    /// Whether it is in use.
    pub state: State,
    /// When it was created.
    pub created_on: Option<Timestamp>,
    /// Its web address, or nothing.
    pub website: &'a str,
}

/// A book in the making.
#[derive(Debug, Default)]
pub struct BookBuilder {
    text: String,
    kinds: Vec<Box<str>>,
    records: Vec<Record>,
    owners: Vec<Box<str>>,
    owner_numbers: HashMap<Box<str>, u32>,
    columns: Vec<(u16, Box<str>)>,
    by_reference: HashTable<u32>,
    addresses: Vec<(Address, Posting)>,
    websites: Vec<(u32, Box<str>)>,
    emails: Vec<KnownEmail>,
    warnings: Vec<String>,
}

/// The hash of a reference, the same for the whole run of the program.
pub(super) fn reference_hash(kind: &str, id: &str) -> u64 {
    use std::sync::OnceLock;
    static HASHER: OnceLock<DefaultHashBuilder> = OnceLock::new();
    HASHER
        .get_or_init(DefaultHashBuilder::default)
        .hash_one((kind, id))
}

impl BookBuilder {
    /// Adds a record type.
    pub fn add_kind(&mut self, kind: &str) -> u16 {
        self.kinds.push(kind.into());
        (self.kinds.len() - 1) as u16
    }

    /// Adds an address column of a type.
    pub fn add_column(&mut self, kind: u16, name: &str) -> u16 {
        self.columns.push((kind, name.into()));
        (self.columns.len() - 1) as u16
    }

    /// Adds a record; `None` where its type has that id already.
    pub fn add_record(&mut self, kind: u16, new: &NewRecord<'_>) -> Option<RecordId> {
        let number = self.records.len() as u32;
        let hash = reference_hash(&self.kinds[usize::from(kind)], new.id);
        let is_known = |&at: &u32| {
            self.records[at as usize].kind == kind
                && self.span(self.records[at as usize].id) == new.id
        };
        if self.by_reference.find(hash, is_known).is_some() {
            return None;
        }
        let record = Record {
            kind,
            state: new.state,
            owner: self.owner(new.owner),
            id: self.push(new.id),
            name: self.push(new.name),
            created_on: new.created_on,
        };
        self.records.push(record);
        let (records, kinds, text) = (&self.records, &self.kinds, &self.text);
        let rehash = |&at: &u32| {
            let record = &records[at as usize];
            let id = &text[record.id.start as usize..(record.id.start + record.id.length) as usize];
            reference_hash(&kinds[usize::from(record.kind)], id)
        };
        self.by_reference.insert_unique(hash, number, rehash);
        if !new.website.is_empty() {
            self.websites.push((number, new.website.into()));
        }
        Some(RecordId(number))
    }

    /// Adds an address of a record.
    pub fn add_address(&mut self, record: RecordId, column: u16, address: Address) {
        let posting = Posting {
            record: record.0,
            column,
        };
        self.addresses.push((address, posting));
    }

    /// Adds the mailboxes' owners whose type the book has no file for.
    pub fn add_owners<'o>(&mut self, owners: impl IntoIterator<Item = &'o Reference>) {
        let of_files = self.kinds.len();
        for owner in owners {
            let known = self.kinds.iter().position(|kind| *kind == owner.kind);
            match known {
                Some(at) if at < of_files => (),
                Some(at) => self.add_owner(at as u16, owner),
                None => {
                    let kind = self.add_kind(&owner.kind);
                    self.add_owner(kind, owner);
                }
            }
        }
    }

    fn add_owner(&mut self, kind: u16, owner: &Reference) {
        let file = &owner.kind;
        let warning = format!(
            "the book has no {file}.csv, so of {owner} only the addresses in the options are known"
        );
        let new = NewRecord {
            id: &owner.id,
            name: "",
            owner: "",
            state: State::Active,
            created_on: None,
            website: "",
        };
        if self.add_record(kind, &new).is_some() {
            self.warn(warning);
        }
    }

    /// Adds an activity that the CRM already has.
    pub fn add_email(&mut self, email: KnownEmail) {
        self.emails.push(email);
    }

    /// Notes something that was left out.
    pub fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// Indexes what was added.
    pub fn finish(self) -> Book {
        let mut book = Book {
            kind_order: kind_order(&self.kinds),
            owners: Vec::new(),
            table: AddressTable::default(),
            account_domains: HashMap::new(),
            folded: None,
            text: self.text,
            kinds: self.kinds,
            records: self.records,
            columns: self.columns,
            by_reference: self.by_reference,
            emails: self.emails,
            warnings: self.warnings,
        };
        book.owners = self
            .owners
            .iter()
            .map(|owner| owner_reference(&book, owner))
            .collect();
        let mut rows = self.addresses;
        // The table keeps the order of the records of one address.
        rows.sort_by(|(_, a), (_, b)| {
            book.compare(RecordId(a.record), RecordId(b.record))
                .then(a.column.cmp(&b.column))
        });
        book.account_domains = account_domains(&book, &rows, &self.websites);
        book.table = AddressTable::build(rows);
        book
    }

    fn owner(&mut self, text: &str) -> Option<u32> {
        if text.is_empty() {
            return None;
        }
        if let Some(&number) = self.owner_numbers.get(text) {
            return Some(number);
        }
        let number = self.owners.len() as u32;
        self.owners.push(text.into());
        self.owner_numbers.insert(text.into(), number);
        Some(number)
    }

    fn push(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            length: text.len() as u32,
        }
    }

    fn span(&self, span: Span) -> &str {
        &self.text[span.start as usize..(span.start + span.length) as usize]
    }
}

/// The place of each type in R7's order.
fn kind_order(kinds: &[Box<str>]) -> Vec<u16> {
    let key = |kind: &str| {
        let at = KIND_ORDER
            .iter()
            .position(|&known| known == kind)
            .unwrap_or(KIND_ORDER.len());
        (at, kind.to_owned())
    };
    let mut sorted: Vec<&Box<str>> = kinds.iter().collect();
    sorted.sort_by_key(|kind| key(kind));
    kinds
        .iter()
        .map(|kind| {
            sorted
                .iter()
                .position(|other| *other == kind)
                .unwrap_or_default() as u16
        })
        .collect()
}

/// An owner as the book writes it: a bare id is a `systemuser`, else a `team`.
fn owner_reference(book: &Book, text: &str) -> Reference {
    if let Some(reference) = Reference::parse(text) {
        return reference;
    }
    let user = Reference::new("systemuser", text);
    let team = Reference::new("team", text);
    if book.find(&user).is_none() && book.find(&team).is_some() {
        team
    } else {
        user
    }
}

/// The active accounts of each registrable domain (R11).
fn account_domains(
    book: &Book,
    rows: &[(Address, Posting)],
    websites: &[(u32, Box<str>)],
) -> HashMap<Box<str>, Vec<RecordId>> {
    let is_active_account =
        |record: RecordId| book.kind(record) == "account" && book.state(record) == State::Active;
    let mut domains: HashMap<Box<str>, Vec<RecordId>> = HashMap::new();
    let mut add = |domain: &str, record: RecordId| {
        if let Some(registrable) = domain::registrable(domain) {
            let accounts = domains.entry(registrable.into()).or_default();
            if !accounts.contains(&record) {
                accounts.push(record);
            }
        }
    };
    for (address, posting) in rows {
        let record = RecordId(posting.record);
        if is_active_account(record) {
            add(address.domain(), record);
        }
    }
    for (record, website) in websites {
        let record = RecordId(*record);
        if let Some(host) = domain::of_website(website).filter(|_| is_active_account(record)) {
            add(&host, record);
        }
    }
    domains
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_owner_is_a_user_else_a_team() {
        let mut builder = BookBuilder::default();
        let record = |id, owner| NewRecord {
            id,
            name: "",
            owner,
            state: State::Active,
            created_on: None,
            website: "",
        };
        for (kind, ids) in [("systemuser", ["1", "2"]), ("team", ["2", "3"])] {
            let kind = builder.add_kind(kind);
            ids.iter()
                .for_each(|id| assert!(builder.add_record(kind, &record(id, "")).is_some()));
        }
        let contact = builder.add_kind("contact");
        let cases = [
            ("1", "systemuser:1"),
            ("2", "systemuser:2"),
            ("3", "team:3"),
            ("4", "systemuser:4"),
            ("team:2", "team:2"),
        ];
        let added: Vec<RecordId> = cases
            .iter()
            .map(|(owner, _)| builder.add_record(contact, &record(owner, owner)).unwrap())
            .collect();
        let book = builder.finish();
        for (id, (owner, want)) in added.into_iter().zip(cases) {
            assert_eq!(
                book.owner(id).map(ToString::to_string).as_deref(),
                Some(want),
                "{owner}"
            );
        }
    }
}
