//! What was *seen* before within one message: a list where there is little, a set where there may be much.

use std::hash::Hash;

use hashbrown::HashSet;
use smallvec::SmallVec;

/// Above this a list would take longer than a set.
const FEW_MAX: usize = 16;

/// The things met so far.
pub(crate) enum Seen<T> {
    Few(SmallVec<[T; 4]>),
    Many(HashSet<T>),
}

impl<T: Eq + Hash> Seen<T> {
    /// Empty, with room for this many.
    pub(crate) fn new(expected: usize) -> Seen<T> {
        if expected <= FEW_MAX {
            Seen::Few(SmallVec::new())
        } else {
            Seen::Many(HashSet::new())
        }
    }

    /// Whether it is new.
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
