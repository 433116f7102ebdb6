//! *Resolution* leads from an address to records: the one that is the sender, all those that are recipients (R6, R7).

mod scope;

use std::cmp::Ordering;

use jiff::Timestamp;

pub use scope::Scope;
use scope::{created_scope, scope};

use crate::address::{Address, Equivalence};
use crate::book::{Book, Candidate, RecordId, State};
use crate::create::{CreatedId, CreatedRecords};
use crate::envelope::{AddressId, Addresses};
use crate::options::{Mailbox, MailboxId, Options, SeveralRecipients, SeveralSenders};
use crate::reference::{Reference, ReferenceView};

/// A sender with more matching records than this is left unresolved (R7).
pub const SENDER_MATCHES_MAX: usize = 100;

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
    pub matches: Vec<Match>,
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

/// Everything that resolution looks at, but for what the run creates.
#[derive(Debug)]
pub struct Resolver<'a> {
    /// The book.
    pub book: &'a Book,
    /// The options.
    pub options: &'a Options,
    /// The addresses by number.
    pub addresses: &'a Addresses,
    candidates: Vec<Vec<Candidate>>,
    own: Vec<Option<OwnAddress>>,
    owners: Vec<Option<RecordId>>,
}

/// An address of `mailbox.addresses`.
#[derive(Clone, Copy, Debug)]
struct OwnAddress {
    mailbox: MailboxId,
    equivalence: Equivalence,
}

/// The created records that exist when a message is decided: those of earlier messages, and its own.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// What the run creates.
    pub created: &'a CreatedRecords,
    /// The number of the message in the order of decisions.
    pub ordinal: u32,
}

impl<'a> Resolver<'a> {
    /// Prepares resolution; `candidates` are the book's answers for each address, by number.
    pub fn new(
        book: &'a Book,
        options: &'a Options,
        addresses: &'a Addresses,
        candidates: Vec<Vec<Candidate>>,
    ) -> Resolver<'a> {
        let own = addresses
            .all()
            .iter()
            .zip(&candidates)
            .map(|(address, found)| {
                // An exact match wins over a weaker one, also over a mailbox's own address (R7).
                let best = found.iter().map(|it| tier(it.equivalence)).min();
                own_address(options, address)
                    .filter(|own| best.is_none_or(|best| tier(own.equivalence) <= best))
            });
        let own = own.collect();
        let owners = options
            .mailboxes
            .iter()
            .map(|mailbox| mailbox.owner.as_ref().and_then(|owner| book.find(owner)))
            .collect();
        Resolver {
            book,
            options,
            addresses,
            candidates,
            own,
            owners,
        }
    }

    /// Whether any record of the book has the address, exactly or by a weaker equality.
    pub fn has_candidates(&self, address: AddressId) -> bool {
        !self.candidates[address.0 as usize].is_empty()
    }

    /// The book's records that have the address.
    pub fn candidates(&self, address: AddressId) -> &[Candidate] {
        &self.candidates[address.0 as usize]
    }

    /// The owner's record of a mailbox.
    pub fn owner(&self, mailbox: MailboxId) -> Option<RecordKey> {
        self.owners[usize::from(mailbox.0)].map(RecordKey::Book)
    }

    /// The mailbox that names the address in `addresses`.
    pub fn mailbox_that_names(&self, address: AddressId) -> Option<MailboxId> {
        self.own[address.0 as usize].map(|own| own.mailbox)
    }

    /// Whether the address is one of the mailbox's: of its owner's record, or in its `addresses` (R3).
    pub fn is_own(&self, mailbox: MailboxId, address: AddressId) -> bool {
        if self.mailbox_that_names(address) == Some(mailbox) {
            return true;
        }
        let Some(owner) = self.owners[usize::from(mailbox.0)] else {
            return false;
        };
        let options = self.options.mailbox(mailbox);
        let counted = |it: &&Candidate| {
            options.address_book.equivalence.allows(it.equivalence)
                && !self.is_left_out(mailbox, it)
                && (it.record == owner || self.scope(options, it.record) == Scope::In)
        };
        let counted = || self.candidates[address.0 as usize].iter().filter(counted);
        let best = counted().map(|it| tier(it.equivalence)).min();
        counted().any(|it| it.record == owner && Some(tier(it.equivalence)) == best)
    }

    /// Every record that has the address, by how well it matches and then in R7's order.
    pub fn matches(
        &self,
        mailbox: MailboxId,
        address: AddressId,
        moment: Moment<'_>,
    ) -> Vec<Match> {
        let options = self.options.mailbox(mailbox);
        let allowed = options.address_book.equivalence;
        let mut found: Vec<Match> = Vec::new();
        if let Some(own) =
            self.own[address.0 as usize].filter(|own| allowed.allows(own.equivalence))
            && let Some(record) = self.owners[usize::from(own.mailbox.0)]
        {
            found.push(self.book_match(mailbox, record, own.equivalence, Scope::In));
            if own.equivalence.is_exact() {
                // The address is the owner's, whoever else the book gives it to (R7).
                return found;
            }
        }
        for it in self.candidates[address.0 as usize]
            .iter()
            .filter(|it| allowed.allows(it.equivalence))
        {
            let scope = if self.is_left_out(mailbox, it) {
                Scope::DoNotResolve
            } else {
                self.scope(options, it.record)
            };
            let new = self.book_match(mailbox, it.record, it.equivalence, scope);
            match found.iter_mut().find(|known| known.record == new.record) {
                // The same record with the address in two columns: what lets it match counts.
                Some(known) if known.scope != Scope::In => *known = new,
                Some(_) => (),
                None => found.push(new),
            }
        }
        for (id, equivalence) in moment
            .created
            .with_address(self.addresses, address, allowed)
        {
            let record = moment.created.get(id);
            if record.ordinal <= moment.ordinal {
                found.push(Match {
                    record: RecordKey::Created(id),
                    equivalence,
                    scope: created_scope(options, record.kind, record.owner.as_ref()),
                    state: State::Active,
                    owned: options.owner.is_some() && options.owner == record.owner,
                });
            }
        }
        found.sort_by(|a, b| {
            let tiers = tier(a.equivalence).cmp(&tier(b.equivalence));
            tiers
                .then(b.owned.cmp(&a.owned))
                .then_with(|| self.compare(a.record, b.record, moment.created))
        });
        found
    }

    /// The one record that a sender is, or none (R7).
    pub fn sender(&self, mailbox: MailboxId, address: AddressId, moment: Moment<'_>) -> Sender {
        let matches = self.matches(mailbox, address, moment);
        let named_by = self
            .mailbox_that_names(address)
            .filter(|&named| self.owner(named).is_some());
        let own = Some(mailbox)
            .filter(|&own| self.is_own(own, address))
            .or(named_by);
        if let Some(record) = own.and_then(|own| self.owner(own)) {
            return Sender {
                record: Some(record),
                rule: SenderRule::Own,
                matches,
            };
        }
        let book = &self.options.mailbox(mailbox).address_book;
        let counted: Vec<&Match> = best_tier(&matches).collect();
        let in_use = |it: &&&Match| it.state == State::Active || book.include_inactive;
        let (record, rule) = match counted.as_slice() {
            [] => (None, SenderRule::None),
            [one] => (Some(one.record), SenderRule::One),
            several if several.len() > SENDER_MATCHES_MAX => (None, SenderRule::TooMany),
            _ if book.sender_with_several_matches == SeveralSenders::Unresolved => {
                (None, SenderRule::SeveralUnresolved)
            }
            several => match several.iter().find(in_use) {
                Some(first) => (Some(first.record), SenderRule::First),
                None => (None, SenderRule::AllInactive),
            },
        };
        Sender {
            record,
            rule,
            matches,
        }
    }

    /// The records that a recipient is: every one in scope and in use (R7).
    pub fn recipients(&self, mailbox: MailboxId, matches: &[Match]) -> Vec<Match> {
        let book = &self.options.mailbox(mailbox).address_book;
        let found = self.active(mailbox, matches);
        if found.len() > 1 && book.recipients_with_several_matches == SeveralRecipients::Unresolved
        {
            return Vec::new();
        }
        found
    }

    /// The matching records in scope and in use, whatever the options make of several.
    pub fn active(&self, mailbox: MailboxId, matches: &[Match]) -> Vec<Match> {
        let include_inactive = self.options.mailbox(mailbox).address_book.include_inactive;
        best_tier(matches)
            .filter(|it| it.state == State::Active || include_inactive)
            .copied()
            .collect()
    }

    /// Why an unresolved address is so although records have it; `None` where none has.
    pub fn hidden(&self, mailbox: MailboxId, matches: &[Match]) -> Option<Hidden> {
        if matches.is_empty() {
            None
        } else if !self.active(mailbox, matches).is_empty() {
            Some(Hidden::Several)
        } else if matches.iter().any(|it| it.scope != Scope::In) {
            Some(Hidden::OutOfScope)
        } else {
            Some(Hidden::Inactive)
        }
    }

    /// Whether an unresolved party's records are only out of scope or inactive (`outofscope`).
    pub fn is_hidden(&self, mailbox: MailboxId, matches: &[Match]) -> bool {
        matches!(
            self.hidden(mailbox, matches),
            Some(Hidden::OutOfScope | Hidden::Inactive)
        )
    }

    /// The record's type.
    pub fn kind<'r>(&'r self, record: RecordKey, created: &'r CreatedRecords) -> &'r str {
        match record {
            RecordKey::Book(id) => self.book.kind(id),
            RecordKey::Created(id) => created.get(id).kind,
        }
    }

    /// `type:id`.
    pub fn reference(&self, record: RecordKey, created: &CreatedRecords) -> Reference {
        match record {
            RecordKey::Book(id) => self.book.reference(id),
            RecordKey::Created(id) => created.get(id).reference(),
        }
    }

    /// `type:id`, without a copy.
    pub fn view<'r>(&'r self, record: RecordKey, created: &'r CreatedRecords) -> ReferenceView<'r> {
        match record {
            RecordKey::Book(id) => ReferenceView {
                kind: self.book.kind(id),
                id: self.book.id(id),
            },
            RecordKey::Created(id) => ReferenceView {
                kind: created.get(id).kind,
                id: &created.get(id).id,
            },
        }
    }

    /// When the record was created.
    pub fn created_on(&self, record: RecordKey, created: &CreatedRecords) -> Option<Timestamp> {
        match record {
            RecordKey::Book(id) => self.book.created_on(id),
            RecordKey::Created(id) => created.get(id).created_on,
        }
    }

    fn compare(&self, a: RecordKey, b: RecordKey, created: &CreatedRecords) -> Ordering {
        match (a, b) {
            (RecordKey::Book(a), RecordKey::Book(b)) => self.book.compare(a, b),
            // Records of this run are younger than those of the book.
            (RecordKey::Book(_), RecordKey::Created(_)) => Ordering::Less,
            (RecordKey::Created(_), RecordKey::Book(_)) => Ordering::Greater,
            (RecordKey::Created(a), RecordKey::Created(b)) => {
                created.get(a).ordinal.cmp(&created.get(b).ordinal)
            }
        }
    }

    fn book_match(
        &self,
        mailbox: MailboxId,
        record: RecordId,
        equivalence: Equivalence,
        scope: Scope,
    ) -> Match {
        let owner = &self.options.mailbox(mailbox).owner;
        Match {
            record: RecordKey::Book(record),
            equivalence,
            scope,
            state: self.book.state(record),
            owned: owner.is_some() && owner.as_ref() == self.book.owner(record),
        }
    }

    fn is_left_out(&self, mailbox: MailboxId, it: &Candidate) -> bool {
        let left_out = &self.options.mailbox(mailbox).address_book.do_not_resolve;
        !left_out.is_empty() && {
            let (kind, column) = (self.book.kind(it.record), self.book.column(it.column));
            left_out
                .iter()
                .any(|(of, name)| of == kind && name == column)
        }
    }

    fn scope(&self, options: &Mailbox, record: RecordId) -> Scope {
        scope(options, self.book.kind(record), self.book.owner(record))
    }
}

/// How weak an equality is: an exact one wins over a weaker one.
fn tier(equivalence: Equivalence) -> u8 {
    u8::from(equivalence.plus_tag) + u8::from(equivalence.gmail_dots)
}

/// The matches that count, of those that match best.
fn best_tier(matches: &[Match]) -> impl Iterator<Item = &Match> {
    let counted = || matches.iter().filter(|it| it.counts());
    let best = counted().map(|it| tier(it.equivalence)).min();
    counted().filter(move |it| Some(tier(it.equivalence)) == best)
}

fn own_address(options: &Options, address: &Address) -> Option<OwnAddress> {
    let named = options
        .configured()
        .flat_map(|(id, mailbox)| mailbox.addresses.iter().map(move |own| (id, mailbox, own)));
    named
        .filter_map(|(mailbox, of, own)| {
            let equivalence = address.equivalence_with(own)?;
            of.address_book
                .equivalence
                .allows(equivalence)
                .then_some(OwnAddress {
                    mailbox,
                    equivalence,
                })
        })
        .min_by_key(|own| tier(own.equivalence))
}
