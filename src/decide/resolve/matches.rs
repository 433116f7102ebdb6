//! The records that an address matches, and what a sender resolves to (R7).

use crate::book::index::record::Record;
use crate::book::index::record::RecordId;
use crate::book::index::record::RecordState;
use crate::decide::created::CreatedId;
use crate::decide::resolve::scope::OwnerView;
use crate::decide::resolve::scope::Scope;
use crate::mail::address::Equivalence;
use smallvec::SmallVec;

/// A sender with more matching records than this stays unresolved (R7).
pub(crate) const SENDER_MATCHES_MAX: usize = 100;

/// A record of the book, or one that this run created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKey {
    /// Of the book.
    Book(RecordId),
    /// Created in this run.
    Created(CreatedId),
}

/// A record that has an address, from one mailbox's view.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The record.
    pub record: RecordKey,
    /// The address equivalence that it needs.
    pub equivalence: Equivalence,
    /// Whether it is in scope.
    pub scope: Scope,
    /// Whether it is active, inactive or disabled.
    pub state: RecordState,
    /// Whether the mailbox's owner owns it.
    pub owned: bool,
}

impl Match {
    /// Returns whether it counts as a match at all: in scope, and not a disabled user.
    pub fn counts(&self) -> bool {
        self.scope == Scope::In && self.state != RecordState::Disabled
    }
}

/// The records that have an address. Nearly every address has at most one, which needs no allocation.
pub(crate) type Matches = SmallVec<[Match; 2]>;

/// Why a sender resolves to that record or to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderRule {
    /// It is the mailbox's own address, or that of another configured mailbox.
    Own,
    /// No record matches.
    None,
    /// Exactly one matches, whether active or not.
    One,
    /// Several match, and the options leave such senders unresolved.
    SeveralUnresolved,
    /// More than [`SENDER_MATCHES_MAX`] match.
    TooMany,
    /// Several match, and all are inactive.
    AllInactive,
    /// Several match, and this is the first in R7's order.
    First,
}

/// What a sender resolves to.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The record.
    pub record: Option<RecordKey>,
    /// Why it is that record, or none.
    pub rule: SenderRule,
    /// Every record that has the address.
    pub matches: Matches,
}

/// Why an address is not linked to a record although records have it (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Every one is out of scope, or some are and the others are inactive.
    OutOfScope,
    /// Those in scope are inactive or disabled.
    Inactive,
    /// Several match, and the options leave such addresses unresolved.
    Several,
}

pub(super) fn book_match(
    view: &OwnerView,
    record: RecordId,
    facts: &Record,
    equivalence: Equivalence,
    scope: Scope,
) -> Match {
    Match {
        record: RecordKey::Book(record),
        equivalence,
        scope,
        state: facts.state,
        owned: view.owns(facts),
    }
}

/// Returns the rank of an address equivalence: a lower one wins, and an exact match has 0.
pub(super) fn tier(equivalence: Equivalence) -> u8 {
    u8::from(equivalence.plus_tag) + u8::from(equivalence.gmail_dots)
}

/// Returns the matches that count, of those with the best rank.
pub(super) fn best_tier(matches: &[Match]) -> impl Iterator<Item = &Match> {
    let counted = || matches.iter().filter(|it| it.counts());
    let best = counted().map(|it| tier(it.equivalence)).min();
    counted().filter(move |it| Some(tier(it.equivalence)) == best)
}
