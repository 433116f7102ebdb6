//! Messages in the order of their times, an answer after what it answers.

use std::borrow::Cow;

use super::cycles::Cycles;
use super::waiting::Waiting;
use crate::mail::envelope::{Ids, When};
use crate::mail::identity::{Identities, IdentityId};

/// What the order of a message depends on.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When it was received.
    pub received_on: When,
    /// By what it is known.
    pub identity: IdentityId,
    /// The ids that it names in In-Reply-To and References.
    pub named: Ids<'a>,
}

impl Entry<'_> {
    /// The *families* that it names: all messages that bear one Message-ID are a family, and who names the id waits for
    /// all of them.
    fn families(&self) -> impl Iterator<Item = IdentityId> {
        self.named.iter()
    }

    /// As [`Entry::families`], without the first `passed` ones, which are not gone over.
    pub(super) fn families_from(&self, passed: usize) -> impl Iterator<Item = IdentityId> {
        self.named.from(passed).iter()
    }
}

/// The entries' numbers in the order in which they are decided.
///
/// Of the messages that wait for nothing, the first by received time (none last), Message-ID (none first) and source
/// is taken. A message waits for every message that it names, unless that one, round a cycle, waits for it.
pub fn order<'s>(
    entries: &[Entry<'_>],
    identities: &Identities,
    source: impl Fn(u32) -> Cow<'s, str>,
) -> Vec<u32> {
    let by_time = by_time(entries, identities, source);
    let ranked = Ranked {
        entries,
        by_time: &by_time,
    };
    let mut left = vec![0; identities.count()];
    for entry in entries {
        left[entry.identity.0 as usize] += 1;
    }
    let early = ranked.early(left.clone());
    let Some(&first) = early.first() else {
        return by_time;
    };
    let members = Members::new(&ranked, &left, first);
    let cycles = Cycles::find(&ranked, &members, &early);
    let order = Waiting::new(&ranked, &cycles, left).order();
    order
        .into_iter()
        .map(|rank| by_time[rank as usize])
        .collect()
}

/// The entries' numbers by time, Message-ID and source.
fn by_time<'s>(
    entries: &[Entry<'_>],
    identities: &Identities,
    source: impl Fn(u32) -> Cow<'s, str>,
) -> Vec<u32> {
    let time = |entry: &Entry<'_>| entry.received_on.rank();
    let id = |at: u32| identities.message_id(entries[at as usize].identity);
    let mut timed: Vec<(i64, u32)> = entries.iter().map(time).zip(0..).collect();
    timed.sort_unstable();
    // Times nearly always differ; texts are looked at only where they do not.
    let alike = timed.chunk_by_mut(|(one, _), (other, _)| one == other);
    for alike in alike.filter(|alike| alike.len() > 1) {
        alike.sort_by(|&(_, one), &(_, other)| {
            let by_id = id(one).cmp(&id(other));
            by_id.then_with(|| source(one).cmp(&source(other)))
        });
    }
    timed.into_iter().map(|(_, at)| at).collect()
}

/// The entries by *rank*: their place by time.
pub(super) struct Ranked<'a> {
    entries: &'a [Entry<'a>],
    pub(super) by_time: &'a [u32],
}

impl Ranked<'_> {
    pub(super) fn entry(&self, rank: u32) -> &Entry<'_> {
        &self.entries[self.by_time[rank as usize] as usize]
    }

    pub(super) fn ranks(&self) -> std::ops::Range<u32> {
        0..self.by_time.len() as u32
    }

    /// The ranks of those that come before one that they name. `left` is how many members each family has.
    fn early(&self, mut left: Vec<u32>) -> Vec<u32> {
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
    fn new(ranked: &Ranked<'_>, counts: &[u32], first: u32) -> Members {
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

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
