//! What every command that decides does alike: look the addresses of the mail up, then decide.

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
use crate::mail::intake::{Intake, Mail};
use crate::mail::rules::Rules;
use crate::mail::source::listing::Discovered;
use crate::options::Options;
use crate::output::Rows;

/// What mail is decided by, and who is informed of it.
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
    /// Receives progress.
    pub progress: &'a dyn Progress,
}

/// What was decided, and what it rests on.
pub(crate) struct Decisions {
    /// The decisions and the created records.
    pub decided: Decided,
    /// The steps of the decision that was asked for.
    pub trace: Trace,
    /// Says why it is not known what the book's source holds by now.
    pub doubt: Option<String>,
}

impl<'a> Session<'a> {
    /// A session that decides by `basis`.
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

    /// Reads the header sections of mail; larger messages than `max_size` bytes are failures.
    pub(crate) fn read(&self, mail: Discovered, max_size: u64) -> Intake {
        crate::mail::read::heads::read(mail, self.rules, max_size, self.threads, self.progress)
    }

    /// Looks every address of the mail up in the book.
    pub(crate) fn resolve(&self, distinct: &'a Distinct) -> Resolver<'a> {
        pass::resolve(self.book, self.options, distinct, self.now, self.threads)
    }

    /// Decides every message in order. The steps of the message with the number `traced` are kept.
    pub(crate) fn decide(
        &self,
        mail: &[Mail],
        resolver: &Resolver<'_>,
        remembered: &mut Remembered,
        traced: Option<u32>,
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

    /// The rows of what was decided.
    pub(crate) fn rows<'r>(
        &self,
        resolver: &'r Resolver<'r>,
        decided: &'r Decided,
        mail: &'r [Mail],
    ) -> Rows<'r>
    where
        'a: 'r,
    {
        Rows {
            resolver,
            decided,
            mail,
            rules: self.rules,
            cards: self.cards,
        }
    }
}
