//! *Strangers*: senders of incoming mail whom no record has; whom should one add?

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::lines::DecisionLine;
use super::names::Names;
use crate::address::Address;
use crate::create::Why;
use crate::rules::Rules;
use crate::track::{Direction, Reason};

/// So many who wrote most are told of.
const MOST: usize = 50;

/// Counts strangers.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    known: HashMap<u32, Stranger>,
    of_machines: HashSet<u32>,
}

/// A sender without a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Stranger {
    pub(super) messages: u64,
    pub(super) tracked: u64,
    pub(super) last: Option<Timestamp>,
    /// Why none was created, the last time that one was to be.
    pub(super) why: Option<Why>,
}

/// Strangers who wrote most, and the others in numbers.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) most: Vec<(Box<str>, Stranger)>,
    /// People beside those.
    pub(super) others: usize,
    /// Machines, functions and lists.
    pub(super) machines: usize,
}

impl Strangers {
    /// Looks at a decision; `sender` is the number of the sender's normal form.
    pub(super) fn add(&mut self, line: &DecisionLine, sender: u32) {
        let refused = line.notcreated.first().map(|it| it.why);
        if matches!(refused, Some(Why::Automated | Why::Bulk | Why::Role)) {
            self.of_machines.insert(sender);
        }
        let is_stranger = line.direction == Direction::Incoming
            && line.senderrecord.is_none()
            && !matches!(line.reason, Reason::Duplicate | Reason::Blocked);
        if !is_stranger {
            return;
        }
        let stranger = self.known.entry(sender).or_default();
        stranger.messages += 1;
        stranger.tracked += u64::from(line.reason.is_tracked());
        stranger.last = stranger.last.max(line.receivedon);
        stranger.why = refused.or(stranger.why);
    }

    /// Who wrote most, without those for whom a record was created.
    pub(super) fn told(mut self, addresses: &Names, created: &HashSet<u32>, rules: &Rules) -> Told {
        self.known.retain(|address, _| !created.contains(address));
        let all = self.known.len();
        let is_machine = |address: &u32| {
            let parsed = || Address::parse(addresses.text(*address));
            self.of_machines.contains(address) || parsed().is_some_and(|it| rules.role.covers(&it))
        };
        self.known.retain(|address, _| !is_machine(address));
        let people = self.known.len();
        let mut most: Vec<(Box<str>, Stranger)> = self
            .known
            .into_iter()
            .map(|(address, stranger)| (addresses.text(address).into(), stranger))
            .collect();
        most.sort_by(|a, b| (b.1.messages, &a.0).cmp(&(a.1.messages, &b.0)));
        most.truncate(MOST);
        Told {
            others: people - most.len(),
            machines: all - people,
            most,
        }
    }
}
