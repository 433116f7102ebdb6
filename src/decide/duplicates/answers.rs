//! What the book's present state *answers* about addresses that a record would be created for.

use crate::decide::created::FoundRecord;
use hashbrown::HashMap;
use jiff::Timestamp;

use crate::base::threads::Threads;
use crate::book::{Book, Found};
use crate::decide::created::{CreatedRecords, Why};
use crate::decide::resolve::matches::Hidden;
use crate::decide::resolve::synchronized::Synchronized;
use crate::decide::resolve::{AsOf, Resolver};
use crate::mail::envelope::{AddressId, Distinct};
use crate::options::MailboxId;

/// What the book has by now for an address, as one mailbox sees it.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This record: activities link to it.
    Record(FoundRecord),
    /// Records to which nothing links, for this reason.
    Hidden(Why),
}

/// The answers about all addresses that were asked for.
#[derive(Debug, Default)]
pub struct Answers {
    /// By mailbox; nothing where no record has the address.
    of: HashMap<AddressId, Vec<Answer>>,
    found_any: bool,
}

impl Answers {
    /// Whether the address was asked for.
    pub fn were_asked(&self, address: AddressId) -> bool {
        self.of.contains_key(&address)
    }

    /// The answer for a mailbox; `None` where no record has the address.
    pub fn of(&self, mailbox: MailboxId, address: AddressId) -> Option<&Answer> {
        self.of.get(&address)?.get(usize::from(mailbox.0))
    }

    /// Whether any record was found, whether or not anything links to it.
    pub(super) fn has_records(&self) -> bool {
        self.found_any
    }

    /// Adds other answers.
    pub(super) fn add(&mut self, other: Answers) {
        self.found_any |= other.found_any;
        self.of.extend(other.of);
    }

    /// Asks a book about addresses.
    pub(super) fn ask(
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
        let mut found = Found::default();
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
        ordinal: 0,
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
