//! The *address table*: from an address in normal form to the records that have it.
//!
//! Addresses lie one after another in one string, and are found by a hash table of their numbers, so that a lookup
//! touches the table, the string and the list of records, and allocates nothing.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::address::Address;

/// A record that has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The record's number.
    pub record: u32,
    /// The column that holds the address.
    pub column: u16,
}

/// Addresses, and the records that have them.
#[derive(Debug, Default)]
pub struct AddressTable {
    text: String,
    /// Where each address and each list of records starts; one more at the end.
    starts: Vec<(u32, u32)>,
    postings: Vec<Posting>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl AddressTable {
    /// Builds the table. The records of one address stand in the order in which they are given.
    pub fn build(mut rows: Vec<(Address, Posting)>) -> AddressTable {
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut table = AddressTable::default();
        for (at, (address, posting)) in rows.iter().enumerate() {
            if at == 0 || rows[at - 1].0 != *address {
                table
                    .starts
                    .push((table.text.len() as u32, table.postings.len() as u32));
                table.text.push_str(address.as_str());
            }
            table.postings.push(*posting);
        }
        table
            .starts
            .push((table.text.len() as u32, table.postings.len() as u32));
        let mut index = HashTable::with_capacity(table.len());
        for entry in 0..table.len() {
            let hash = table.hasher.hash_one(table.address(entry));
            index.insert_unique(hash, entry as u32, |&entry| {
                table.hasher.hash_one(table.address(entry as usize))
            });
        }
        table.index = index;
        table
    }

    /// How many addresses there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of each address, in the addresses' order.
    pub fn lookup(&self, addresses: &[&Address], found: &mut Vec<Option<usize>>) {
        found.clear();
        found.extend(addresses.iter().map(|address| {
            let hash = self.hasher.hash_one(address.as_str());
            let entry = self.index.find(hash, |&entry| {
                self.address(entry as usize) == address.as_str()
            });
            entry.map(|&entry| entry as usize)
        }));
    }

    /// An entry's address.
    pub fn address(&self, entry: usize) -> &str {
        &self.text[self.starts[entry].0 as usize..self.starts[entry + 1].0 as usize]
    }

    /// The records that have an entry's address.
    pub fn postings(&self, entry: usize) -> &[Posting] {
        &self.postings[self.starts[entry].1 as usize..self.starts[entry + 1].1 as usize]
    }
}
