//! One pass of decisions: addresses are resolved in parallel, the messages are ordered and decided on one thread, and
//! the details of created records are computed in parallel.
//!
//! Each stage takes its input by value or by reference to a finished one, so that none can be skipped.

pub(crate) use crate::base::progress::Progress;
use crate::base::threads::BATCH;
use crate::mail::intake::MessageNumber;
use std::cell::{OnceCell, RefCell};

use hashbrown::HashSet;
use jiff::Timestamp;

use super::MessageFold;
use super::created::CreatedRecord;
use super::decision::{Decided, RememberedActivity};
use super::duplicates::Answers;
use super::order;
use super::resolve::{Author, AuthorField, Resolver};
use super::trace::Trace;
use super::vcards::People;
use crate::base::threads::Threads;
use crate::book::{Book, LookupResults};
use crate::decide::create::consider::Creation;
use crate::decide::create::details::Sources;
use crate::decide::names::gather::Names;
use crate::decide::order::ranked::OrderEntry;
use crate::decide::resolve::synchronized::Synchronized;
use crate::mail::address::Address;
use crate::mail::envelope::party::is_on_behalf;
use crate::mail::envelope::{AddressId, Distinct, Envelope};
use crate::mail::identity::Identities;
use crate::mail::intake::Mail;
use crate::mail::rules::Rules;
use crate::options::Options;

/// Who observes decisions while they are made.
#[derive(Clone, Copy)]
pub struct Observer<'a> {
    /// The message whose decision is to be explained.
    pub traced: Option<MessageNumber>,
    /// Receives progress updates.
    pub progress: &'a dyn Progress,
}

/// Observes nothing.
impl Default for Observer<'_> {
    fn default() -> Self {
        Observer {
            traced: None,
            progress: &(),
        }
    }
}

/// Looks up every address in the book. Filters that count days count from `now`.
pub fn resolve<'a>(
    book: &'a Book,
    options: &'a Options,
    distinct: &'a Distinct,
    now: Timestamp,
    threads: &Threads,
) -> Resolver<'a> {
    let all: Vec<&Address> = distinct.addresses.all().iter().collect();
    let parts = threads.chunks(&all, BATCH, |batch| {
        let mut found = LookupResults::default();
        book.look_up(batch, &mut found);
        found
    });
    let mut found = LookupResults::default();
    parts.iter().for_each(|part| found.append(part));
    let synchronized = Synchronized::of(book, options, now, threads);
    Resolver::new(book, options, distinct, found, &synchronized)
}

/// Returns the numbers of the messages in the order in which they are decided (R2).
fn in_order(mail: &[Mail], identities: &Identities) -> Vec<u32> {
    let entries: Vec<OrderEntry<'_>> = mail
        .iter()
        .map(|mail| OrderEntry {
            received_on: mail.envelope.received_on,
            identity: mail.envelope.identity,
            named: mail.envelope.named(),
        })
        .collect();
    order::order(&entries, identities, |number| {
        mail[number as usize].source.name()
    })
}

/// The inputs beside the mail: what earlier runs decided, vCards, and the book's current state.
#[derive(Debug, Default)]
pub struct Remembered {
    /// The activities that earlier runs tracked and that this run's mail may refer to.
    pub activities: Vec<RememberedActivity>,
    /// Whether earlier runs tracked any activity at all.
    pub has_activities: bool,
    /// Records that earlier runs created.
    pub records: Vec<CreatedRecord>,
    /// Names that earlier runs chose for addresses.
    pub names: Vec<(AddressId, String)>,
    /// Names from vCards.
    pub people: People,
    /// Records in the book's current state, for addresses that had no record in the book of the run.
    pub answers: Answers,
}

/// The decisions on all messages. The details of created records are still missing.
pub struct UndetailedDecisions<'a> {
    mail: &'a [Mail],
    resolver: &'a Resolver<'a>,
    rules: &'a Rules,
    names: LateNames<'a>,
    people: &'a People,
    /// The names of all addresses without a record, if the fold needed them.
    all_names: Option<Names<'a>>,
    decided: Decided,
    trace: Trace,
}

/// The sources of display names.
struct LateNames<'a> {
    /// The messages that are decided, in order.
    messages: Vec<&'a Mail>,
    resolver: &'a Resolver<'a>,
    earlier: &'a [(AddressId, String)],
}

impl<'a> LateNames<'a> {
    fn gather(&self, wanted: &dyn Fn(AddressId) -> bool) -> Names<'a> {
        let messages = self.messages.iter().map(|mail| {
            let envelope = &mail.envelope;
            let may_have = envelope.may_have_another_author;
            (envelope, may_have.then(|| self.author(mail)).flatten())
        });
        let mut names = Names::gather(messages, wanted);
        for (address, name) in self.earlier {
            names.add_earlier(*address, name);
        }
        names
    }

    /// Returns the author of a message if it is not the address in From.
    fn author(&self, mail: &'a Mail) -> Option<Author<'a>> {
        let (mailbox, _) = self.resolver.options.mailbox_of(mail.source.folder());
        let author = self.resolver.author(mailbox, &mail.envelope);
        (author.field != AuthorField::From).then_some(author)
    }

    /// Returns the addresses whose own From header fields contain the names of other people (R11).
    fn writing_for_others(&self) -> HashSet<AddressId> {
        let messages = self.messages.iter().map(|mail| &mail.envelope);
        let writing = messages.filter(|envelope| envelope.is_in_others_name);
        writing
            .flat_map(|envelope| envelope.from().iter())
            .filter(|party| party.name().is_some_and(is_on_behalf))
            .filter_map(|party| party.address)
            .collect()
    }
}

/// Decides every message in order. Returns the trace of the message `telling.traced`.
pub fn decide(
    mail: &[Mail],
    resolver: &Resolver<'_>,
    rules: &Rules,
    earlier: &Remembered,
    telling: Observer<'_>,
    threads: &Threads,
) -> (Decided, Trace) {
    fold(mail, resolver, rules, earlier, telling).complete(threads)
}

/// The sequential part of [`decide`], in which each message depends on those before it.
pub fn fold<'a>(
    mail: &'a [Mail],
    resolver: &'a Resolver<'a>,
    rules: &'a Rules,
    earlier: &'a Remembered,
    telling: Observer<'_>,
) -> UndetailedDecisions<'a> {
    let Observer { traced, progress } = telling;
    progress.stage("deciding", mail.len() as u64);
    let order = in_order(mail, resolver.identities);
    let in_order = order.iter().map(|&number| &mail[number as usize]);
    let names = LateNames {
        messages: in_order.filter(|mail| !mail.stands).collect(),
        resolver,
        earlier: &earlier.names,
    };
    // A record under an address equivalence prevents creation only in mailboxes that allow the equivalence.
    let has_record = |address: AddressId| resolver.has_exact_candidates(address);
    let writes_for_others = names.writing_for_others();
    let (gathered, is_named) = (OnceCell::new(), RefCell::default());
    let all_names = || gathered.get_or_init(|| names.gather(&|address| !has_record(address)));
    let creation = Creation {
        resolver,
        rules,
        names: &all_names,
        is_named: &is_named,
        people: &earlier.people,
        writes_for_others: &writes_for_others,
        answers: &earlier.answers,
    };
    let mut fold = MessageFold::new(resolver, rules, creation, mail.len(), traced.is_some());
    for activity in &earlier.activities {
        fold.remember_activity(activity);
    }
    for record in &earlier.records {
        // If the book has a record for the address by now, it takes the place of the created one (R11).
        if !has_record(record.address) {
            fold.remember(record.clone());
        }
    }
    let mut kept = Trace::silent();
    for (at, &number) in order.iter().enumerate() {
        if at % BATCH == 0 {
            progress.advance(BATCH.min(order.len() - at) as u64);
        }
        let later = |ahead: usize| order.get(at + ahead).map(|&number| &mail[number as usize]);
        Mail::prefetch(later, Envelope::prefetch);
        let number = MessageNumber(number);
        let mail = &mail[number.index()];
        if mail.stands {
            fold.regard(number, mail);
            continue;
        }
        let mut trace = if traced == Some(number) {
            Trace::recording()
        } else {
            Trace::silent()
        };
        fold.decide(number, mail, &mut trace);
        if traced == Some(number) {
            kept = trace;
        }
    }
    let mut decided = fold.finish();
    decided.writing_for_others = writes_for_others;
    UndetailedDecisions {
        mail,
        resolver,
        rules,
        all_names: gathered.into_inner(),
        names,
        people: &earlier.people,
        decided,
        trace: kept,
    }
}

impl UndetailedDecisions<'_> {
    /// Returns the addresses, filtered by `wanted`, that got a record or would have without `email.create_limit`.
    pub fn created_addresses(&self, wanted: impl Fn(AddressId) -> bool) -> Vec<AddressId> {
        let made = self.decided.created.made();
        let addresses = made.map(|(_, record)| record.address);
        addresses
            .chain(self.decided.over_limit.iter().copied())
            .filter(|&address| wanted(address))
            .collect()
    }

    /// Sets the ids, names and companies of the created records, on all threads.
    pub fn complete(self, threads: &Threads) -> (Decided, Trace) {
        let UndetailedDecisions {
            mail,
            resolver,
            rules,
            mut decided,
            ..
        } = self;
        let created = decided.created.of_this_run();
        if created.is_empty() {
            return (decided, self.trace);
        }
        let names = self.all_names.unwrap_or_else(|| {
            let wanted = decided.created.addresses(resolver.addresses.all().len());
            self.names.gather(&|address| wanted[address.0 as usize])
        });
        let sources = Sources {
            resolver,
            rules,
            names: &names,
            people: self.people,
        };
        let subject = |record: &CreatedRecord| {
            let message = decided.decisions[record.ordinal.index()].message;
            mail[message.index()].envelope.subject()
        };
        // Looks up the subject once per message: it is stored behind all addresses, each of which may have a record.
        let of_one_message =
            |one: &CreatedRecord, next: &CreatedRecord| one.ordinal == next.ordinal;
        let subjects = created.chunk_by(of_one_message).flat_map(|records| {
            let subject = records.first().and_then(subject);
            records.iter().map(move |record| (record, subject))
        });
        let subjects: Vec<(&CreatedRecord, Option<&str>)> = subjects.collect();
        let details = threads.map(&subjects, |(record, subject)| {
            sources.details(record, *subject)
        });
        decided.created.complete(details);
        (decided, self.trace)
    }
}
