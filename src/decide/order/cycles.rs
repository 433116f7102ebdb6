//! The *cycles* of messages that name each other: strongly connected components of a graph of ranks and families, by
//! Tarjan's algorithm without recursion. A rank has edges to the families that it names, a family to its members.

use crate::decide::order::ranked::{Members, Ranked};
use crate::mail::identity::IdentityId;

/// Number of a cycle.
pub(super) type CycleId = u32;

/// The node's component is not yet closed.
const OPEN: CycleId = CycleId::MAX;

/// The node is not on a cycle.
const NONE: CycleId = CycleId::MAX - 1;

/// The cycle of each rank and family. A family is on at most one cycle, and its members are on that one or on none,
/// because a message is only reached through its family.
pub(super) struct Cycles {
    /// The cycles of the ranks, followed by those of the families.
    cycles: Vec<CycleId>,
    ranks: usize,
}

impl Cycles {
    /// Finds the cycles. Every cycle has a message that comes before one that it names, so the search starts at the
    /// `early` ones.
    pub(super) fn find(ranked: &Ranked<'_>, members: &Members, early: &[u32]) -> Cycles {
        let ranks = ranked.by_time.len();
        let nodes = ranks + members.starts.len() - 1;
        let mut search = Search {
            ranked,
            members,
            ranks,
            index: vec![u32::MAX; nodes],
            low: vec![0; nodes],
            cycle: vec![OPEN; nodes],
            open: Vec::new(),
            next_index: 0,
            next_cycle: 0,
        };
        for &rank in early {
            if search.index[rank as usize] == u32::MAX {
                search.run(rank as usize);
            }
        }
        Cycles {
            cycles: search.cycle,
            ranks,
        }
    }

    /// Returns the cycle of a message.
    pub(super) fn of_rank(&self, rank: u32) -> Option<CycleId> {
        self.of(rank as usize)
    }

    /// Returns the cycle of a family.
    pub(super) fn of_family(&self, family: IdentityId) -> Option<CycleId> {
        self.of(self.ranks + family.0 as usize)
    }

    fn of(&self, node: usize) -> Option<CycleId> {
        Some(self.cycles[node]).filter(|cycle| *cycle < NONE)
    }
}

struct Search<'a> {
    ranked: &'a Ranked<'a>,
    members: &'a Members,
    ranks: usize,
    index: Vec<u32>,
    low: Vec<u32>,
    cycle: Vec<CycleId>,
    open: Vec<usize>,
    next_index: u32,
    next_cycle: CycleId,
}

impl Search<'_> {
    /// Returns the target of edge `at` of `node`.
    fn child(&self, node: usize, at: usize) -> Option<usize> {
        match node.checked_sub(self.ranks) {
            None => {
                let family = self.ranked.entry(node as u32).families_from(at).next()?;
                Some(self.ranks + family.0 as usize)
            }
            Some(family) => {
                let rank = self.members.get(IdentityId(family as u32), at)?;
                Some(rank as usize)
            }
        }
    }

    fn enter(&mut self, node: usize, path: &mut Vec<(usize, usize)>) {
        self.index[node] = self.next_index;
        self.low[node] = self.next_index;
        self.next_index += 1;
        self.open.push(node);
        path.push((node, 0));
    }

    fn run(&mut self, root: usize) {
        let mut path = Vec::new();
        self.enter(root, &mut path);
        while let Some(&mut (node, ref mut at)) = path.last_mut() {
            let child = self.child(node, *at);
            *at += 1;
            match child {
                Some(child) if self.index[child] == u32::MAX => self.enter(child, &mut path),
                Some(child) => {
                    if self.cycle[child] == OPEN {
                        self.low[node] = self.low[node].min(self.index[child]);
                    }
                }
                None => {
                    path.pop();
                    if let Some(&(parent, _)) = path.last() {
                        self.low[parent] = self.low[parent].min(self.low[node]);
                    }
                    if self.low[node] == self.index[node] {
                        self.close(node);
                    }
                }
            }
        }
    }

    fn close(&mut self, node: usize) {
        if self.open.last() == Some(&node) {
            self.open.pop();
            self.cycle[node] = NONE;
            return;
        }
        while let Some(member) = self.open.pop() {
            self.cycle[member] = self.next_cycle;
            if member == node {
                break;
            }
        }
        self.next_cycle += 1;
    }
}
