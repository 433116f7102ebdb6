//! The *own addresses* of mailboxes: those in the options, and those of the records that own mailboxes (R3, R7).
//!
//! An archive has hundreds of mailboxes, and every address of its mail may belong to one of them. So mailboxes are
//! found by hash: by the address in normal form and, if any mailbox has address equivalences, by its key under all of
//! them.

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::book::found::Candidate;
use crate::book::index::record::RecordId;
use crate::decide::resolve::matches::tier;
use crate::mail::address::{Address, Equivalence};
use crate::mail::envelope::{AddressId, Addresses};
use crate::options::{MailboxId, Options};

/// The mailboxes of one address or owner, nearly always one.
pub(super) type Mailboxes = SmallVec<[MailboxId; 2]>;

/// An address of `mailbox.addresses`.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnAddress {
    /// The mailbox that names it.
    pub(super) mailbox: MailboxId,
    /// The address equivalence that it needs.
    pub(super) equivalence: Equivalence,
}

/// The mailboxes with one address: the best match first, equal ones in the order of the options.
type NamingMailboxes = SmallVec<[OwnAddress; 1]>;

/// Maps an address to the mailboxes that have it in `addresses`, and a record to the mailboxes that it owns.
#[derive(Debug)]
pub(super) struct OwnAddresses {
    exact: HashMap<Address, MailboxId>,
    /// By the key of the widest equivalence; empty if no mailbox has an equivalence.
    folded: HashMap<Box<str>, Vec<(Address, MailboxId)>>,
    widest: Equivalence,
    pub(super) by_owner: HashMap<RecordId, Mailboxes>,
    /// The position of each address of the mail in `lists`, counted from 1; 0 if no mailbox has the address.
    places: Vec<u32>,
    lists: Vec<NamingMailboxes>,
}

impl OwnAddresses {
    /// Indexes the addresses in the options. `owners` are the owners of the mailboxes, by number; `addresses` are those
    /// of the mail.
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

    /// Returns whether no mailbox has any address.
    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }

    /// Returns the mailboxes with the address.
    pub(super) fn find(&self, address: &Address) -> NamingMailboxes {
        let exact = self.exact.get(address).map(|&mailbox| OwnAddress {
            mailbox,
            equivalence: Equivalence::EXACT,
        });
        let mut named: NamingMailboxes = exact.into_iter().collect();
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

/// An address to resolve.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    /// The book's records that have it.
    pub(super) candidates: &'q [Candidate],
    /// The mailbox with the address in its `addresses`, from the view of the querying mailbox.
    pub(super) own: Option<OwnAddress>,
    /// Its interned id, if it occurs in the mail; the run may then have created records for it.
    pub(super) address: Option<AddressId>,
}
