//! Lookups, in the book's current state, of addresses that a record would be created for.

use crate::decide::created::FoundRecord;
use crate::decide::ordinal::Ordinal;
use hashbrown::HashMap;
use jiff::Timestamp;

use crate::base::threads::Threads;
use crate::book::{Book, LookupResults};
use crate::decide::created::{CreatedRecords, Why};
use crate::decide::resolve::matches::Hidden;
use crate::decide::resolve::synchronized::Synchronized;
use crate::decide::resolve::{AsOf, Resolver};
use crate::mail::envelope::{AddressId, Distinct};
use crate::options::MailboxId;

/// The result for an address from one mailbox's view.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This record has the address: activities link to it.
    Record(FoundRecord),
    /// Records have the address, but nothing links to them, for this reason.
    Hidden(Why),
}

/// The results for all addresses that were looked up.
#[derive(Debug, Default)]
pub struct Answers {
    /// One result per mailbox; empty if no record has the address.
    of: HashMap<AddressId, Vec<Answer>>,
    found_any: bool,
}

impl Answers {
    /// Returns whether the address was looked up.
    pub fn was_looked_up(&self, address: AddressId) -> bool {
        self.of.contains_key(&address)
    }

    /// Returns the result for a mailbox; `None` if no record has the address.
    pub fn of(&self, mailbox: MailboxId, address: AddressId) -> Option<&Answer> {
        self.of.get(&address)?.get(usize::from(mailbox.0))
    }

    /// Returns whether any record was found, even one that nothing links to.
    pub(super) fn has_records(&self) -> bool {
        self.found_any
    }

    /// Adds other results.
    pub(super) fn add(&mut self, other: Answers) {
        self.found_any |= other.found_any;
        self.of.extend(other.of);
    }

    /// Looks up addresses in a book.
    pub(super) fn look_up(
        asked: &[AddressId],
        book: &Book,
        resolver: &Resolver<'_>,
        now: Timestamp,
        threads: &Threads,
    ) -> Answers {
        let mut all = Answers::default();
        let options = resolver.options;
        let mut distinct = Distinct::default();
        for &address in asked {
            distinct.addresses.intern(resolver.addresses.get(address));
        }
        let mut found = LookupResults::default();
        let texts: Vec<_> = distinct.addresses.all().iter().collect();
        book.look_up(&texts, &mut found);
        let synchronized = Synchronized::of(book, options, now, threads);
        let present = Resolver::new(book, options, &distinct, found, &synchronized);
        for &address in asked {
            let own = distinct.addresses.find(resolver.addresses.get(address));
            let own = own.filter(|&own| present.has_exact_candidates(own));
            let mailboxes = (0..options.mailboxes.len()).map(|it| MailboxId(it as u16));
            let answers = own.map(|own| mailboxes.map(|it| answer(&present, it, own)).collect());
            all.found_any |= answers.is_some();
            all.of.insert(address, answers.unwrap_or_default());
        }
        all
    }
}

fn answer(present: &Resolver<'_>, mailbox: MailboxId, address: AddressId) -> Answer {
    let created = CreatedRecords::default();
    let moment = AsOf {
        created: &created,
        ordinal: Ordinal::default(),
    };
    let sender = present.sender(mailbox, address, moment);
    match sender.record {
        Some(record) => Answer::Record(FoundRecord {
            reference: present.reference(record, &created),
            name: present.name(record, &created).unwrap_or_default().into(),
        }),
        None => Answer::Hidden(match present.hidden(mailbox, &sender.matches) {
            Some(Hidden::Inactive) => Why::Inactive,
            Some(Hidden::Several) => Why::Several,
            Some(Hidden::OutOfScope) | None => Why::OutOfScope,
        }),
    }
}
