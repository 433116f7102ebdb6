//! A *part* of a book that is being built: records of one type that were read together. Parts are made on several
//! threads and added to the book in file order.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::book::index::draft::Entries;
use crate::book::index::key::AddressKey;
use crate::book::index::layout::sum;
use crate::book::index::push_text;
use crate::book::index::record::Record;
use crate::book::index::record::RecordState;
use crate::book::index::table::LEFT_OUT;
use crate::mail::address::Address;
use crate::mail::address::domain;

/// The fields of a record to be added to a book.
#[derive(Debug)]
pub struct NewRecord<'a> {
    /// Its id, unique among the records of its type.
    pub id: &'a str,
    /// Its name; may be empty.
    pub name: &'a str,
    /// Its owner, `type:id` or a bare id; may be empty.
    pub owner: &'a str,
    /// Whether it is in use.
    pub state: RecordState,
    /// When it was created.
    pub created_on: Option<Timestamp>,
    /// Its web address; may be empty.
    pub website: &'a str,
}

/// Records of one type.
#[derive(Clone, Debug)]
pub struct BookPart {
    pub(crate) kind: u16,
    /// Whether the records are accounts, which are also found by their domains (R11).
    is_of_accounts: bool,
    pub(crate) records: Vec<Record>,
    pub(crate) id_hashes: Vec<u64>,
    pub(crate) names: Vec<u8>,
    pub(crate) cells: Vec<u8>,
    pub(crate) cell_starts: Vec<u64>,
    pub(crate) owners: Vec<Box<str>>,
    owner_numbers: HashMap<Box<str>, u32>,
    pub(crate) entries: Entries,
    pub(crate) domains: Vec<(Box<str>, u32)>,
    /// The addresses of records that an offline book leaves out.
    pub(crate) left_out: Entries,
}

impl BookPart {
    pub(crate) fn new(kind: u16, is_of_accounts: bool) -> BookPart {
        BookPart {
            kind,
            is_of_accounts,
            records: Vec::new(),
            id_hashes: Vec::new(),
            names: Vec::new(),
            cells: Vec::new(),
            cell_starts: Vec::new(),
            owners: Vec::new(),
            owner_numbers: HashMap::new(),
            entries: Entries::default(),
            domains: Vec::new(),
            left_out: Entries::default(),
        }
    }

    /// Adds a record and returns its number within the part. Its id and name have at most [`crate::book::TEXT_MAX`]
    /// bytes.
    pub fn record(&mut self, new: &NewRecord<'_>) -> u32 {
        let number = self.records.len() as u32;
        let owner = self.owner(new.owner);
        self.records.push(Record {
            names: self.names.len() as u64,
            id_length: new.id.len() as u16,
            name_length: new.name.len() as u16,
            kind: self.kind,
            state: new.state,
            owner,
            created_on: new.created_on.into(),
        });
        self.names.extend(new.id.as_bytes());
        self.names.extend(new.name.as_bytes());
        self.id_hashes.push(sum(new.id.as_bytes()));
        if self.is_of_accounts && new.state == RecordState::Active && !new.website.is_empty() {
            let host = domain::of_website(new.website);
            self.domain(host.as_deref().unwrap_or(""), number);
        }
        number
    }

    /// Adds the cells of the record that was added last, in the order of its type's kept columns.
    pub fn cells<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        self.cell_starts.push(self.cells.len() as u64);
        cells
            .into_iter()
            .for_each(|cell| push_text(&mut self.cells, cell));
    }

    /// Adds an address of a record as it is written in the file; returns whether it is a valid address.
    pub fn address_text(&mut self, record: u32, column: u8, text: &str) -> bool {
        if !self.is_of_accounts
            && Address::is_plain(text)
            && let Some(key) = AddressKey::of(text.as_bytes())
        {
            self.entries.add_key(key, column, record);
            return true;
        }
        let address = Address::of_cell(text);
        address.as_ref().is_some_and(|address| {
            self.address(record, column, address);
            true
        })
    }

    /// Adds an address of a record.
    pub fn address(&mut self, record: u32, column: u8, address: &Address) {
        self.entries.add(address.as_str(), column, record);
        if self.is_of_accounts && self.records[record as usize].state == RecordState::Active {
            self.domain(address.domain(), record);
        }
    }

    /// Adds an address of a left-out record as it is written in the file; returns whether it is a valid address.
    pub fn left_out_address(&mut self, text: &str) -> bool {
        let address = Address::of_cell(text);
        address.is_some_and(|address| {
            self.left_out.add(address.as_str(), LEFT_OUT, 0);
            true
        })
    }

    fn domain(&mut self, domain: &str, record: u32) {
        if let Some(registrable) = domain::registrable(domain) {
            self.domains.push((registrable.into(), record));
        }
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
}

/// Reads a record's id from the names of its part.
pub(super) fn id_in(names: &[u8], record: &Record) -> Box<str> {
    let start = record.names as usize;
    let id = names
        .get(start..start + usize::from(record.id_length))
        .unwrap_or_default();
    String::from_utf8_lossy(id).into()
}
