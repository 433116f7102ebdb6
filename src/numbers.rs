//! *Numbers* of things that a run meets again and again: each thing is kept once, in a list, and found here by what it is.

use std::hash::{BuildHasher as _, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// The numbers of things in a list, to be found by hash. Half of each hash is kept, so that most of what is another is told
/// apart, and the table grows, without a look at the list, which is not in the processor's cache.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    table: HashTable<Entry>,
    hasher: DefaultHashBuilder,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    number: u32,
}

impl Entry {
    /// A table looks at both ends of a hash.
    fn spread(self) -> u64 {
        u64::from(self.hash) << 32 | u64::from(self.hash)
    }
}

impl Numbers {
    fn entry(&self, key: impl Hash, number: u32) -> Entry {
        let hash = (self.hasher.hash_one(key) >> 32) as u32;
        Entry { hash, number }
    }

    /// The number that `is_it` is true of, among those that were added with an equal key.
    pub(crate) fn find(&self, key: impl Hash, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.find_entry(self.entry(key, 0), is_it)
    }

    fn find_entry(&self, like: Entry, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let is_it = |entry: &Entry| entry.hash == like.hash && is_it(entry.number);
        self.table
            .find(like.spread(), is_it)
            .map(|entry| entry.number)
    }

    /// As [`find`](Numbers::find); where there is none, `new` is added, and `Err` says so.
    pub(crate) fn find_or_add(
        &mut self,
        key: impl Hash,
        new: u32,
        is_it: impl Fn(u32) -> bool,
    ) -> Result<u32, u32> {
        let entry = self.entry(key, new);
        match self.find_entry(entry, is_it) {
            Some(known) => Ok(known),
            None => {
                let spread = |entry: &Entry| entry.spread();
                self.table.insert_unique(entry.spread(), entry, spread);
                Err(new)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_one_hash_is_told_apart() {
        // All keys are equal: only the list tells.
        let list: Vec<String> = (0..5000).map(|at| at.to_string()).collect();
        let mut numbers = Numbers::default();
        for (number, text) in (0..).zip(&list).take(300) {
            let is_it = |at: u32| list[at as usize] == *text;
            assert_eq!(numbers.find_or_add("", number, is_it), Err(number));
            assert_eq!(numbers.find_or_add("", 9999, is_it), Ok(number));
        }
        let mut numbers = Numbers::default();
        for (number, text) in (0..).zip(&list) {
            let is_it = |at: u32| list[at as usize] == *text;
            assert_eq!(numbers.find(text, is_it), None);
            assert_eq!(numbers.find_or_add(text, number, is_it), Err(number));
            assert_eq!(numbers.find(text, is_it), Some(number));
        }
    }
}
