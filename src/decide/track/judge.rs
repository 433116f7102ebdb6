//! The decision table (R4), line by line.

use crate::decide::resolve::matches::{Match, RecordKey, Sender};
use crate::decide::resolve::{AsOf, Author, AuthorField, Resolver, is_own_kind};
use crate::decide::trace::{Step, Trace};
use crate::decide::track::reason::Reason;
use crate::mail::address::Address;
use crate::mail::direction::Direction;
use crate::mail::envelope::party::Party;
use crate::mail::envelope::{AddressId, Envelope};
use crate::options::{InternalEmail, Mailbox, MailboxId, Options, Track};

/// The decision about a message under one mailbox's rules.
#[derive(Clone, Debug)]
pub(crate) struct TrackDecision {
    /// The mailbox whose rules apply.
    pub mailbox: MailboxId,
    /// The direction from that mailbox's view.
    pub direction: Direction,
    /// Why it is tracked or not.
    pub reason: Reason,
    /// The result of resolving the sender; `None` without a usable address.
    pub sender: Option<Sender>,
}

/// The decision table for one message and one mailbox's rules.
pub(crate) struct DecisionTable<'a> {
    /// Resolves addresses to records.
    pub resolver: &'a Resolver<'a>,
    /// The created records that exist at this point.
    pub moment: AsOf<'a>,
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The message.
    pub message: &'a Envelope,
    /// Its author from the mailbox's view.
    pub author: Author<'a>,
}

/// The values that the lines of the table use.
struct JudgedMessage<'a> {
    options: &'a Options,
    of: &'a Mailbox,
    direction: Direction,
    sender: Option<Sender>,
    address: Option<&'a Address>,
}

impl JudgedMessage<'_> {
    fn is_incoming(&self) -> bool {
        self.direction == Direction::Incoming
    }
}

impl<'a> DecisionTable<'a> {
    /// Resolves the author's address.
    pub(crate) fn sender(&self) -> Option<Sender> {
        let address = self.author.address()?;
        Some(self.resolver.sender(self.mailbox, address, self.moment))
    }

    /// Notes the author in the trace if it is not the address in From.
    pub(crate) fn trace_author(&self, trace: &mut Trace) {
        let Some(author) = self
            .author
            .party
            .filter(|_| self.author.field != AuthorField::From)
        else {
            return;
        };
        let addresses = self.resolver.addresses;
        trace.note(|| Step::Note {
            text: format!(
                "the author is {}, from {}: From is {}, an own address or that of a list or a web form",
                author.written(addresses),
                self.author.field.name(),
                self.written_sender(),
            ),
        });
    }

    /// Returns the direction (R3). In a mailbox without an owner, mail is outgoing if From is a user or the address of
    /// a configured mailbox.
    pub(crate) fn direction(&self, sender: Option<&Sender>) -> Direction {
        let Some(address) = self.author.address() else {
            return Direction::Incoming;
        };
        let has_owner = self.resolver.options.mailbox(self.mailbox).owner.is_some();
        let is_user = || {
            let record = sender.and_then(|sender| sender.record);
            record.is_some_and(|record| {
                self.resolver.kind(record, self.moment.created) == "systemuser"
            })
        };
        let is_outgoing = if has_owner {
            self.resolver.is_own(self.mailbox, address)
        } else {
            let named = self.resolver.mailbox_that_names(self.mailbox, address);
            named.is_some() || is_user()
        };
        if is_outgoing {
            Direction::Outgoing
        } else {
            Direction::Incoming
        }
    }

    /// Returns the recipients that count: To and Cc, and also Bcc for sent mail (R7) and journaled mail (R1).
    pub(crate) fn recipients(
        message: &Envelope,
        direction: Direction,
    ) -> impl Iterator<Item = Party<'_>> {
        message.recipients(direction == Direction::Outgoing || message.is_journaled)
    }

    /// Returns whether the message is internal (R4, line 7): sender and every valid recipient are of the organization.
    pub(crate) fn is_internal(&self, sender: Option<&Sender>, direction: Direction) -> bool {
        let Some(from) = self.author.address() else {
            return false;
        };
        let record = sender.and_then(|sender| sender.record);
        let is_colleague = record
            .is_some_and(|record| is_own_kind(self.resolver.kind(record, self.moment.created)));
        let is_of_organization = |address| self.resolver.is_of_organization(self.mailbox, address);
        if !is_colleague && !is_of_organization(from) {
            return false;
        }
        let mut readable = DecisionTable::recipients(self.message, direction)
            .filter_map(|party| party.address)
            .peekable();
        readable.peek().is_some()
            && readable.all(|address| is_of_organization(address) || self.is_own_record(address))
    }

    /// Applies lines 4 to 15. `sender` and `direction` are the results of those methods of this table.
    pub(crate) fn judge(
        &self,
        sender: Option<Sender>,
        direction: Direction,
        correlates: &mut dyn FnMut(&mut Trace) -> bool,
        trace: &mut Trace,
    ) -> TrackDecision {
        let view = JudgedMessage {
            options: self.resolver.options,
            of: self.resolver.options.mailbox(self.mailbox),
            direction,
            address: self
                .author
                .address()
                .map(|id| self.resolver.addresses.get(id)),
            sender,
        };
        let reason = self
            .refused(&view, correlates, trace)
            .unwrap_or_else(|| self.filtered(&view, correlates, trace));
        TrackDecision {
            mailbox: self.mailbox,
            direction,
            reason,
            sender: view.sender,
        }
    }

    /// Lines 4 to 8.
    fn refused(
        &self,
        view: &JudgedMessage<'_>,
        correlates: &mut dyn FnMut(&mut Trace) -> bool,
        trace: &mut Trace,
    ) -> Option<Reason> {
        let email = &view.of.email;
        let is_off = view.is_incoming() && !email.check_incoming;
        if self.line(trace, 4, is_off, || {
            format!(
                "check_incoming = {}, the message is {}",
                email.check_incoming,
                shown(view.direction)
            )
        }) {
            return Some(Reason::CheckIncomingOff);
        }
        let from = || {
            view.address.map_or_else(
                || match self.written_sender().as_str() {
                    "missing" => "From is missing".into(),
                    written => format!("From is {written}, not an address `local@domain`"),
                },
                |it| match self.author.field {
                    AuthorField::From => format!("From is {}", it.as_str()),
                    field => format!("{} names the author, {}", field.name(), it.as_str()),
                },
            )
        };
        if self.line(trace, 5, view.address.is_none(), from) {
            return Some(Reason::InvalidSender);
        }
        let (is_blocked, blocked_inputs) = self.blocked(view);
        if self.line(trace, 6, is_blocked, || blocked_inputs.into()) {
            return Some(Reason::Blocked);
        }
        if self.is_rejected_as_internal(view, correlates, trace) {
            return Some(Reason::InternalEmailReject);
        }
        let is_none = email.track == Track::None;
        self.line(trace, 8, is_none, || track_words(email.track))
            .then_some(Reason::NoFilter)
    }

    /// Line 7.
    fn is_rejected_as_internal(
        &self,
        view: &JudgedMessage<'_>,
        correlates: &mut dyn FnMut(&mut Trace) -> bool,
        trace: &mut Trace,
    ) -> bool {
        let organization = &view.options.organization;
        let is_internal = self.is_internal(view.sender.as_ref(), view.direction);
        let is_rejected = match organization.internal_email {
            InternalEmail::Ignore => true,
            InternalEmail::Sent => view.is_incoming(),
            InternalEmail::Track => false,
        };
        let is_candidate = is_internal && is_rejected && !view.of.is_queue();
        // Correlating costs more than the rest of the line, and most mail is not internal.
        let is_reply = is_candidate && organization.internal_replies && correlates(trace);
        self.line(trace, 7, is_candidate && !is_reply, || {
            let about = match is_internal {
                true => "sender and all recipients are colleagues",
                false => "not all of sender and recipients are colleagues",
            };
            let setting = match organization.internal_email {
                InternalEmail::Ignore => "ignore",
                InternalEmail::Sent => "sent",
                InternalEmail::Track => "track",
            };
            let queue = match view.of.is_queue() {
                true => "; a queue's own mailbox",
                false => "",
            };
            let reply = match is_reply {
                true => "; it belongs to a tracked conversation, and internal_replies = true",
                false => "",
            };
            format!("{about}; internal_email = \"{setting}\"{queue}{reply}")
        })
    }

    /// Lines 9 to 15.
    fn filtered(
        &self,
        view: &JudgedMessage<'_>,
        correlates: &mut dyn FnMut(&mut Trace) -> bool,
        trace: &mut Trace,
    ) -> Reason {
        let email = &view.of.email;
        if self.line(trace, 9, email.track == Track::All, || {
            track_words(email.track)
        }) {
            return Reason::AcceptAll;
        }
        let is_left = !view.is_incoming() && !email.track_sent;
        if self.line(trace, 10, is_left, || {
            format!(
                "track_sent = {}, the message is {}",
                email.track_sent,
                shown(view.direction)
            )
        }) {
            return Reason::SentNotTracked;
        }
        if email.track == Track::Responses {
            let is_reply = correlates(trace);
            if self.line(trace, 11, is_reply, || {
                "what correlation found is above".into()
            }) {
                return Reason::CorrelationMatch;
            }
            self.line(trace, 12, true, || {
                "it does not belong to a tracked conversation".into()
            });
            return Reason::NoCorrelationMatch;
        }
        let (line, any_kind) = if email.track == Track::EmailEnabled {
            (14, true)
        } else {
            (13, false)
        };
        let matched = self.matched(view, any_kind);
        let inputs = || match matched {
            Some(record) => {
                let record = self.resolver.reference(record, self.moment.created);
                format!("{record} has the address")
            }
            None => "no such record in scope has the address".into(),
        };
        if self.line(trace, line, matched.is_some(), inputs) {
            return if view.is_incoming() {
                Reason::SenderMatch
            } else {
                Reason::RecipientMatch
            };
        }
        self.line(trace, 15, true, || "no filter accepts it".into());
        if view.is_incoming() {
            Reason::NoSenderMatch
        } else {
            Reason::NoRecipientMatch
        }
    }

    /// Returns whether line 6 applies: the sender, or every recipient of sent mail, is on the blocklist; and why.
    fn blocked(&self, view: &JudgedMessage<'_>) -> (bool, &'static str) {
        let list = &view.of.email.blocklist;
        if view.address.is_some_and(|address| list.has(address)) {
            return (true, "the sender is on the blocklist");
        }
        if view.is_incoming() {
            return (false, "the sender is not on the blocklist");
        }
        let mut any = false;
        for party in DecisionTable::recipients(self.message, view.direction) {
            any = true;
            if !party
                .address
                .is_some_and(|id| list.has(self.resolver.addresses.get(id)))
            {
                return (
                    false,
                    "neither the sender nor every recipient is on the blocklist",
                );
            }
        }
        (
            any,
            if any {
                "every recipient is on the blocklist"
            } else {
                "the sender is not on the blocklist, and there is no recipient"
            },
        )
    }

    /// Returns a record because of which lines 13 and 14 track the message.
    fn matched(&self, view: &JudgedMessage<'_>, any_kind: bool) -> Option<RecordKey> {
        let created = self.moment.created;
        let kind_of = |it: &Match| self.resolver.kind(it.record, created);
        let is_customer = |it: &Match| matches!(kind_of(it), "lead" | "contact" | "account");
        if view.is_incoming() {
            let sender = view.sender.as_ref()?;
            let mut counted = self.resolver.active(self.mailbox, &sender.matches);
            // A sender's only match counts even if it is inactive (R7).
            counted.extend(
                sender
                    .matches
                    .iter()
                    .filter(|it| it.counts() && sender.record == Some(it.record))
                    .copied(),
            );
            return counted
                .iter()
                .find(|it| any_kind || is_customer(it))
                .map(|it| it.record);
        }
        DecisionTable::recipients(self.message, view.direction)
            .filter_map(|party| party.address)
            .find_map(|address| {
                let matches = self.resolver.matches(self.mailbox, address, self.moment);
                let active = self.resolver.active(self.mailbox, &matches);
                let counts = |it: &&Match| {
                    if any_kind {
                        !is_own_kind(kind_of(it))
                    } else {
                        is_customer(it)
                    }
                };
                active.iter().find(counts).map(|it| it.record)
            })
    }

    fn is_own_record(&self, address: AddressId) -> bool {
        let matches = self.resolver.matches(self.mailbox, address, self.moment);
        let active = self.resolver.active(self.mailbox, &matches);
        active
            .iter()
            .any(|it| is_own_kind(self.resolver.kind(it.record, self.moment.created)))
    }

    fn written_sender(&self) -> String {
        let addresses = self.resolver.addresses;
        let all = self.message.from().iter().map(|it| it.written(addresses));
        let all: Vec<&str> = all.collect();
        match &*all {
            [] => "missing".into(),
            all => format!("`{}`", all.join(", ")),
        }
    }

    fn line(
        &self,
        trace: &mut Trace,
        line: u8,
        applies: bool,
        inputs: impl FnOnce() -> String,
    ) -> bool {
        trace.note(|| Step::Line {
            line,
            mailbox: mailbox_words(self.resolver.options, self.mailbox),
            applies,
            condition: condition(line),
            inputs: inputs(),
        });
        applies
    }
}

/// Returns a mailbox as shown to users.
pub(crate) fn mailbox_words(options: &Options, id: MailboxId) -> String {
    let mailbox = options.mailbox(id);
    let place = if mailbox.path.is_empty() {
        "all mail".to_owned()
    } else {
        format!("`{}`", mailbox.path)
    };
    match &mailbox.owner {
        Some(owner) => format!("{place} of {owner}"),
        None => format!("{place}, without an owner"),
    }
}

/// Returns the condition of a line of the table as shown to users.
pub(crate) fn condition(line: u8) -> &'static str {
    match line {
        2 => "the same message is tracked already",
        3 => "it is in a tracked folder",
        4 => "incoming, and incoming mail is not checked",
        5 => "no usable From address",
        6 => "the sender (or every recipient of sent mail) is on the blocklist",
        7 => "internal: sender and every recipient are colleagues",
        8 => "only tracked folders are tracked",
        9 => "everything is tracked",
        10 => "sent, and sent mail is not tracked",
        11 => "it belongs to a tracked conversation",
        12 => "it does not belong to a tracked conversation",
        13 => "a lead, contact or account in scope has the address",
        14 => "a record of any type in scope has the address",
        _ => "nothing applied",
    }
}

fn shown(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    }
}

fn track_words(track: Track) -> String {
    let name = match track {
        Track::LeadsContactsAccounts => "leads-contacts-accounts",
        Track::Responses => "responses",
        Track::All => "all",
        Track::EmailEnabled => "email-enabled",
        Track::None => "none",
    };
    format!("track = \"{name}\"")
}
