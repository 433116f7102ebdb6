//! The records that an address matches, and what a sender resolves to (R7).

use crate::book::index::record::Record;
use crate::book::index::record::RecordId;
use crate::book::index::record::State;
use crate::decide::created::CreatedId;
use crate::decide::resolve::scope::OwnerView;
use crate::decide::resolve::scope::Scope;
use crate::mail::address::Equivalence;
use smallvec::SmallVec;

/// A sender with more matching records than this is left unresolved (R7).
pub(crate) const SENDER_MATCHES_MAX: usize = 100;

/// A record of the book, or one that this run created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKey {
    /// Of the book.
    Book(RecordId),
    /// Created in this run.
    Created(CreatedId),
}

/// A record that has an address, as one mailbox sees it.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The record.
    pub record: RecordKey,
    /// The weaker equality that it needs.
    pub equivalence: Equivalence,
    /// Whether it is in scope.
    pub scope: Scope,
    /// Whether it is in use.
    pub state: State,
    /// Whether the mailbox's owner owns it.
    pub owned: bool,
}

impl Match {
    /// Whether it counts as a match at all: in scope, and no disabled user.
    pub fn counts(&self) -> bool {
        self.scope == Scope::In && self.state != State::Disabled
    }
}

/// The records that have an address; nearly every address has one at most, which needs no memory of its own.
pub(crate) type Matches = SmallVec<[Match; 2]>;

/// Why a sender is that record or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderRule {
    /// It is an address of the mailbox's own, or of another configured one.
    Own,
    /// No record matches.
    None,
    /// Exactly one matches, whatever its state.
    One,
    /// Several match, and the options leave such senders unresolved.
    SeveralUnresolved,
    /// More than [`SENDER_MATCHES_MAX`] match.
    TooMany,
    /// Several match, and all are inactive.
    AllInactive,
    /// The first of several by R7's order.
    First,
}

/// What a sender resolves to.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The record.
    pub record: Option<RecordKey>,
    /// Why it is that one, or none.
    pub rule: SenderRule,
    /// Every record that has the address.
    pub matches: Matches,
}

/// Why an address is linked to no record although records have it (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Every one is out of scope, or one is and the others are inactive.
    OutOfScope,
    /// Those in scope are inactive or disabled.
    Inactive,
    /// The options leave several unresolved.
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

/// How weak an equality is: an exact one wins over a weaker one.
pub(super) fn tier(equivalence: Equivalence) -> u8 {
    u8::from(equivalence.plus_tag) + u8::from(equivalence.gmail_dots)
}

/// The matches that count, of those that match best.
pub(super) fn best_tier(matches: &[Match]) -> impl Iterator<Item = &Match> {
    let counted = || matches.iter().filter(|it| it.counts());
    let best = counted().map(|it| tier(it.equivalence)).min();
    counted().filter(move |it| Some(tier(it.equivalence)) == best)
}
