//! Decides which addresses of a tracked message get a record, and why the others do not (R11).

use std::cell::RefCell;

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;

use super::details::Sources;
use crate::base::small_set::Seen;
use crate::decide::created::FoundRecord;
use crate::decide::created::Why;
use crate::decide::duplicates::{Answer, Answers};
use crate::decide::names::gather::Names;
use crate::decide::resolve::matches::{Hidden, RecordKey};
use crate::decide::resolve::{AsOf, Author, Resolver};
use crate::decide::trace::{Step, Trace};
use crate::decide::vcards::People;
use crate::mail::direction::Direction;
use crate::mail::envelope::party::Party;
use crate::mail::envelope::{AddressId, Envelope};
use crate::mail::rules::Rules;
use crate::options::{Create, CreateFor, Mailbox, MailboxId, SkipClass};

/// What creation needs beside the message.
#[derive(Clone, Copy)]
pub(crate) struct Creation<'a> {
    /// Resolves addresses to records.
    pub resolver: &'a Resolver<'a>,
    /// Word lists.
    pub rules: &'a Rules,
    /// Returns the display names over all messages. Gathering them takes a pass over all mail; they are nearly always
    /// needed only after all decisions, for the addresses that got a record.
    pub names: &'a dyn Fn() -> &'a Names<'a>,
    /// Caches whether an address has a usable display name: every message may ask for the same address, and an address
    /// may have as many names as there are messages.
    pub is_named: &'a RefCell<HashMap<AddressId, bool>>,
    /// Names from vCards.
    pub people: &'a People,
    /// Addresses that write in other people's names (R11, `role`).
    pub writes_for_others: &'a HashSet<AddressId>,
    /// Records in the book's current state, for addresses that had no record in the book of the run.
    pub answers: &'a Answers,
}

/// The outcome for the addresses of one message.
#[derive(Debug, Default)]
pub(crate) struct Considered<'e> {
    /// Those that get a record.
    pub create: SmallVec<[(Party<'e>, AddressId); 1]>,
    /// Those that have a record in the book's current state.
    pub found: SmallVec<[(Party<'e>, AddressId, &'e FoundRecord); 1]>,
    /// Those that get none, and why.
    pub refuse: SmallVec<[(Party<'e>, Why); 1]>,
}

/// The role in which a party is looked up.
#[derive(Clone, Copy, PartialEq)]
enum LookupRole {
    Sender,
    Organizer,
    Recipient,
}

/// A tracked message whose addresses are considered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Considering<'e, 'm> {
    /// The message.
    pub message: &'e Envelope,
    /// Its author.
    pub author: Author<'e>,
    /// The accepting mailbox, whose options apply.
    pub mailbox: MailboxId,
    /// The direction from that mailbox's view.
    pub direction: Direction,
    /// The record of the author.
    pub sender: Option<RecordKey>,
    /// The created records that exist at this point of the order.
    pub moment: AsOf<'m>,
}

impl<'a> Creation<'a> {
    /// Considers the addresses of a tracked message.
    pub(crate) fn consider<'e>(&self, of: &Considering<'e, '_>, trace: &mut Trace) -> Considered<'e>
    where
        'a: 'e,
    {
        let &Considering {
            message,
            mailbox,
            sender,
            moment,
            ..
        } = of;
        let options = self.resolver.options.mailbox(mailbox);
        let mut considered = Considered::default();
        if options.email.create == Create::None {
            trace.note(|| note("nothing is created (email.create = \"none\")".into()));
            return considered;
        }
        if options.email.create_for == CreateFor::Sender
            && message.organizer().is_none()
            && sender.is_some()
            && !trace.is_recording()
        {
            // A shortcut for the most frequent case: the author already has a record.
            return considered;
        }
        let candidates = candidates(of, options);
        let mut seen = Seen::new(candidates.len());
        let mut is_nobody = true;
        for (party, role) in candidates {
            let Some(address) = party.address.filter(|&address| seen.insert(address)) else {
                continue;
            };
            is_nobody = false;
            let is_resolved = match role {
                LookupRole::Sender => sender.is_some(),
                _ => self.is_resolved(mailbox, address, role, moment),
            };
            if is_resolved {
                trace.note(|| self.outcome(party, "it is linked to a record already"));
                continue;
            }
            match self.refused(options, mailbox, address, moment, message) {
                Some(why) => considered.refuse.push((party, why)),
                None => match self.answers.of(mailbox, address) {
                    None => considered.create.push((party, address)),
                    Some(Answer::Record(it)) => considered.found.push((party, address, it)),
                    Some(Answer::Hidden(why)) => considered.refuse.push((party, *why)),
                },
            }
        }
        if considered.create.len() > options.email.create_limit as usize {
            considered.refuse.extend(
                considered
                    .create
                    .drain(..)
                    .map(|(party, _)| (party, Why::Limit)),
            );
        }
        if trace.is_recording() {
            self.trace_outcomes(&considered, is_nobody, kind_of(options), trace);
        }
        considered
    }

    fn outcome(&self, party: Party<'_>, text: &str) -> Step {
        Step::Creation {
            address: party.written(self.resolver.addresses).to_string(),
            outcome: text.into(),
        }
    }

    fn trace_outcomes(
        &self,
        considered: &Considered<'_>,
        is_nobody: bool,
        kind: &str,
        trace: &mut Trace,
    ) {
        if is_nobody {
            let text = "there is nobody to create a record for: only senders of incoming mail get one, unless create_for = \"everyone\"";
            trace.note(|| note(text.into()));
        }
        for (party, address) in &considered.create {
            let sources = Sources {
                resolver: self.resolver,
                rules: self.rules,
                names: (self.names)(),
                people: self.people,
            };
            let name = sources.name(*address, kind).full;
            trace.note(|| {
                self.outcome(
                    *party,
                    &format!("a record is created, with the name {name}"),
                )
            });
        }
        for (party, _, found) in &considered.found {
            let record = &found.reference;
            let text =
                format!("not created: the book has {record} by now, and the activity links to it");
            trace.note(|| self.outcome(*party, &text));
        }
        for (party, why) in &considered.refuse {
            trace.note(|| self.outcome(*party, &format!("not created: {}", why.words())));
        }
    }

    fn is_resolved(
        &self,
        mailbox: MailboxId,
        address: AddressId,
        role: LookupRole,
        moment: AsOf<'_>,
    ) -> bool {
        match role {
            LookupRole::Sender | LookupRole::Organizer => self
                .resolver
                .sender(mailbox, address, moment)
                .record
                .is_some(),
            LookupRole::Recipient => {
                let matches = self.resolver.matches(mailbox, address, moment);
                !self.resolver.recipients(mailbox, &matches).is_empty()
            }
        }
    }

    /// Returns the first reason against a record, in R11's order.
    fn refused(
        &self,
        options: &Mailbox,
        mailbox: MailboxId,
        address: AddressId,
        moment: AsOf<'_>,
        message: &Envelope,
    ) -> Option<Why> {
        let matches = self.resolver.matches(mailbox, address, moment);
        match self.resolver.hidden(mailbox, &matches) {
            Some(Hidden::OutOfScope) => return Some(Why::OutOfScope),
            Some(Hidden::Inactive) => return Some(Why::Inactive),
            Some(Hidden::Several) => return Some(Why::Several),
            None => (),
        }
        let text = self.resolver.addresses.get(address);
        let skips = |class| options.email.create_skip.contains(&class);
        if self.resolver.mailbox_that_names(mailbox, address).is_some() {
            Some(Why::Mailbox)
        } else if self.resolver.options.organization.domains.has(text) {
            Some(Why::Organization)
        } else if options.email.blocklist.has(text) {
            Some(Why::Blocklist)
        } else if let Some(why) = self.of_message(message, options) {
            Some(why)
        } else if skips(SkipClass::Role)
            && (self.rules.role.covers(text) || self.writes_for_others.contains(&address))
        {
            Some(Why::Role)
        } else if skips(SkipClass::FreeMail) && self.rules.free_mail.covers(text.domain()) {
            Some(Why::FreeMail)
        } else if skips(SkipClass::Nameless) && !self.has_name(address, kind_of(options)) {
            Some(Why::Nameless)
        } else {
            None
        }
    }

    /// Returns the reason that applies to all addresses of the message, if there is one.
    fn of_message(&self, message: &Envelope, options: &Mailbox) -> Option<Why> {
        let skips = |class| options.email.create_skip.contains(&class);
        if skips(SkipClass::Automated) && message.automated.is_some() {
            Some(Why::Automated)
        } else if skips(SkipClass::Bulk) && message.bulk.is_some() {
            Some(Why::Bulk)
        } else {
            None
        }
    }

    fn has_name(&self, address: AddressId, kind: &str) -> bool {
        let is_named = || {
            let mut known = self.is_named.borrow_mut();
            *known.entry(address).or_insert_with(|| {
                let text = self.resolver.addresses.get(address);
                (self.names)().best(address, text).is_some()
            })
        };
        self.people.name(address, kind).is_some() || is_named()
    }
}

/// Returns the type of the records that a mailbox creates.
pub(crate) fn kind_of(options: &Mailbox) -> &'static str {
    match options.email.create {
        Create::Lead => "lead",
        _ => "contact",
    }
}

/// Returns the parties that may get a record: the author and the organizer of incoming mail; with `create_for =
/// "everyone"`, also those in To and Cc.
fn candidates<'e>(
    of: &Considering<'e, '_>,
    options: &Mailbox,
) -> SmallVec<[(Party<'e>, LookupRole); 2]> {
    let message = of.message;
    let mut found = SmallVec::new();
    if of.direction == Direction::Incoming {
        found.extend(of.author.party.map(|party| (party, LookupRole::Sender)));
        found.extend(
            message
                .organizer()
                .map(|party| (party, LookupRole::Organizer)),
        );
    }
    if options.email.create_for == CreateFor::Everyone {
        let recipients = message.recipients(false);
        found.extend(recipients.map(|party| (party, LookupRole::Recipient)));
    }
    found
}

fn note(text: String) -> Step {
    Step::Note { text }
}
