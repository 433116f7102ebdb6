//! Who *waits* for whom: messages are taken by rank, and one that names what is not yet taken is put aside until it is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::HashMap;

use super::cycles::Cycles;
use crate::decide::order::ranked::Ranked;
use crate::mail::identity::IdentityId;

/// A message that is put aside, and how many of the families that it names it need not wait for any more.
type Aside = (u32, usize);

/// Messages on their way into the order.
pub(super) struct Waiting<'a> {
    ranked: &'a Ranked<'a>,
    cycles: &'a Cycles,
    /// How many members of each family are not yet taken.
    left: Vec<u32>,
    /// How many of those are on the family's cycle; of families that are on one.
    left_on_cycle: HashMap<IdentityId, u32>,
    /// Who waits for a whole family.
    for_all: HashMap<IdentityId, Vec<Aside>>,
    /// Who is on a family's cycle, and waits for those of its members that are not.
    for_others: HashMap<IdentityId, Vec<Aside>>,
    /// Who waits no more.
    freed: BinaryHeap<Reverse<u32>>,
    order: Vec<u32>,
}

impl<'a> Waiting<'a> {
    /// `left` is how many members each family has.
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

    /// The ranks in the order in which they are taken.
    pub(super) fn order(mut self) -> Vec<u32> {
        for rank in self.ranked.ranks() {
            if self.is_free((rank, 0)) {
                self.take(rank);
            }
            // All that is put aside has a lower rank than what comes next.
            while let Some(Reverse(freed)) = self.freed.pop() {
                self.take(freed);
            }
        }
        self.order
    }

    /// Whether a message waits for nothing; if it does, it is put aside.
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
