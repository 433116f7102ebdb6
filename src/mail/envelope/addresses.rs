//! Addresses by *number*: each that a run's mail holds is kept once, and compared as a number from then on.

use crate::base::interner::{Interner, Step, SymbolHash};
use crate::base::memory;
use crate::mail::address::{Address, Normal};
use crate::mail::identity::Identities;

/// The number of a distinct address; while an envelope is a draft, one of the draft's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressId(pub u32);

/// What is distinct in the mail of a run: addresses, and ids of messages.
#[derive(Debug, Default)]
pub struct Distinct {
    /// Every address.
    pub addresses: Addresses,
    /// Every identity of a message, and every id that one names.
    pub identities: Identities,
}

/// Every distinct address of a run, numbered in the order in which it was met.
#[derive(Debug, Default)]
pub struct Addresses {
    numbers: Interner,
    all: Vec<Address>,
}

impl Addresses {
    /// The address's number.
    pub fn intern<'t>(&mut self, address: impl Into<Normal<'t>>) -> AddressId {
        let address = address.into();
        let hash = SymbolHash::of(address.as_str().as_bytes());
        self.intern_hashed(address, hash)
    }

    /// As [`intern`](Addresses::intern), by the hash of its bytes.
    pub(super) fn intern_hashed(&mut self, address: Normal<'_>, hash: SymbolHash) -> AddressId {
        let Addresses { numbers, all } = self;
        let new = all.len() as u32;
        let is_it = |number: u32| all[number as usize].as_str() == address.as_str();
        match numbers.find_or_add(hash, new, is_it) {
            Ok(known) => AddressId(known),
            Err(new) => {
                all.push(address.into_address());
                AddressId(new)
            }
        }
    }

    /// The address of that number.
    pub fn get(&self, id: AddressId) -> &Address {
        &self.all[id.0 as usize]
    }

    /// The number of an address that was met.
    pub fn find(&self, address: &Address) -> Option<AddressId> {
        let is_it = |number: u32| self.all[number as usize] == *address;
        let hash = SymbolHash::of(address.as_str().as_bytes());
        self.numbers.find(hash, is_it).map(AddressId)
    }

    /// Has the processor fetch what the search for an address looks at.
    pub(super) fn prefetch(&self, hash: SymbolHash, step: Step) {
        let known = || self.all.get(self.numbers.likely(hash)? as usize);
        match step {
            Step::Slot => self.numbers.prefetch(hash),
            Step::Record => known().into_iter().for_each(memory::prefetch_value),
            Step::Text => known()
                .into_iter()
                .for_each(|it| memory::prefetch_value(it.as_str())),
        }
    }

    /// All of them, by number.
    pub fn all(&self) -> &[Address] {
        &self.all
    }
}
