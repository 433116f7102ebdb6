//! The record that an address means (R7 to R9).

use crate::decide::resolve::matches::{
    Hidden, Match, Matches, RecordKey, SENDER_MATCHES_MAX, Sender, SenderRule, best_tier,
    book_match, tier,
};
use crate::decide::resolve::own::Query;
use crate::decide::resolve::scope::Scope;
use std::cmp::Ordering;

use jiff::Timestamp;

use super::own::OwnAddresses;
use super::scope::{OwnerView, created_scope};
use smallvec::SmallVec;

use super::synchronized::Synchronized;
use crate::base::reference::{Reference, ReferenceView};
use crate::book::found::Candidate;
use crate::book::index::record::{RecordId, State};
use crate::book::{Book, Found};
use crate::decide::created::CreatedRecords;
use crate::mail::address::Equivalence;
use crate::mail::envelope::{AddressId, Addresses, Distinct};
use crate::mail::identity::Identities;
use crate::options::{Mailbox, MailboxId, Options, SeveralRecipients, SeveralSenders};

/// How many addresses ahead the records of one are fetched from memory.
pub const AHEAD: usize = 8;

/// Everything that resolution looks at, but for what the run creates.
#[derive(Debug)]
pub struct Resolver<'a> {
    /// The book.
    pub book: &'a Book,
    /// The options.
    pub options: &'a Options,
    /// The addresses by number.
    pub addresses: &'a Addresses,
    /// The identities by number.
    pub identities: &'a Identities,
    found: Found,
    pub(super) own: OwnAddresses,
    pub(super) owners: Vec<Option<RecordId>>,
    views: Vec<OwnerView>,
}

/// The created records that exist when a message is decided: those of earlier messages, and its own.
#[derive(Clone, Copy, Debug)]
pub struct AsOf<'a> {
    /// What the run creates.
    pub created: &'a CreatedRecords,
    /// The number of the message in the order of decisions.
    pub ordinal: u32,
}

impl<'a> Resolver<'a> {
    /// Prepares resolution; `found` are the book's answers for each address, by number, `synchronized` the contacts that
    /// filters pass.
    pub fn new(
        book: &'a Book,
        options: &'a Options,
        distinct: &'a Distinct,
        found: Found,
        synchronized: &Synchronized,
    ) -> Resolver<'a> {
        let addresses = &distinct.addresses;
        let owners: Vec<Option<RecordId>> = options
            .mailboxes
            .iter()
            .map(|mailbox| mailbox.owner.as_ref().and_then(|owner| book.find(owner)))
            .collect();
        Resolver {
            book,
            options,
            addresses,
            identities: &distinct.identities,
            found,
            own: OwnAddresses::new(options, &owners, addresses),
            owners,
            views: options
                .mailboxes
                .iter()
                .enumerate()
                .map(|(number, mailbox)| {
                    OwnerView::new(mailbox, book, synchronized.in_mailbox(number))
                })
                .collect(),
        }
    }

    /// Whether any record of the book has just that address; those that an offline book has left out are not in it.
    pub fn has_exact_candidates(&self, address: AddressId) -> bool {
        self.candidates(address)
            .iter()
            .any(|it| it.equivalence.is_exact() && !self.book.is_left_out(it.record))
    }

    /// The book's records that have the address.
    pub fn candidates(&self, address: AddressId) -> &[Candidate] {
        self.found.of(address.0 as usize)
    }

    /// The owner's record of a mailbox.
    pub fn owner(&self, mailbox: MailboxId) -> Option<RecordKey> {
        self.owners[usize::from(mailbox.0)].map(RecordKey::Book)
    }

    /// Every record that has the address, by how well it matches and then in R7's order.
    pub fn matches(&self, mailbox: MailboxId, address: AddressId, moment: AsOf<'_>) -> Matches {
        self.matches_of(mailbox, self.asked(mailbox, address), moment)
    }

    /// As [`Resolver::matches`], of any address.
    pub fn matches_of(&self, mailbox: MailboxId, asked: Query<'_>, moment: AsOf<'_>) -> Matches {
        let mut found = Matches::new();
        self.find_matches(mailbox, asked, moment, &mut found);
        found
    }

    /// Finds the matches where they are to stay: moving them right after they were written costs more than finding one.
    #[inline(always)]
    fn find_matches(
        &self,
        mailbox: MailboxId,
        asked: Query<'_>,
        moment: AsOf<'_>,
        found: &mut Matches,
    ) {
        let options = self.options.mailbox(mailbox);
        let allowed = options.address_book.equivalence;
        let view = self.sight(mailbox);
        if let Some(own) = asked.own
            && let Some(record) = self.owners[usize::from(own.mailbox.0)]
        {
            let facts = self.book.record(record);
            found.push(book_match(view, record, &facts, own.equivalence, Scope::In));
            if own.equivalence.is_exact() {
                // The address is the owner's, whoever else the book gives it to (R7).
                return;
            }
        }
        for it in asked
            .candidates
            .iter()
            .filter(|it| allowed.allows(it.equivalence))
        {
            let facts = self.book.record(it.record);
            let scope = if view.leaves_out(it.column) {
                Scope::DoNotResolve
            } else {
                view.scope(it.record, &facts)
            };
            let new = book_match(view, it.record, &facts, it.equivalence, scope);
            match found.iter_mut().find(|known| known.record == new.record) {
                // The same record with the address in two columns: what lets it match counts.
                Some(known) if known.scope != Scope::In => *known = new,
                Some(_) => (),
                None => found.push(new),
            }
        }
        if let Some(address) = asked.address.filter(|_| !moment.created.all().is_empty()) {
            self.created_matches(options, address, moment, found);
        }
        if found.len() > 1 {
            found.sort_by(|a, b| {
                let tiers = tier(a.equivalence).cmp(&tier(b.equivalence));
                tiers
                    .then(b.owned.cmp(&a.owned))
                    .then_with(|| self.compare(a.record, b.record, moment.created))
            });
        }
    }

    /// Adds the records that the run created for the address until now. One that has just this address and counts wins over
    /// all that have another: of these, which may be as many as a message has recipients, none is looked at then.
    fn created_matches(
        &self,
        options: &Mailbox,
        address: AddressId,
        moment: AsOf<'_>,
        found: &mut Matches,
    ) {
        let created = moment.created;
        let add = |found: &mut Matches, id, equivalence| {
            let record = created.get(id);
            if record.ordinal <= moment.ordinal {
                found.push(Match {
                    record: RecordKey::Created(id),
                    equivalence,
                    scope: created_scope(options, record.linked_kind(), record.owner.as_ref()),
                    state: State::Active,
                    owned: options.owner.is_some() && options.owner == record.owner,
                });
            }
        };
        if let Some(id) = created.with_address(address) {
            add(found, id, Equivalence::EXACT);
        }
        let allowed = options.address_book.equivalence;
        let has_exact = || {
            found
                .iter()
                .any(|it| it.equivalence.is_exact() && it.counts())
        };
        if created.has_weaker() && !has_exact() {
            let weaker = created.with_like_address(self.addresses, address, allowed);
            weaker
                .into_iter()
                .for_each(|(id, needed)| add(found, id, needed));
        }
    }

    /// The one record that a sender is, or none (R7).
    pub fn sender(&self, mailbox: MailboxId, address: AddressId, moment: AsOf<'_>) -> Sender {
        self.sender_of(mailbox, self.asked(mailbox, address), moment)
    }

    /// As [`Resolver::sender`], of any address.
    pub fn sender_of(&self, mailbox: MailboxId, asked: Query<'_>, moment: AsOf<'_>) -> Sender {
        let mut sender = Sender {
            record: None,
            rule: SenderRule::None,
            matches: Matches::new(),
        };
        self.find_matches(mailbox, asked, moment, &mut sender.matches);
        let named_by = asked
            .own
            .map(|own| own.mailbox)
            .filter(|&named| self.owner(named).is_some());
        let own = Some(mailbox)
            .filter(|&own| self.asks_for_own(own, asked))
            .or(named_by);
        (sender.record, sender.rule) = match own.and_then(|own| self.owner(own)) {
            Some(owner) => (Some(owner), SenderRule::Own),
            None => self.chosen(mailbox, &sender.matches),
        };
        sender
    }

    /// The one of several matches that a sender is (R7).
    fn chosen(&self, mailbox: MailboxId, matches: &[Match]) -> (Option<RecordKey>, SenderRule) {
        // Nearly always there is one, or none.
        match matches {
            [] => return (None, SenderRule::None),
            [one] if one.counts() => return (Some(one.record), SenderRule::One),
            _ => (),
        }
        let book = &self.options.mailbox(mailbox).address_book;
        let counted: SmallVec<[&Match; 2]> = best_tier(matches).collect();
        let in_use = |it: &&&Match| it.state == State::Active || book.include_inactive;
        match counted.as_slice() {
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
        }
    }

    /// The records that a recipient is: every one in scope and in use (R7).
    pub fn recipients(&self, mailbox: MailboxId, matches: &[Match]) -> Matches {
        let book = &self.options.mailbox(mailbox).address_book;
        let found = self.active(mailbox, matches);
        if found.len() > 1 && book.recipients_with_several_matches == SeveralRecipients::Unresolved
        {
            return Matches::new();
        }
        found
    }

    /// The matching records in scope and in use, whatever the options make of several.
    pub fn active(&self, mailbox: MailboxId, matches: &[Match]) -> Matches {
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
            RecordKey::Created(id) => created.get(id).linked_kind(),
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
            RecordKey::Created(id) => created.get(id).view(),
        }
    }

    /// The record's name.
    pub fn name<'r>(&'r self, record: RecordKey, created: &'r CreatedRecords) -> Option<&'r str> {
        match record {
            RecordKey::Book(id) => self.book.name(id),
            RecordKey::Created(id) => Some(created.get(id).linked_name()),
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

    pub(super) fn sight(&self, mailbox: MailboxId) -> &OwnerView {
        &self.views[usize::from(mailbox.0)]
    }
}
