//! Messages ranked by time, and the members of each family.

use crate::mail::envelope::Ids;
use crate::mail::envelope::When;
use crate::mail::identity::IdentityId;

/// The properties of a message that its order depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderEntry<'a> {
    /// Its received time.
    pub received_on: When,
    /// Its identity.
    pub identity: IdentityId,
    /// The ids that it names in In-Reply-To and References.
    pub named: Ids<'a>,
}

impl OrderEntry<'_> {
    /// Returns the *families* that it names. All messages with one Message-ID are a family; a message that names the id
    /// waits for all of them.
    fn families(&self) -> impl Iterator<Item = IdentityId> {
        self.named.iter()
    }

    /// Like [`OrderEntry::families`], but skips the first `passed` ones in constant time.
    pub(super) fn families_from(&self, passed: usize) -> impl Iterator<Item = IdentityId> {
        self.named.from(passed).iter()
    }
}

/// The entries by *rank*, their position by time.
pub(super) struct Ranked<'a> {
    pub(super) entries: &'a [OrderEntry<'a>],
    pub(super) by_time: &'a [u32],
}

impl Ranked<'_> {
    pub(super) fn entry(&self, rank: u32) -> &OrderEntry<'_> {
        &self.entries[self.by_time[rank as usize] as usize]
    }

    pub(super) fn ranks(&self) -> std::ops::Range<u32> {
        0..self.by_time.len() as u32
    }

    /// Returns the ranks of messages that come before one that they name. `left` is the number of members of each
    /// family.
    pub(super) fn early(&self, mut left: Vec<u32>) -> Vec<u32> {
        let mut early = Vec::new();
        for rank in self.ranks() {
            let entry = self.entry(rank);
            if entry.families().any(|family| left[family.0 as usize] > 0) {
                early.push(rank);
            }
            left[entry.identity.0 as usize] -= 1;
        }
        early
    }
}

/// The ranks of the members of each family, from a first rank on.
pub(super) struct Members {
    /// The index in `ranks` at which each family's members begin, and one more for the end.
    pub(super) starts: Vec<u32>,
    ranks: Vec<u32>,
}

impl Members {
    /// Collects the members with rank `first` or higher. `counts` is the number of members of each family, an upper
    /// limit.
    pub(super) fn new(ranked: &Ranked<'_>, counts: &[u32], first: u32) -> Members {
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut next = 0;
        for count in counts {
            starts.push(next);
            next += count;
        }
        starts.push(next);
        let mut ends: Vec<u32> = starts.clone();
        let mut ranks = vec![NO_RANK; next as usize];
        for rank in first..ranked.ranks().end {
            let end = &mut ends[ranked.entry(rank).identity.0 as usize];
            ranks[*end as usize] = rank;
            *end += 1;
        }
        Members { starts, ranks }
    }

    /// Returns member `at` of a family.
    pub(super) fn get(&self, family: IdentityId, at: usize) -> Option<u32> {
        let family = family.0 as usize;
        let place = self.starts[family] as usize + at;
        let rank = self.ranks[..self.starts[family + 1] as usize].get(place)?;
        (*rank != NO_RANK).then_some(*rank)
    }
}

/// Fills the places of members with a rank below the first.
const NO_RANK: u32 = u32::MAX;
