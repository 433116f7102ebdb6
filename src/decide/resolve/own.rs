//! The mailboxes' *own addresses*: those that the options name, and those of the records that own mailboxes (R3, R7).
//!
//! An archive has hundreds of mailboxes, and every address of its mail may be one of theirs. So an address leads to its
//! mailboxes by its normal form, and where weaker equalities hold, by what it is under the widest of them.

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::book::found::Candidate;
use crate::book::index::record::RecordId;
use crate::decide::resolve::matches::tier;
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
    pub(super) by_owner: HashMap<RecordId, Mailboxes>,
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
                    let folded = address.equivalence_key(own.widest).into();
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
    pub(super) fn find(&self, address: &Address) -> Named {
        let exact = self.exact.get(address).map(|&mailbox| OwnAddress {
            mailbox,
            equivalence: Equivalence::EXACT,
        });
        let mut named: Named = exact.into_iter().collect();
        if self.widest.is_exact() {
            return named;
        }
        let same = self.folded.get(&*address.equivalence_key(self.widest));
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

    pub(super) fn of(&self, address: AddressId) -> &[OwnAddress] {
        match self.places.get(address.0 as usize) {
            Some(&place) if place > 0 => &self.lists[place as usize - 1],
            _ => &[],
        }
    }
}

/// An address that is to be resolved.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    /// The book's records that have it.
    pub(super) candidates: &'q [Candidate],
    /// The mailbox that names it in `addresses`, as the asking one sees it.
    pub(super) own: Option<OwnAddress>,
    /// Its number, where it is an address of the mail, for which the run may have created records.
    pub(super) address: Option<AddressId>,
}
