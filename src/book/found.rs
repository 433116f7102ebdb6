//! The result of looking up many addresses: the records of each.

use crate::book::index::record::RecordId;
use crate::mail::address::Equivalence;

/// The candidates of many addresses, in the order of the lookup.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LookupResults {
    candidates: Vec<Candidate>,
    ends: Vec<u32>,
}

impl LookupResults {
    /// Returns the number of addresses that were looked up.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether no address was looked up.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the candidates of the `number`-th address: exact matches first, each group in R7's order.
    #[inline]
    pub fn of(&self, number: usize) -> &[Candidate] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.candidates[start as usize..self.ends[number] as usize]
    }

    /// Appends the results of another lookup.
    pub fn append(&mut self, other: &LookupResults) {
        let base = self.candidates.len() as u32;
        self.candidates.extend(&other.candidates);
        self.ends.extend(other.ends.iter().map(|end| end + base));
    }

    /// Clears the results, and reserves room for `addresses` addresses.
    pub(super) fn begin(&mut self, addresses: usize) {
        self.candidates.clear();
        self.ends.clear();
        self.candidates.reserve(addresses);
        self.ends.reserve(addresses);
    }

    /// Adds a candidate for the current address.
    #[inline]
    pub(super) fn push(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
    }

    /// Ends the current address.
    #[inline]
    pub(super) fn end(&mut self) {
        self.ends.push(self.candidates.len() as u32);
    }
}

/// A record that has a looked-up address, and how it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The record.
    pub record: RecordId,
    /// The column that holds the address, a number for [`Book::column`].
    pub column: u8,
    /// The address equivalence under which it matches; exact if it needs none.
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
