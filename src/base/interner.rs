//! An *interner* numbers values that occur repeatedly: each distinct value is stored once, in a list, and found by its
//! hash.

use std::hash::{BuildHasher as _, Hash};
use std::sync::LazyLock;

use hashbrown::DefaultHashBuilder;

use super::memory;

/// The hash of a value. It is seeded randomly, so that mail cannot be crafted whose addresses all have the same hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SymbolHash(u32);

impl SymbolHash {
    pub(crate) fn of(thing: impl Hash) -> SymbolHash {
        static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
        SymbolHash((HASHER.hash_one(thing) >> 32) as u32)
    }
}

/// The steps of a search. Each reads memory at an address that the previous one found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Reads the table.
    Slot,
    /// Reads the value's entry in the list.
    Record,
    /// Reads the value's text.
    Text,
}

/// A hash table of the numbers of values in a list. It stores hashes, so that nearly all different values are
/// distinguished, and the table grows, without access to the list, which is not in the processor's cache.
///
/// It is our own table so that slots can be prefetched.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    /// The length is a power of two. Collisions are resolved by linear probing.
    slots: Vec<Slot>,
    count: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: SymbolHash,
    number: u32,
}

impl Slot {
    const FREE: Slot = Slot {
        hash: SymbolHash(0),
        number: u32::MAX,
    };
}

/// Number of slots of the smallest table that is not empty.
const SLOTS_MIN: usize = 16;

impl Interner {
    /// Returns the number that `is_it` accepts, among those that were added with an equal hash.
    pub(crate) fn find(&self, hash: SymbolHash, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.slot(hash, is_it).ok()
    }

    /// Like [`find`](Interner::find), but adds `new` if there is none, and returns it as `Err`.
    pub(crate) fn find_or_add(
        &mut self,
        hash: SymbolHash,
        new: u32,
        is_it: impl Fn(u32) -> bool,
    ) -> Result<u32, u32> {
        if 4 * (self.count + 1) > 3 * self.slots.len() {
            self.grow();
        }
        match self.slot(hash, is_it) {
            Ok(known) => Ok(known),
            Err(free) => {
                self.slots[free] = Slot { hash, number: new };
                self.count += 1;
                Err(new)
            }
        }
    }

    /// Returns the number that `is_it` accepts, or else the free slot for it.
    fn slot(&self, hash: SymbolHash, is_it: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mut at = self.first(hash);
        while let Some(slot) = self
            .slots
            .get(at)
            .filter(|it| it.number != Slot::FREE.number)
        {
            if slot.hash == hash && is_it(slot.number) {
                return Ok(slot.number);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Err(at)
    }

    /// Returns the slot at which the search for a hash begins.
    fn first(&self, hash: SymbolHash) -> usize {
        hash.0 as usize & self.slots.len().saturating_sub(1)
    }

    fn grow(&mut self) {
        let room = (2 * self.slots.len()).max(SLOTS_MIN);
        let before = std::mem::replace(&mut self.slots, vec![Slot::FREE; room]);
        let taken = before
            .into_iter()
            .filter(|it| it.number != Slot::FREE.number);
        for slot in taken {
            if let Err(free) = self.slot(slot.hash, |_| false) {
                self.slots[free] = slot;
            }
        }
    }

    /// Prefetches the slot that [`find`](Interner::find) reads first.
    pub(crate) fn prefetch(&self, hash: SymbolHash) {
        if let Some(slot) = self.slots.get(self.first(hash)) {
            memory::prefetch_value(slot);
        }
    }

    /// Returns the number that a search will probably return, without access to the list.
    pub(crate) fn likely(&self, hash: SymbolHash) -> Option<u32> {
        self.find(hash, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_one_hash_is_kept_apart() {
        // All keys are equal: only the list can tell them apart.
        let list: Vec<String> = (0..5000).map(|at| at.to_string()).collect();
        let mut numbers = Interner::default();
        for (number, text) in (0..).zip(&list).take(300) {
            let is_it = |at: u32| list[at as usize] == *text;
            assert_eq!(
                numbers.find_or_add(SymbolHash::of(""), number, is_it),
                Err(number)
            );
            assert_eq!(
                numbers.find_or_add(SymbolHash::of(""), 9999, is_it),
                Ok(number)
            );
        }
        let mut numbers = Interner::default();
        for (number, text) in (0..).zip(&list) {
            let is_it = |at: u32| list[at as usize] == *text;
            assert_eq!(numbers.find(SymbolHash::of(text), is_it), None);
            assert_eq!(
                numbers.find_or_add(SymbolHash::of(text), number, is_it),
                Err(number)
            );
            assert_eq!(numbers.find(SymbolHash::of(text), is_it), Some(number));
        }
    }

    proptest! {
        /// Whatever the hashes: few keys have one, or nearly all.
        #[test]
        fn each_is_found_by_its_first_number(keys in prop::collection::vec(0..60u32, 0..200), hashes in 1..80u32) {
            let mut numbers = Interner::default();
            let mut list: Vec<u32> = Vec::new();
            for key in keys {
                let hash = SymbolHash(key % hashes);
                let is_it = |at: u32| list[at as usize] == key;
                let want = list.iter().position(|known| *known == key).map(|at| at as u32);
                prop_assert_eq!(numbers.find(hash, is_it), want);
                prop_assert!(want.is_none() || numbers.likely(hash).is_some());
                numbers.prefetch(hash);
                let new = list.len() as u32;
                prop_assert_eq!(numbers.find_or_add(hash, new, is_it), want.ok_or(new));
                if want.is_none() {
                    list.push(key);
                }
            }
        }
    }
}
