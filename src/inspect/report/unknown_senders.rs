//! *Unknown senders*: people who wrote and have no record, so that the user can add the ones who matter.
//!
//! Only incoming mail that a person wrote counts, whether it was tracked or not. Automated mail, bulk mail, internal
//! mail and mail from role accounts do not count. A sender who was blocked once is left out.

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::interner::Interner;
use crate::decide::class::Class;
use crate::decide::created::Why;
use crate::decide::track::Reason;
use crate::mail::address::Address;
use crate::mail::direction::Direction;
use crate::mail::rules::Rules;
use crate::output::committed::row_types::{DecisionLine, NotCreatedLine};

/// At most this many senders are listed.
const TOP_MAX: usize = 50;

/// Collects unknown senders. Ids of addresses are those of their normal forms.
#[derive(Debug, Default)]
pub(super) struct UnknownSenders {
    people: HashMap<u32, UnknownSender>,
    /// Senders of automated or bulk mail.
    automated: HashSet<u32>,
    /// Senders that should not get a record: the options block them, or they are internal.
    unwanted: HashSet<u32>,
}

/// A sender without a record.
#[derive(Clone, Debug, Default)]
pub(super) struct UnknownSender {
    pub(super) messages: u64,
    pub(super) tracked: u64,
    pub(super) last: Option<Timestamp>,
    /// Why no record was created when one was last considered.
    pub(super) why: Option<Why>,
}

/// The unknown senders who wrote most, and the number of the others.
#[derive(Debug, Default)]
pub(super) struct TopUnknownSenders {
    pub(super) senders: Vec<(Box<str>, UnknownSender)>,
    /// The number of people beyond the list.
    pub(super) others: usize,
    /// The number of senders of automated or bulk mail, and of role accounts.
    pub(super) automated: usize,
}

/// Returns whether an address should not get a record: the options block it, or it is internal.
pub(super) type IsUnwanted<'a> = dyn Fn(&Address) -> bool + 'a;

impl UnknownSenders {
    /// Adds a decision; `sender` is the id of its sender.
    pub(super) fn add(&mut self, line: &DecisionLine, sender: u32) {
        if line.direction != Direction::Incoming {
            return;
        }
        let of_sender = |it: &&NotCreatedLine| line.sender.as_ref() == Some(&it.address);
        let refused = line.notcreated.iter().find(of_sender).map(|it| it.why);
        let is_blocked = line.reason == Reason::Blocked || refused == Some(Why::Blocklist);
        let is_internal = line.reason == Reason::InternalEmailReject
            || matches!(refused, Some(Why::Mailbox | Why::Organization));
        if is_blocked || is_internal {
            self.unwanted.insert(sender);
            return;
        }
        if line.senderrecord.is_some() || line.reason == Reason::Duplicate {
            return;
        }
        if line.class.or(refused.and_then(Class::behind)).is_some() {
            self.automated.insert(sender);
            return;
        }
        let person = self.people.entry(sender).or_default();
        person.messages += 1;
        person.tracked += u64::from(line.reason.is_tracked());
        person.last = person.last.max(line.receivedon);
        person.why = refused.or(person.why);
    }

    /// Removes senders for whom a record was created, and those that should not get one.
    pub(super) fn remove(
        &mut self,
        addresses: &Interner,
        created: &HashSet<u32>,
        is_unwanted: &IsUnwanted<'_>,
    ) {
        let is_wanted = |it: &u32| {
            let parsed = || Address::parse(addresses.text(*it));
            !created.contains(it)
                && !self.unwanted.contains(it)
                && !parsed().is_some_and(|it| is_unwanted(&it))
        };
        self.people.retain(|address, _| is_wanted(address));
        self.automated.retain(is_wanted);
    }

    /// Returns the senders who wrote most.
    pub(super) fn top(mut self, addresses: &Interner, rules: &Rules) -> TopUnknownSenders {
        self.move_role_accounts(addresses, rules);
        let people = self.people.len();
        let mut senders: Vec<(Box<str>, UnknownSender)> = self
            .people
            .into_iter()
            .map(|(address, person)| (addresses.text(address).into(), person))
            .collect();
        senders.sort_by(|a, b| (b.1.messages, &a.0).cmp(&(a.1.messages, &b.0)));
        senders.truncate(TOP_MAX);
        TopUnknownSenders {
            others: people - senders.len(),
            automated: self.automated.len(),
            senders,
        }
    }

    /// Moves role accounts from people to automated senders, and removes from automated senders those who also wrote as
    /// people.
    ///
    /// Role accounts are looked up here because decisions of older versions do not have the class of the message.
    fn move_role_accounts(&mut self, addresses: &Interner, rules: &Rules) {
        let is_role = |address: &u32| {
            let parsed = Address::parse(addresses.text(*address));
            parsed.is_some_and(|it| rules.role.covers(&it))
        };
        let automated = &mut self.automated;
        self.people.retain(|address, _| {
            let is_person = !is_role(address);
            if is_person {
                automated.remove(address);
            } else {
                automated.insert(*address);
            }
            is_person
        });
    }
}
