//! *Strangers*: senders of incoming mail whom no record has; whom should one add?
//!
//! Only what people write counts: a message that is automated, bulk or from a role account makes nobody a stranger,
//! whether it was tracked or not, and neither does mail between colleagues. A sender who was blocked once is left out.

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::names::Names;
use crate::decide::class::Class;
use crate::decide::created::Why;
use crate::decide::track::Reason;
use crate::mail::address::Address;
use crate::mail::direction::Direction;
use crate::mail::rules::Rules;
use crate::output::committed::row_types::{DecisionLine, NotCreatedLine};

/// At most this many who wrote most are listed.
const MOST: usize = 50;

/// Counts strangers.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    known: HashMap<u32, Stranger>,
    /// Senders of mail that no person wrote.
    of_machines: HashSet<u32>,
    /// Those whom the options block, and one's own.
    unwanted: HashSet<u32>,
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
        let of_sender = |it: &&NotCreatedLine| line.sender.as_ref() == Some(&it.address);
        let refused = line.notcreated.iter().find(of_sender).map(|it| it.why);
        let is_blocked = line.reason == Reason::Blocked || refused == Some(Why::Blocklist);
        let is_own = line.reason == Reason::InternalEmailReject
            || matches!(refused, Some(Why::Mailbox | Why::Organization));
        if line.direction != Direction::Incoming {
            return;
        }
        if is_blocked || is_own {
            self.unwanted.insert(sender);
            return;
        }
        if line.senderrecord.is_some() || line.reason == Reason::Duplicate {
            return;
        }
        if line.class.or(refused.and_then(Class::behind)).is_some() {
            self.of_machines.insert(sender);
            return;
        }
        let stranger = self.known.entry(sender).or_default();
        stranger.messages += 1;
        stranger.tracked += u64::from(line.reason.is_tracked());
        stranger.last = stranger.last.max(line.receivedon);
        stranger.why = refused.or(stranger.why);
    }

    /// Leaves out those for whom a record was created, and those whom nobody would add.
    pub(super) fn leave_out(
        &mut self,
        addresses: &Names,
        created: &HashSet<u32>,
        is_unwanted: &IsUnwanted<'_>,
    ) {
        let is_wanted = |it: &u32| {
            let parsed = || Address::parse(addresses.text(*it));
            !created.contains(it)
                && !self.unwanted.contains(it)
                && !parsed().is_some_and(|it| is_unwanted(&it))
        };
        self.known.retain(|address, _| is_wanted(address));
        self.of_machines.retain(is_wanted);
    }

    /// Who wrote most.
    pub(super) fn told(mut self, addresses: &Names, rules: &Rules) -> Told {
        // Lines of older versions do not say that a sender is a role account.
        let is_role = |address: &u32| {
            let parsed = Address::parse(addresses.text(*address));
            parsed.is_some_and(|it| rules.role.covers(&it))
        };
        let of_machines = &mut self.of_machines;
        self.known.retain(|address, _| {
            let is_person = !is_role(address);
            if is_person {
                of_machines.remove(address);
            } else {
                of_machines.insert(*address);
            }
            is_person
        });
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
            machines: self.of_machines.len(),
            most,
        }
    }
}

/// Says of an address that nobody would add it: the options block it, or it is one's own.
pub(super) type IsUnwanted<'a> = dyn Fn(&Address) -> bool + 'a;
