//! Orders the messages: they are taken by rank, but one that names a message not yet taken is set aside until it is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::HashMap;

use super::cycles::Cycles;
use crate::decide::order::ranked::Ranked;
use crate::mail::identity::IdentityId;

/// The rank of a message that is set aside, and the number of the families it names that it no longer waits for.
type Aside = (u32, usize);

/// The state of the ordering.
pub(super) struct Waiting<'a> {
    ranked: &'a Ranked<'a>,
    cycles: &'a Cycles,
    /// The number of members of each family that are not yet taken.
    left: Vec<u32>,
    /// The number of those that are on the family's cycle, for families on a cycle.
    left_on_cycle: HashMap<IdentityId, u32>,
    /// The messages that wait for all members of a family.
    for_all: HashMap<IdentityId, Vec<Aside>>,
    /// The messages on a family's cycle, which wait only for its members that are not on the cycle.
    for_others: HashMap<IdentityId, Vec<Aside>>,
    /// The ranks of messages that no longer wait.
    freed: BinaryHeap<Reverse<u32>>,
    order: Vec<u32>,
}

impl<'a> Waiting<'a> {
    /// `left` is the number of members of each family.
    pub(super) fn new(ranked: &'a Ranked<'a>, cycles: &'a Cycles, left: Vec<u32>) -> Waiting<'a> {
        let mut left_on_cycle: HashMap<IdentityId, u32> = HashMap::new();
        for rank in ranked.ranks() {
            if cycles.of_rank(rank).is_some() {
                *left_on_cycle
                    .entry(ranked.entry(rank).identity)
                    .or_default() += 1;
            }
        }
        Waiting {
            ranked,
            cycles,
            order: Vec::with_capacity(ranked.by_time.len()),
            left,
            left_on_cycle,
            for_all: HashMap::new(),
            for_others: HashMap::new(),
            freed: BinaryHeap::new(),
        }
    }

    /// Returns the ranks in the order in which they are taken.
    pub(super) fn order(mut self) -> Vec<u32> {
        for rank in self.ranked.ranks() {
            if self.is_free((rank, 0)) {
                self.take(rank);
            }
            // Everything that is set aside has a lower rank than what comes next.
            while let Some(Reverse(freed)) = self.freed.pop() {
                self.take(freed);
            }
        }
        self.order
    }

    /// Returns whether a message waits for nothing; otherwise sets it aside.
    fn is_free(&mut self, (rank, passed): Aside) -> bool {
        let own = self.cycles.of_rank(rank);
        let families = self.ranked.entry(rank).families_from(passed);
        for (at, family) in (passed..).zip(families) {
            let is_same = own.is_some() && own == self.cycles.of_family(family);
            let left = self.left[family.0 as usize];
            let (waits, aside) = if is_same {
                (left > self.on_cycle(family), &mut self.for_others)
            } else {
                (left > 0, &mut self.for_all)
            };
            if waits {
                aside.entry(family).or_default().push((rank, at));
                return false;
            }
        }
        true
    }

    fn on_cycle(&self, family: IdentityId) -> u32 {
        self.left_on_cycle.get(&family).copied().unwrap_or_default()
    }

    fn take(&mut self, rank: u32) {
        self.order.push(rank);
        let family = self.ranked.entry(rank).identity;
        let left = &mut self.left[family.0 as usize];
        *left -= 1;
        let left = *left;
        if self.cycles.of_rank(rank).is_some()
            && let Some(on_cycle) = self.left_on_cycle.get_mut(&family)
        {
            *on_cycle -= 1;
        }
        let mut woken = Vec::new();
        if left == 0 && !self.for_all.is_empty() {
            woken.extend(self.for_all.remove(&family).unwrap_or_default());
        }
        if !self.for_others.is_empty() && left == self.on_cycle(family) {
            woken.extend(self.for_others.remove(&family).unwrap_or_default());
        }
        for aside in woken {
            if self.is_free(aside) {
                self.freed.push(Reverse(aside.0));
            }
        }
    }
}
