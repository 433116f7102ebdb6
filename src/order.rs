//! The *order* in which messages are decided (R2): by received time, but each after those that it names.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::HashMap;
use jiff::Timestamp;

/// What the order of a message depends on.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When it was received.
    pub received_on: Option<Timestamp>,
    /// Its Message-ID.
    pub message_id: Option<&'a str>,
    /// What output calls its place.
    pub source: &'a str,
    /// The ids that it names in In-Reply-To and References.
    pub named: [&'a [Box<str>]; 2],
}

/// The entries' numbers in the order in which they are decided.
///
/// Of the messages that wait for nothing, the first by received time (none last), Message-ID (none first) and source
/// is taken. A message waits for every message that it names, unless that one, round a cycle, waits for it.
pub fn order(entries: &[Entry<'_>]) -> Vec<u32> {
    let by_time = by_time(entries);
    let waits = Waits::find(entries, &by_time);
    if waits.is_empty() {
        return by_time;
    }
    waits
        .resolve()
        .into_iter()
        .map(|rank| by_time[rank as usize])
        .collect()
}

/// The entries' numbers by time, Message-ID and source.
fn by_time(entries: &[Entry<'_>]) -> Vec<u32> {
    let time = |entry: &Entry<'_>| (entry.received_on.is_none(), entry.received_on);
    let rest = |at: u32| {
        let entry = &entries[at as usize];
        (entry.message_id, entry.source, at)
    };
    let mut timed: Vec<_> = entries.iter().map(time).zip(0..).collect();
    // Times lie together and nearly always differ; texts are looked at only where they do not.
    timed.sort_unstable_by(|(a, at), (b, bt)| a.cmp(b).then_with(|| rest(*at).cmp(&rest(*bt))));
    timed.into_iter().map(|(_, at)| at).collect()
}

/// Who waits for whom. Messages are numbered by rank here: their place by time. Those that bear one Message-ID are a
/// *family*: who names the id waits for all of them, so that waiting costs no more however many copies there are.
struct Waits {
    /// The family of each rank, if it has a Message-ID that someone names.
    family: Vec<Option<u32>>,
    /// The ranks of each family.
    members: Vec<Vec<u32>>,
    /// The families that each rank names.
    names: Vec<Vec<u32>>,
}

impl Waits {
    fn find(entries: &[Entry<'_>], by_time: &[u32]) -> Waits {
        let entry = |rank: usize| &entries[by_time[rank] as usize];
        let mut families: HashMap<&str, u32> = HashMap::new();
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut family = vec![None; entries.len()];
        for (rank, own) in family.iter_mut().enumerate() {
            if let Some(id) = entry(rank).message_id {
                let number = *families.entry(id).or_insert_with(|| {
                    members.push(Vec::new());
                    (members.len() - 1) as u32
                });
                members[number as usize].push(rank as u32);
                *own = Some(number);
            }
        }
        let names = (0..entries.len())
            .map(|rank| {
                let named = entry(rank).named.into_iter().flatten();
                let mut found: Vec<u32> = named
                    .filter_map(|id| families.get(&**id).copied())
                    .collect();
                found.sort_unstable();
                found.dedup();
                found
            })
            .collect();
        Waits {
            family,
            members,
            names,
        }
    }

    fn is_empty(&self) -> bool {
        self.names.iter().all(Vec::is_empty)
    }

    fn resolve(&self) -> Vec<u32> {
        let cycle = cycles(self);
        let mut groups = Groups::new(self, &cycle);
        let mut ready: BinaryHeap<Reverse<u32>> = (0..self.names.len() as u32)
            .filter(|&rank| groups.waiting[rank as usize] == 0)
            .map(Reverse)
            .collect();
        let mut order = Vec::with_capacity(self.names.len());
        while let Some(Reverse(rank)) = ready.pop() {
            order.push(rank);
            groups.taken(rank, self, &cycle, |freed| ready.push(Reverse(freed)));
        }
        order
    }
}

/// How many unfinished groups each message waits for. A group is the members of one family in one cycle; a message
/// waits for the groups of a family that are not in its own cycle.
struct Groups {
    /// How many members of the group are not yet taken.
    left: HashMap<(u32, u32), u32>,
    /// How many groups of a family are unfinished; who names a family from outside waits for them all at once.
    families: Vec<u32>,
    /// Who waits for a whole family.
    for_family: Vec<Vec<u32>>,
    /// Who shares a cycle with a member of a family, and so waits for single groups of it.
    for_group: HashMap<(u32, u32), Vec<u32>>,
    waiting: Vec<u32>,
}

impl Groups {
    fn new(waits: &Waits, cycle: &[u32]) -> Groups {
        let mut left: HashMap<(u32, u32), u32> = HashMap::new();
        let mut kept: Vec<Vec<u32>> = vec![Vec::new(); waits.members.len()];
        for (family, members) in (0u32..).zip(&waits.members) {
            for &member in members {
                let group = cycle[member as usize];
                let count = left.entry((family, group)).or_default();
                if *count == 0 {
                    kept[family as usize].push(group);
                }
                *count += 1;
            }
        }
        let mut groups = Groups {
            families: kept.iter().map(|groups| groups.len() as u32).collect(),
            for_family: vec![Vec::new(); waits.members.len()],
            for_group: HashMap::new(),
            waiting: vec![0; waits.names.len()],
            left,
        };
        for (rank, named) in waits.names.iter().enumerate() {
            for &family in named {
                groups.wait(rank as u32, family, cycle[rank], &kept[family as usize]);
            }
        }
        groups
    }

    fn wait(&mut self, rank: u32, family: u32, own_cycle: u32, kept: &[u32]) {
        if !self.left.contains_key(&(family, own_cycle)) {
            self.for_family[family as usize].push(rank);
            self.waiting[rank as usize] += 1;
            return;
        }
        for &group in kept.iter().filter(|&&group| group != own_cycle) {
            self.for_group
                .entry((family, group))
                .or_default()
                .push(rank);
            self.waiting[rank as usize] += 1;
        }
    }

    fn taken(&mut self, rank: u32, waits: &Waits, cycle: &[u32], mut free: impl FnMut(u32)) {
        let Some(family) = waits.family[rank as usize] else {
            return;
        };
        let group = (family, cycle[rank as usize]);
        let Some(left) = self.left.get_mut(&group) else {
            return;
        };
        *left -= 1;
        if *left > 0 {
            return;
        }
        let mut waiting = self.for_group.remove(&group).unwrap_or_default();
        self.families[family as usize] -= 1;
        if self.families[family as usize] == 0 {
            waiting.append(&mut self.for_family[family as usize]);
        }
        for rank in waiting {
            let count = &mut self.waiting[rank as usize];
            *count -= 1;
            if *count == 0 {
                free(rank);
            }
        }
    }
}

/// The number of the cycle (strongly connected component) of each rank, by Tarjan's algorithm without recursion, over
/// ranks and families: a rank leads to the families that it names, a family to its members.
fn cycles(waits: &Waits) -> Vec<u32> {
    let ranks = waits.names.len();
    let mut search = Search {
        waits,
        ranks,
        index: vec![u32::MAX; ranks + waits.members.len()],
        low: vec![0; ranks + waits.members.len()],
        component: vec![u32::MAX; ranks + waits.members.len()],
        open: Vec::new(),
        next_index: 0,
        next_component: 0,
    };
    for rank in 0..ranks {
        if search.index[rank] == u32::MAX {
            search.run(rank);
        }
    }
    search.component.truncate(ranks);
    search.component
}

struct Search<'a> {
    waits: &'a Waits,
    ranks: usize,
    index: Vec<u32>,
    low: Vec<u32>,
    component: Vec<u32>,
    open: Vec<usize>,
    next_index: u32,
    next_component: u32,
}

impl Search<'_> {
    /// The `at`-th node that `node` leads to.
    fn child(&self, node: usize, at: usize) -> Option<usize> {
        if node < self.ranks {
            self.waits.names[node]
                .get(at)
                .map(|&family| self.ranks + family as usize)
        } else {
            self.waits.members[node - self.ranks]
                .get(at)
                .map(|&rank| rank as usize)
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
                    if self.component[child] == u32::MAX {
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
        while let Some(member) = self.open.pop() {
            self.component[member] = self.next_component;
            if member == node {
                break;
            }
        }
        self.next_component += 1;
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
