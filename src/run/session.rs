//! The steps that all commands share that decide mail: looking up addresses, then deciding.

use jiff::Timestamp;

use super::basis::Basis;
use crate::base::progress::Progress;
use crate::base::threads::Threads;
use crate::book::Book;
use crate::book::present::Present;
use crate::decide::decision::Decided;
use crate::decide::duplicates;
use crate::decide::pass::{self, Observer, Remembered};
use crate::decide::resolve::Resolver;
use crate::decide::trace::Trace;
use crate::decide::vcards::Cards;
use crate::mail::envelope::Distinct;
use crate::mail::intake::{Intake, Mail, MessageNumber};
use crate::mail::rules::Rules;
use crate::mail::source::listing::Discovered;
use crate::options::Options;
use crate::output::OutputRows;

/// The input of decisions, and the receiver of progress.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a> {
    /// The options.
    pub options: &'a Options,
    /// The rules.
    pub rules: &'a Rules,
    /// The book.
    pub book: &'a Book,
    /// vCards whose values fill created records.
    pub cards: Option<&'a Cards>,
    /// The reference time: filters count days from it.
    pub now: Timestamp,
    /// The threads that do the work.
    pub threads: &'a Threads,
    /// Receives progress updates.
    pub progress: &'a dyn Progress,
}

/// The decisions, and what was noted about them.
pub(crate) struct Decisions {
    /// The decisions and the created records.
    pub decided: Decided,
    /// The steps of the traced decision.
    pub trace: Trace,
    /// The reason why the current state of the book's source is unknown.
    pub doubt: Option<String>,
}

impl<'a> Session<'a> {
    /// Creates a session with the options, rules and book of `basis`.
    pub(crate) fn new(
        basis: &'a Basis,
        cards: Option<&'a Cards>,
        now: Timestamp,
        threads: &'a Threads,
        progress: &'a dyn Progress,
    ) -> Session<'a> {
        Session {
            options: &basis.options,
            rules: &basis.rules,
            book: &basis.book,
            cards,
            now,
            threads,
            progress,
        }
    }

    /// Reads the header sections of mail; messages larger than `max_size` bytes are failures.
    pub(crate) fn read(&self, mail: Discovered, max_size: u64) -> Intake {
        crate::mail::read::heads::read(mail, self.rules, max_size, self.threads, self.progress)
    }

    /// Looks up every address of the mail in the book.
    pub(crate) fn resolve(&self, distinct: &'a Distinct) -> Resolver<'a> {
        pass::resolve(self.book, self.options, distinct, self.now, self.threads)
    }

    /// Decides every message in order, and keeps the trace of the message `traced`.
    pub(crate) fn decide(
        &self,
        mail: &[Mail],
        resolver: &Resolver<'_>,
        remembered: &mut Remembered,
        traced: Option<MessageNumber>,
    ) -> Decisions {
        if let Some(cards) = self.cards {
            remembered.people = cards.people(resolver.addresses, self.options, &self.rules.names);
        }
        let present = Present::new(self.book, self.options, self.now, self.threads);
        let telling = Observer {
            traced,
            progress: self.progress,
        };
        let (decided, trace) = duplicates::decide(
            mail,
            resolver,
            self.rules,
            remembered,
            telling,
            &present,
            self.threads,
        );
        Decisions {
            decided,
            trace,
            doubt: present.doubt(),
        }
    }

    /// Returns the source of the rows of the decisions.
    pub(crate) fn rows<'r>(
        &self,
        resolver: &'r Resolver<'r>,
        decided: &'r Decided,
        mail: &'r [Mail],
    ) -> OutputRows<'r>
    where
        'a: 'r,
    {
        OutputRows {
            resolver,
            decided,
            mail,
            rules: self.rules,
            cards: self.cards,
        }
    }
}
