//! A set of the values *seen* within one message: a list while it is small, a hash set otherwise.

use std::hash::Hash;

use hashbrown::HashSet;
use smallvec::SmallVec;

/// Maximum expected number of values for which a list is used.
const FEW_MAX: usize = 16;

/// The values seen so far.
pub(crate) enum Seen<T> {
    Few(SmallVec<[T; 4]>),
    Many(HashSet<T>),
}

impl<T: Eq + Hash> Seen<T> {
    /// Creates an empty set for about this number of values.
    pub(crate) fn new(expected: usize) -> Seen<T> {
        if expected <= FEW_MAX {
            Seen::Few(SmallVec::new())
        } else {
            Seen::Many(HashSet::new())
        }
    }

    /// Adds a value; returns whether it is new.
    pub(crate) fn insert(&mut self, item: T) -> bool {
        match self {
            Seen::Few(items) if items.contains(&item) => false,
            Seen::Few(items) => {
                items.push(item);
                true
            }
            Seen::Many(items) => items.insert(item),
        }
    }
}
