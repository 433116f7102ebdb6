//! Queries for an address: the book's records that have it, and the mailboxes that the options give it to.

use crate::book::Book;
use crate::book::found::Candidate;
use crate::book::index::record::RecordId;
use crate::book::index::record::RecordState;
use crate::decide::resolve::Scope;
use crate::decide::resolve::matches::tier;
use crate::decide::resolve::own::{Mailboxes, OwnAddress, Query};
use crate::decide::resolve::resolver::Resolver;
use crate::mail::address::Address;
use crate::mail::envelope::AddressId;
use crate::options::MailboxId;

impl Resolver<'_> {
    /// Returns the query for an address of the mail, from the view of `mailbox`.
    pub(super) fn query_of_mail(&self, mailbox: MailboxId, address: AddressId) -> Query<'_> {
        let candidates = self.candidates(address);
        Query {
            candidates,
            own: self.best_own_address(mailbox, self.own.of(address), candidates),
            address: Some(address),
        }
    }

    /// Returns the query for an address that does not occur in the mail, from the view of `mailbox`; `candidates` are
    /// the book's records that have it.
    #[inline]
    pub fn query<'q>(
        &self,
        mailbox: MailboxId,
        address: impl FnOnce() -> Option<Address>,
        candidates: &'q [Candidate],
    ) -> Query<'q> {
        let address = if self.own.is_empty() { None } else { address() };
        let named = address.map(|address| self.own.find(&address));
        Query {
            candidates,
            own: named.and_then(|named| self.best_own_address(mailbox, &named, candidates)),
            address: None,
        }
    }

    /// Returns the best of the mailboxes with the address that `mailbox` allows, unless a record of the book matches
    /// better: an exact match takes precedence over an equivalence, even if that gives a mailbox's own address (R7).
    fn best_own_address(
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

    /// Returns the candidates that can match in a mailbox. `owner` always can, whatever its scope and state.
    pub(super) fn counted<'q>(
        &self,
        mailbox: MailboxId,
        candidates: &'q [Candidate],
        owner: Option<RecordId>,
    ) -> impl Iterator<Item = &'q Candidate> {
        let allowed = self.options.mailbox(mailbox).address_book.equivalence;
        let (book, view): (&Book, _) = (self.book, self.view_of(mailbox));
        candidates.iter().filter(move |it| {
            let matches = || {
                let facts = book.record(it.record);
                view.scope(it.record, &facts) == Scope::In && facts.state != RecordState::Disabled
            };
            allowed.allows(it.equivalence)
                && !view.leaves_out(it.column)
                && (owner == Some(it.record) || matches())
        })
    }

    /// Returns the mailbox with the address in its `addresses`, from the view of `mailbox`.
    pub fn mailbox_that_names(&self, mailbox: MailboxId, address: AddressId) -> Option<MailboxId> {
        if self.own.is_empty() {
            return None;
        }
        self.query_of_mail(mailbox, address)
            .own
            .map(|own| own.mailbox)
    }

    /// Returns whether the address is the mailbox's own: an address of its owner's record, or in its `addresses` (R3).
    pub fn is_own(&self, mailbox: MailboxId, address: AddressId) -> bool {
        self.is_own_query(mailbox, self.query_of_mail(mailbox, address))
    }

    pub(super) fn is_own_query(&self, mailbox: MailboxId, asked: Query<'_>) -> bool {
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

    /// Returns the configured mailboxes whose own address it is, in the order of the options.
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
