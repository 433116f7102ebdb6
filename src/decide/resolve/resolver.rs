//! Resolves addresses to records (R6, R7).

use crate::decide::ordinal::Ordinal;
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
use crate::book::queue_owners::record_owner;
use smallvec::SmallVec;

use super::synchronized::Synchronized;
use crate::base::reference::{Reference, ReferenceView};
use crate::book::found::Candidate;
use crate::book::index::record::{RecordId, RecordState};
use crate::book::{Book, LookupResults};
use crate::decide::created::CreatedRecords;
use crate::mail::address::Equivalence;
use crate::mail::envelope::{AddressId, Addresses, Distinct};
use crate::mail::identity::Identities;
use crate::options::{MailboxId, Options, SeveralRecipients, SeveralSenders};

/// The records of an address are prefetched when the loop is this many addresses before it.
pub const AHEAD: usize = 8;

/// The inputs of resolution, except for the records that the run creates.
#[derive(Debug)]
pub struct Resolver<'a> {
    /// The book.
    pub book: &'a Book,
    /// The options.
    pub options: &'a Options,
    /// The addresses by interned id.
    pub addresses: &'a Addresses,
    /// The identities by interned id.
    pub identities: &'a Identities,
    found: LookupResults,
    pub(super) own: OwnAddresses,
    pub(super) owners: Vec<Option<RecordId>>,
    views: Vec<OwnerView>,
    record_owners: Vec<Option<Reference>>,
}

/// The created records that exist when a message is decided: those of earlier messages and its own.
#[derive(Clone, Copy, Debug)]
pub struct AsOf<'a> {
    /// All records that the run creates.
    pub created: &'a CreatedRecords,
    /// The position of the message in the order of decisions.
    pub ordinal: Ordinal,
}

impl<'a> Resolver<'a> {
    /// Creates a resolver. `found` are the book's records for each address, by interned id; `synchronized` are the
    /// contacts that filters pass.
    pub fn new(
        book: &'a Book,
        options: &'a Options,
        distinct: &'a Distinct,
        found: LookupResults,
        synchronized: &Synchronized,
    ) -> Resolver<'a> {
        let addresses = &distinct.addresses;
        let owners: Vec<Option<RecordId>> = options
            .mailboxes
            .iter()
            .map(|mailbox| mailbox.owner.as_ref().and_then(|owner| book.find(owner)))
            .collect();
        let mailboxes = options.mailboxes.iter();
        let record_owners: Vec<Option<Reference>> =
            mailboxes.map(|it| record_owner(it, book)).collect();
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
                    let owner = record_owners[number].as_ref();
                    OwnerView::new(mailbox, book, owner, synchronized.in_mailbox(number))
                })
                .collect(),
            record_owners,
        }
    }

    /// Returns who owns the records of a mailbox: its owner, and for a queue the user or team that owns the queue (R6).
    pub fn record_owner(&self, mailbox: MailboxId) -> Option<&Reference> {
        self.record_owners[usize::from(mailbox.0)].as_ref()
    }

    /// Returns whether the book has a record with exactly this address. Records that an offline book leaves out do not
    /// count.
    pub fn has_exact_candidates(&self, address: AddressId) -> bool {
        self.candidates(address)
            .iter()
            .any(|it| it.equivalence.is_exact() && !self.book.is_left_out(it.record))
    }

    /// Returns the book's records that have the address, also under an equivalence.
    pub fn candidates(&self, address: AddressId) -> &[Candidate] {
        self.found.of(address.0 as usize)
    }

    /// Returns the record that owns a mailbox.
    pub fn owner(&self, mailbox: MailboxId) -> Option<RecordKey> {
        self.owners[usize::from(mailbox.0)].map(RecordKey::Book)
    }

    /// Returns every record that has the address, the best match first, equal ones in R7's order.
    pub fn matches(&self, mailbox: MailboxId, address: AddressId, moment: AsOf<'_>) -> Matches {
        self.matches_of(mailbox, self.query_of_mail(mailbox, address), moment)
    }

    /// Like [`Resolver::matches`], for any query.
    pub fn matches_of(&self, mailbox: MailboxId, asked: Query<'_>, moment: AsOf<'_>) -> Matches {
        let mut found = Matches::new();
        self.find_matches(mailbox, asked, moment, &mut found);
        found
    }

    /// Writes the matches into `found`, because returning them would copy them, which costs more than a lookup.
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
        let view = self.view_of(mailbox);
        if let Some(own) = asked.own
            && let Some(record) = self.owners[usize::from(own.mailbox.0)]
        {
            let facts = self.book.record(record);
            found.push(book_match(view, record, &facts, own.equivalence, Scope::In));
            if own.equivalence.is_exact() {
                // The address belongs to the owner, whatever other records the book has for it (R7).
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
                // The same record with the address in two columns: a column that makes it match counts.
                Some(known) if known.scope != Scope::In => *known = new,
                Some(_) => (),
                None => found.push(new),
            }
        }
        if let Some(address) = asked.address.filter(|_| !moment.created.all().is_empty()) {
            self.created_matches(mailbox, address, moment, found);
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

    /// Adds the records that the run created for the address so far. A match that is exact and counts wins over all
    /// under an equivalence, of which there may be as many as a message has recipients; so these are not even looked up
    /// then.
    fn created_matches(
        &self,
        mailbox: MailboxId,
        address: AddressId,
        moment: AsOf<'_>,
        found: &mut Matches,
    ) {
        let options = self.options.mailbox(mailbox);
        let owner = self.record_owner(mailbox);
        let created = moment.created;
        let add = |found: &mut Matches, id, equivalence| {
            let record = created.get(id);
            if record.ordinal <= moment.ordinal {
                found.push(Match {
                    record: RecordKey::Created(id),
                    equivalence,
                    scope: created_scope(
                        options,
                        record.linked_kind(),
                        owner == record.owner.as_ref(),
                    ),
                    state: RecordState::Active,
                    owned: owner.is_some() && owner == record.owner.as_ref(),
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

    /// Returns the one record that a sender resolves to, if any (R7).
    pub fn sender(&self, mailbox: MailboxId, address: AddressId, moment: AsOf<'_>) -> Sender {
        self.sender_of(mailbox, self.query_of_mail(mailbox, address), moment)
    }

    /// Like [`Resolver::sender`], for any query.
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
            .filter(|&own| self.is_own_query(own, asked))
            .or(named_by);
        (sender.record, sender.rule) = match own.and_then(|own| self.owner(own)) {
            Some(owner) => (Some(owner), SenderRule::Own),
            None => self.chosen(mailbox, &sender.matches),
        };
        sender
    }

    /// Returns the one of several matches that a sender resolves to (R7).
    fn chosen(&self, mailbox: MailboxId, matches: &[Match]) -> (Option<RecordKey>, SenderRule) {
        // Nearly always there is at most one.
        match matches {
            [] => return (None, SenderRule::None),
            [one] if one.counts() => return (Some(one.record), SenderRule::One),
            _ => (),
        }
        let book = &self.options.mailbox(mailbox).address_book;
        let counted: SmallVec<[&Match; 2]> = best_tier(matches).collect();
        let in_use = |it: &&&Match| it.state == RecordState::Active || book.include_inactive;
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

    /// Returns the records that a recipient resolves to: every one in scope and active (R7).
    pub fn recipients(&self, mailbox: MailboxId, matches: &[Match]) -> Matches {
        let book = &self.options.mailbox(mailbox).address_book;
        let found = self.active(mailbox, matches);
        if found.len() > 1 && book.recipients_with_several_matches == SeveralRecipients::Unresolved
        {
            return Matches::new();
        }
        found
    }

    /// Returns the matching records in scope and active, even if the options leave several unresolved.
    pub fn active(&self, mailbox: MailboxId, matches: &[Match]) -> Matches {
        let include_inactive = self.options.mailbox(mailbox).address_book.include_inactive;
        best_tier(matches)
            .filter(|it| it.state == RecordState::Active || include_inactive)
            .copied()
            .collect()
    }

    /// Returns why an unresolved address is not linked although records have it; `None` if none has.
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

    /// Returns whether all records of an unresolved party are out of scope or inactive (`outofscope`).
    pub fn is_hidden(&self, mailbox: MailboxId, matches: &[Match]) -> bool {
        matches!(
            self.hidden(mailbox, matches),
            Some(Hidden::OutOfScope | Hidden::Inactive)
        )
    }

    /// Returns the record's type.
    pub fn kind<'r>(&'r self, record: RecordKey, created: &'r CreatedRecords) -> &'r str {
        match record {
            RecordKey::Book(id) => self.book.kind(id),
            RecordKey::Created(id) => created.get(id).linked_kind(),
        }
    }

    /// Returns `type:id`.
    pub fn reference(&self, record: RecordKey, created: &CreatedRecords) -> Reference {
        match record {
            RecordKey::Book(id) => self.book.reference(id),
            RecordKey::Created(id) => created.get(id).reference(),
        }
    }

    /// Returns `type:id` without a copy.
    pub fn view<'r>(&'r self, record: RecordKey, created: &'r CreatedRecords) -> ReferenceView<'r> {
        match record {
            RecordKey::Book(id) => ReferenceView {
                kind: self.book.kind(id),
                id: self.book.id(id),
            },
            RecordKey::Created(id) => created.get(id).view(),
        }
    }

    /// Returns the record's name.
    pub fn name<'r>(&'r self, record: RecordKey, created: &'r CreatedRecords) -> Option<&'r str> {
        match record {
            RecordKey::Book(id) => self.book.name(id),
            RecordKey::Created(id) => Some(created.get(id).linked_name()),
        }
    }

    /// Returns when the record was created.
    pub fn created_on(&self, record: RecordKey, created: &CreatedRecords) -> Option<Timestamp> {
        match record {
            RecordKey::Book(id) => self.book.created_on(id),
            RecordKey::Created(id) => created.get(id).created_on,
        }
    }

    fn compare(&self, a: RecordKey, b: RecordKey, created: &CreatedRecords) -> Ordering {
        match (a, b) {
            (RecordKey::Book(a), RecordKey::Book(b)) => self.book.compare(a, b),
            // Records of the run are younger than those of the book.
            (RecordKey::Book(_), RecordKey::Created(_)) => Ordering::Less,
            (RecordKey::Created(_), RecordKey::Book(_)) => Ordering::Greater,
            (RecordKey::Created(a), RecordKey::Created(b)) => {
                created.get(a).ordinal.cmp(&created.get(b).ordinal)
            }
        }
    }

    pub(super) fn view_of(&self, mailbox: MailboxId) -> &OwnerView {
        &self.views[usize::from(mailbox.0)]
    }
}
