//! Which addresses of a tracked message get a record, and why the others do not (R11).

use hashbrown::HashSet;

use super::Why;
use super::name::{self, PersonName};
use super::names::Names;
use crate::address::Address;
use crate::book::{Book, RecordId};
use crate::domain;
use crate::envelope::{AddressId, Envelope, Party};
use crate::options::{Create, CreateFor, Mailbox, MailboxId, SkipClass};
use crate::resolve::{Hidden, Moment, Resolver};
use crate::rules::Rules;
use crate::trace::{Step, Trace};
use crate::track::Direction;
use crate::vcards::People;

/// What creation looks at beside the message.
pub struct Creation<'a> {
    /// Resolution.
    pub resolver: &'a Resolver<'a>,
    /// Word lists.
    pub rules: &'a Rules,
    /// Display names over all messages.
    pub names: &'a Names<'a>,
    /// Names that vCards have.
    pub people: &'a People,
}

/// What came of the addresses of one message.
#[derive(Debug, Default)]
pub struct Considered<'e> {
    /// Those that get a record.
    pub create: Vec<(&'e Party, AddressId)>,
    /// Those that do not.
    pub refuse: Vec<(&'e Party, Why)>,
}

/// How a party is looked up.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Sender,
    Recipient,
}

impl Creation<'_> {
    /// Considers the addresses of a tracked message under the accepting mailbox's options.
    pub fn consider<'e>(
        &self,
        message: &'e Envelope,
        mailbox: MailboxId,
        direction: Direction,
        moment: Moment<'_>,
        trace: &mut Trace,
    ) -> Considered<'e> {
        let options = self.resolver.options.mailbox(mailbox);
        let mut considered = Considered::default();
        if options.email.create == Create::None {
            trace.note(|| note("nothing is created (email.create = \"none\")".into()));
            return considered;
        }
        let mut seen = HashSet::new();
        let of_message = self.of_message(message, options);
        for (party, role) in candidates(message, options, direction) {
            let Some(address) = party.address.filter(|&address| seen.insert(address)) else {
                continue;
            };
            if self.is_resolved(mailbox, address, role, moment) {
                trace.note(|| outcome(party, "it is linked to a record already"));
                continue;
            }
            match self.refused(options, mailbox, address, moment, of_message) {
                Some(why) => considered.refuse.push((party, why)),
                None => considered.create.push((party, address)),
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
            self.tell(&considered, seen.is_empty(), kind_of(options), trace);
        }
        considered
    }

    fn tell(&self, considered: &Considered<'_>, is_nobody: bool, kind: &str, trace: &mut Trace) {
        if is_nobody {
            let text = "nobody to create a record for: only senders of incoming mail get one, unless create_for = \"everyone\"";
            trace.note(|| note(text.into()));
        }
        for (party, address) in &considered.create {
            let name = self.name(*address, kind).full;
            trace.note(|| outcome(party, &format!("a record is created, with the name {name}")));
        }
        for (party, why) in &considered.refuse {
            trace.note(|| outcome(party, &format!("not created: {}", why.words())));
        }
    }

    fn is_resolved(
        &self,
        mailbox: MailboxId,
        address: AddressId,
        role: Role,
        moment: Moment<'_>,
    ) -> bool {
        match role {
            Role::Sender => self
                .resolver
                .sender(mailbox, address, moment)
                .record
                .is_some(),
            Role::Recipient => {
                let matches = self.resolver.matches(mailbox, address, moment);
                !self.resolver.recipients(mailbox, &matches).is_empty()
            }
        }
    }

    /// The first reason that applies, in R11's order.
    fn refused(
        &self,
        options: &Mailbox,
        mailbox: MailboxId,
        address: AddressId,
        moment: Moment<'_>,
        of_message: Option<Why>,
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
        } else if self
            .resolver
            .options
            .organization
            .domains
            .covers(text.domain())
        {
            Some(Why::Organization)
        } else if options.email.blocklist.blocks(text) {
            Some(Why::Blocklist)
        } else if of_message.is_some() {
            of_message
        } else if skips(SkipClass::Role) && self.rules.role.covers(text) {
            Some(Why::Role)
        } else if skips(SkipClass::FreeMail) && self.rules.free_mail.covers(text.domain()) {
            Some(Why::FreeMail)
        } else if skips(SkipClass::Nameless) && !self.has_name(address, kind_of(options)) {
            Some(Why::Nameless)
        } else {
            None
        }
    }

    /// The classes that hold for all addresses of a message.
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
        self.people.name(address, kind).is_some() || self.names.best(address).is_some()
    }

    /// The name of the record of that type that is created for an address. What a vCard says of a person is someone's
    /// own care, and comes before every display name (ours).
    pub fn name(&self, address: AddressId, kind: &str) -> PersonName {
        if let Some(name) = self.people.name(address, kind) {
            return name.clone();
        }
        match self.names.best(address) {
            Some(best) => name::split(&best, &self.rules.names),
            None => name::from_address(self.resolver.addresses.get(address)),
        }
    }

    /// The one active account of the address's registrable domain; free-mail domains have none.
    pub fn account(&self, address: &Address) -> Option<RecordId> {
        self.resolver
            .book
            .account_of_domain(self.company_domain(address)?)
    }

    /// The company of a lead: the account's name, else the registrable domain, of free mail none.
    pub fn company(&self, address: &Address, account: Option<RecordId>) -> Option<Box<str>> {
        let book: &Book = self.resolver.book;
        let name = account.and_then(|account| book.name(account));
        name.or_else(|| self.company_domain(address))
            .map(Into::into)
    }

    fn company_domain<'d>(&self, address: &'d Address) -> Option<&'d str> {
        domain::registrable(address.domain())
            .filter(|_| !self.rules.free_mail.covers(address.domain()))
    }
}

/// The type of the records that a mailbox creates.
pub fn kind_of(options: &Mailbox) -> &'static str {
    match options.email.create {
        Create::Lead => "lead",
        _ => "contact",
    }
}

/// For whom records are created: the sender and the organizer of incoming mail; under `everyone` To and Cc too.
fn candidates<'e>(
    message: &'e Envelope,
    options: &Mailbox,
    direction: Direction,
) -> Vec<(&'e Party, Role)> {
    let mut found = Vec::new();
    if direction == Direction::Incoming {
        found.extend(message.sender().map(|party| (party, Role::Sender)));
        found.extend(
            message
                .organizer
                .as_deref()
                .map(|party| (party, Role::Sender)),
        );
    }
    if options.email.create_for == CreateFor::Everyone {
        found.extend(
            message
                .to
                .iter()
                .chain(&message.cc)
                .map(|party| (party, Role::Recipient)),
        );
    }
    found
}

fn note(text: String) -> Step {
    Step::Note { text }
}

fn outcome(party: &Party, text: &str) -> Step {
    Step::Creation {
        address: party.written.to_string(),
        outcome: text.into(),
    }
}
