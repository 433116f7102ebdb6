//! Interned addresses: each distinct address of a run's mail is stored once, and compared by its number.

use crate::base::interner::{Interner, Step, SymbolHash};
use crate::base::memory;
use crate::mail::address::{Address, Normal};
use crate::mail::identity::Identities;

/// The number of a distinct address. In a draft of an envelope, numbers are those of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressId(pub u32);

/// The interned values of a run's mail: addresses and message ids.
#[derive(Debug, Default)]
pub struct Distinct {
    /// Every address.
    pub addresses: Addresses,
    /// The identity of every message, and every id that a message names.
    pub identities: Identities,
}

/// Every distinct address of a run, numbered in order of first occurrence.
#[derive(Debug, Default)]
pub struct Addresses {
    numbers: Interner,
    all: Vec<Address>,
}

impl Addresses {
    /// Returns the address's number, and adds the address if it is new.
    pub fn intern<'t>(&mut self, address: impl Into<Normal<'t>>) -> AddressId {
        let address = address.into();
        let hash = SymbolHash::of(address.as_str().as_bytes());
        self.intern_hashed(address, hash)
    }

    /// Like [`intern`](Addresses::intern), with the hash of the address's bytes.
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

    /// Returns the address with that number.
    pub fn get(&self, id: AddressId) -> &Address {
        &self.all[id.0 as usize]
    }

    /// Returns the number of an address, if it occurs in the mail.
    pub fn find(&self, address: &Address) -> Option<AddressId> {
        let is_it = |number: u32| self.all[number as usize] == *address;
        let hash = SymbolHash::of(address.as_str().as_bytes());
        self.numbers.find(hash, is_it).map(AddressId)
    }

    /// Prefetches what one step of the search for an address reads.
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

    /// Returns all addresses, indexed by number.
    pub fn all(&self) -> &[Address] {
        &self.all
    }
}
