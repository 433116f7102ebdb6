//! What a lookup of many addresses *found*: the records of each.

use crate::book::index::record::RecordId;
use crate::mail::address::Equivalence;

/// The candidates of many addresses, in the addresses' order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    candidates: Vec<Candidate>,
    ends: Vec<u32>,
}

impl Found {
    /// How many addresses were asked for.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The records that have the `number`-th address: exact ones first, each group in R7's order.
    #[inline]
    pub fn of(&self, number: usize) -> &[Candidate] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.candidates[start as usize..self.ends[number] as usize]
    }

    /// Adds what another lookup found.
    pub fn append(&mut self, other: &Found) {
        let base = self.candidates.len() as u32;
        self.candidates.extend(&other.candidates);
        self.ends.extend(other.ends.iter().map(|end| end + base));
    }

    /// Removes everything, and reserves room for `addresses`.
    pub(super) fn begin(&mut self, addresses: usize) {
        self.candidates.clear();
        self.ends.clear();
        self.candidates.reserve(addresses);
        self.ends.reserve(addresses);
    }

    /// A record of the address that is being looked up.
    #[inline]
    pub(super) fn push(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
    }

    /// That address has no more.
    #[inline]
    pub(super) fn end(&mut self) {
        self.ends.push(self.candidates.len() as u32);
    }
}

/// A record that has an address, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The record.
    pub record: RecordId,
    /// The column that holds the address, a number in [`Book::column`].
    pub column: u8,
    /// The weaker equality that it needs to match; exact where none.
    pub equivalence: Equivalence,
}

#[inline]
pub(super) fn candidate(record: u32, column: u8, equivalence: Equivalence) -> Candidate {
    Candidate {
        record: RecordId(record),
        column,
        equivalence,
    }
}
