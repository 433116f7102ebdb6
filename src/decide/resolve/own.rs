//! The mailboxes' *own addresses*: those that the options name, and those of the records that own mailboxes (R3, R7).
//!
//! An archive has hundreds of mailboxes, and every address of its mail may be one of theirs. So an address leads to its
//! mailboxes by its normal form, and where weaker equalities hold, by what it is under the widest of them.

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::Scope;
use super::resolver::{Asked, Resolver, tier};
use crate::book::{Book, Candidate, RecordId, State};
use crate::mail::address::{Address, Equivalence};
use crate::mail::envelope::{AddressId, Addresses};
use crate::options::{MailboxId, Options};

/// The mailboxes of one address or one owner: nearly always one.
pub(super) type Mailboxes = SmallVec<[MailboxId; 2]>;

/// An address of `mailbox.addresses`.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnAddress {
    /// The mailbox that names it.
    pub(super) mailbox: MailboxId,
    /// The weaker equality that it needs.
    pub(super) equivalence: Equivalence,
}

/// The mailboxes that name one address, the best match first, those that match alike in the order of the options.
type Named = SmallVec<[OwnAddress; 1]>;

/// From an address to the mailboxes that name it, and from a record to those that it owns.
#[derive(Debug)]
pub(super) struct OwnAddresses {
    exact: HashMap<Address, MailboxId>,
    /// By what an address is under the widest equality; empty where no mailbox has a weaker one.
    folded: HashMap<Box<str>, Vec<(Address, MailboxId)>>,
    widest: Equivalence,
    by_owner: HashMap<RecordId, Mailboxes>,
    /// For each address of the mail its place in `lists`, counted from 1; 0 where no mailbox names it.
    places: Vec<u32>,
    lists: Vec<Named>,
}

impl OwnAddresses {
    /// Of these options; `owners` are the mailboxes' owners, by number, and `addresses` those of the mail.
    pub(super) fn new(
        options: &Options,
        owners: &[Option<RecordId>],
        addresses: &Addresses,
    ) -> OwnAddresses {
        let mut own = OwnAddresses {
            exact: HashMap::new(),
            folded: HashMap::new(),
            widest: options.widest_equivalence(),
            by_owner: HashMap::new(),
            places: Vec::new(),
            lists: Vec::new(),
        };
        for (id, mailbox) in options.configured() {
            if let Some(owner) = owners[usize::from(id.0)] {
                own.by_owner.entry(owner).or_default().push(id);
            }
            for address in &mailbox.addresses {
                own.exact.insert(address.clone(), id);
                if !own.widest.is_exact() {
                    let folded = address.folded(own.widest).into();
                    let same = own.folded.entry(folded).or_default();
                    same.push((address.clone(), id));
                }
            }
        }
        if !own.exact.is_empty() {
            own.number(addresses);
        }
        own
    }

    fn number(&mut self, addresses: &Addresses) {
        self.places.reserve(addresses.all().len());
        for address in addresses.all() {
            let named = self.find(address);
            let place = if named.is_empty() {
                0
            } else {
                self.lists.push(named);
                self.lists.len() as u32
            };
            self.places.push(place);
        }
    }

    /// Whether no mailbox names any address.
    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }

    /// The mailboxes that name the address.
    fn find(&self, address: &Address) -> Named {
        let exact = self.exact.get(address).map(|&mailbox| OwnAddress {
            mailbox,
            equivalence: Equivalence::EXACT,
        });
        let mut named: Named = exact.into_iter().collect();
        if self.widest.is_exact() {
            return named;
        }
        let same = self.folded.get(&*address.folded(self.widest));
        for (other, mailbox) in same.into_iter().flatten() {
            if let Some(equivalence) = address.equivalence_with(other)
                && !equivalence.is_exact()
            {
                named.push(OwnAddress {
                    mailbox: *mailbox,
                    equivalence,
                });
            }
        }
        named.sort_by_key(|own| tier(own.equivalence));
        named
    }

    fn of(&self, address: AddressId) -> &[OwnAddress] {
        match self.places.get(address.0 as usize) {
            Some(&place) if place > 0 => &self.lists[place as usize - 1],
            _ => &[],
        }
    }
}

impl Resolver<'_> {
    /// An address of the mail, as the mailbox sees it.
    pub(super) fn asked(&self, mailbox: MailboxId, address: AddressId) -> Asked<'_> {
        let candidates = self.candidates(address);
        Asked {
            candidates,
            own: self.naming(mailbox, self.own.of(address), candidates),
            address: Some(address),
        }
    }

    /// An address that is not of the mail, as the mailbox sees it; `candidates` are the book's answer for it.
    #[inline]
    pub fn ask<'q>(
        &self,
        mailbox: MailboxId,
        address: impl FnOnce() -> Option<Address>,
        candidates: &'q [Candidate],
    ) -> Asked<'q> {
        let address = if self.own.is_empty() { None } else { address() };
        let named = address.map(|address| self.own.find(&address));
        Asked {
            candidates,
            own: named.and_then(|named| self.naming(mailbox, &named, candidates)),
            address: None,
        }
    }

    /// The best of the namings that `mailbox` allows, where no record of the book matches better: an exact match wins
    /// over a weaker one, also over a mailbox's own address (R7).
    fn naming(
        &self,
        mailbox: MailboxId,
        named: &[OwnAddress],
        candidates: &[Candidate],
    ) -> Option<OwnAddress> {
        if named.is_empty() {
            return None;
        }
        let allowed = self.options.mailbox(mailbox).address_book.equivalence;
        let own = *named.iter().find(|own| allowed.allows(own.equivalence))?;
        let is_beaten = !own.equivalence.is_exact()
            && self
                .counted(mailbox, candidates, None)
                .any(|it| tier(it.equivalence) < tier(own.equivalence));
        (!is_beaten).then_some(own)
    }

    /// The candidates that count in a mailbox, `owner` whatever its state.
    pub(super) fn counted<'q>(
        &self,
        mailbox: MailboxId,
        candidates: &'q [Candidate],
        owner: Option<RecordId>,
    ) -> impl Iterator<Item = &'q Candidate> {
        let allowed = self.options.mailbox(mailbox).address_book.equivalence;
        let (book, view): (&Book, _) = (self.book, self.sight(mailbox));
        candidates.iter().filter(move |it| {
            let matches = || {
                let facts = book.record(it.record);
                view.scope(it.record, &facts) == Scope::In && facts.state != State::Disabled
            };
            allowed.allows(it.equivalence)
                && !view.leaves_out(it.column)
                && (owner == Some(it.record) || matches())
        })
    }

    /// The mailbox that names the address in `addresses`, as `mailbox` sees it.
    pub fn mailbox_that_names(&self, mailbox: MailboxId, address: AddressId) -> Option<MailboxId> {
        if self.own.is_empty() {
            return None;
        }
        self.asked(mailbox, address).own.map(|own| own.mailbox)
    }

    /// Whether the address is one of the mailbox's: of its owner's record, or in its `addresses` (R3).
    pub fn is_own(&self, mailbox: MailboxId, address: AddressId) -> bool {
        self.asks_for_own(mailbox, self.asked(mailbox, address))
    }

    pub(super) fn asks_for_own(&self, mailbox: MailboxId, asked: Asked<'_>) -> bool {
        if asked.own.is_some_and(|own| own.mailbox == mailbox) {
            return true;
        }
        let Some(owner) = self.owners[usize::from(mailbox.0)] else {
            return false;
        };
        if asked.candidates.iter().all(|it| it.record != owner) {
            return false;
        }
        let counted = || self.counted(mailbox, asked.candidates, Some(owner));
        let best = counted().map(|it| tier(it.equivalence)).min();
        counted().any(|it| it.record == owner && Some(tier(it.equivalence)) == best)
    }

    /// The configured mailboxes whose address it is, in the order of the options.
    pub(crate) fn mailboxes_of(&self, address: AddressId) -> Mailboxes {
        if self.own.is_empty() && self.own.by_owner.is_empty() {
            return Mailboxes::new();
        }
        let named = self.own.of(address).iter().map(|own| own.mailbox);
        let owners = self.candidates(address).iter();
        let owned = owners
            .filter_map(|it| self.own.by_owner.get(&it.record))
            .flatten();
        let mut found: Mailboxes = named.chain(owned.copied()).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|it| self.is_own(*it, address));
        found
    }
}
