//! Messages ranked by time, and which of them have an id.

use crate::mail::envelope::Ids;
use crate::mail::envelope::When;
use crate::mail::identity::IdentityId;

/// What the order of a message depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderEntry<'a> {
    /// When it was received.
    pub received_on: When,
    /// By what it is known.
    pub identity: IdentityId,
    /// The ids that it names in In-Reply-To and References.
    pub named: Ids<'a>,
}

impl OrderEntry<'_> {
    /// The *families* that it names: all messages that bear one Message-ID are a family, and who names the id waits for
    /// all of them.
    fn families(&self) -> impl Iterator<Item = IdentityId> {
        self.named.iter()
    }

    /// As [`OrderEntry::families`], without the first `passed` ones, which are not gone over.
    pub(super) fn families_from(&self, passed: usize) -> impl Iterator<Item = IdentityId> {
        self.named.from(passed).iter()
    }
}

/// The entries by *rank*: their place by time.
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

    /// The ranks of those that come before one that they name. `left` is how many members each family has.
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

/// The ranks of the members of each family, from the first rank that matters on.
pub(super) struct Members {
    /// Where each family's members begin; one more at the end.
    pub(super) starts: Vec<u32>,
    ranks: Vec<u32>,
}

impl Members {
    /// `counts` is how many members each family has at most.
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

    /// The `at`-th member of a family.
    pub(super) fn get(&self, family: IdentityId, at: usize) -> Option<u32> {
        let family = family.0 as usize;
        let place = self.starts[family] as usize + at;
        let rank = self.ranks[..self.starts[family + 1] as usize].get(place)?;
        (*rank != NO_RANK).then_some(*rank)
    }
}

/// Where a family has fewer members than places.
const NO_RANK: u32 = u32::MAX;
