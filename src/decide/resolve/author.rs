//! The *author* of a message (R3), nearly always its From address. Mailing lists that rewrite From, and web forms that
//! send from the organization's own address, name the author in other header fields. These count only if the From
//! address is the organization's own or is configured: anybody can write them, and a stranger who names a customer in
//! them must remain a stranger.

use schemars::JsonSchema;
use serde::Serialize;

use super::resolver::Resolver;
use crate::book::found::Candidate;
use crate::mail::address::Address;
use crate::mail::envelope::party::{Party, PartyField};
use crate::mail::envelope::{AddressId, Envelope, Parties};
use crate::options::{Email, MailboxId};

/// The header field that named the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum AuthorField {
    /// The From field.
    From,
    /// The X-Original-From field, written by mailing lists that rewrite From.
    #[serde(rename = "X-Original-From")]
    XOriginalFrom,
    /// The X-Original-Sender field, likewise; it has no display name.
    #[serde(rename = "X-Original-Sender")]
    XOriginalSender,
    /// The Reply-To field of a mailing list or a web form.
    #[serde(rename = "Reply-To")]
    ReplyTo,
}

impl AuthorField {
    /// Returns the field's name.
    pub fn name(self) -> &'static str {
        match self {
            AuthorField::From => "From",
            AuthorField::XOriginalFrom => "X-Original-From",
            AuthorField::XOriginalSender => "X-Original-Sender",
            AuthorField::ReplyTo => "Reply-To",
        }
    }
}

/// The author of a message.
#[derive(Clone, Copy, Debug)]
pub struct Author<'e> {
    /// The author as an address field names it; `None` if From has no usable address.
    pub party: Option<Party<'e>>,
    /// The text before `via X` in the display name of From, if another field named the author.
    before_via: Option<&'e str>,
    /// The field that named the author.
    pub field: AuthorField,
}

impl<'e> Author<'e> {
    /// Returns the author's address.
    pub fn address(&self) -> Option<AddressId> {
        self.party.and_then(|party| party.address)
    }

    /// Returns the parties in the role of From: the author if another field named one, else all of From.
    pub fn parties(&self, message: &'e Envelope) -> impl Iterator<Item = Party<'e>> + use<'e> {
        let (elsewhere, from) = match self.field {
            AuthorField::From => (None, message.from()),
            _ => (self.party, Parties::NONE),
        };
        elsewhere.into_iter().chain(from.iter())
    }

    /// Returns the author's display name.
    pub fn name(&self) -> Option<&'e str> {
        self.party?.name().or(self.before_via)
    }

    fn of(party: Party<'e>, before_via: Option<&'e str>, field: AuthorField) -> Author<'e> {
        Author {
            party: Some(party),
            before_via,
            field,
        }
    }
}

/// Returns the text before `via X` in a display name, without quotes.
fn before_via(name: &str) -> Option<&str> {
    let (before, _) = name.split_once(" via ")?;
    Some(bare(before)).filter(|before| !before.is_empty())
}

fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || "'\"".contains(c))
}

/// Returns the first of several parties if all with an address have the same one.
fn the_one<'e>(parties: impl Iterator<Item = Party<'e>>) -> Option<Party<'e>> {
    let mut usable = parties.filter(|party| party.address.is_some());
    let first = usable.next()?;
    usable
        .all(|other| other.address == first.address)
        .then_some(first)
}

fn usable(parties: Parties<'_>) -> Option<Party<'_>> {
    parties.iter().find(|party| party.address.is_some())
}

impl Resolver<'_> {
    /// Returns the author of a message according to the options of a mailbox.
    pub fn author<'e>(&self, mailbox: MailboxId, message: &'e Envelope) -> Author<'e> {
        let from = usable(message.from());
        let elsewhere = from
            .filter(|_| message.may_have_another_author)
            .and_then(|from| self.named_elsewhere(mailbox, message, from));
        elsewhere.unwrap_or(Author {
            party: from,
            before_via: None,
            field: AuthorField::From,
        })
    }

    fn named_elsewhere<'e>(
        &self,
        mailbox: MailboxId,
        message: &'e Envelope,
        from: Party<'e>,
    ) -> Option<Author<'e>> {
        let address = from.address?;
        let email = &self.options.mailbox(mailbox).email;
        let of_list =
            || self.is_ones_own(mailbox, address) || email.lists.has(self.addresses.get(address));
        let author = of_list()
            .then(|| self.behind_list(message, from))
            .flatten()
            .or_else(|| self.behind_form(mailbox, email, message, address))?;
        // A list that did not rewrite From names the same address again.
        (author.address() != Some(address)).then_some(author)
    }

    /// Returns the author of a message that a list passed on under its own address.
    fn behind_list<'e>(&self, message: &'e Envelope, from: Party<'e>) -> Option<Author<'e>> {
        let name = from.name().and_then(before_via);
        for (role, field) in [
            (PartyField::OriginalFrom, AuthorField::XOriginalFrom),
            (PartyField::OriginalSender, AuthorField::XOriginalSender),
        ] {
            if let Some(party) = usable(message.of(role)) {
                return Some(Author::of(party, name, field));
            }
        }
        let name = name?;
        // Computed once for all parties: the name may be as long as their list.
        let (small, address) = (name.to_lowercase(), Address::parse(name));
        let is_named = |party: &Party<'_>| match party.name() {
            Some(own) => bare(own).to_lowercase() == small,
            None => address
                .as_ref()
                .is_some_and(|it| self.is_address(*party, it)),
        };
        let named = message.of(PartyField::ReplyTo).iter().filter(is_named);
        Some(Author::of(the_one(named)?, None, AuthorField::ReplyTo))
    }

    fn is_address(&self, party: Party<'_>, address: &Address) -> bool {
        let own = party.address.map(|id| self.addresses.get(id));
        own == Some(address)
    }

    /// Returns the person who filled in a web form.
    fn behind_form<'e>(
        &self,
        mailbox: MailboxId,
        email: &Email,
        message: &'e Envelope,
        from: AddressId,
    ) -> Option<Author<'e>> {
        let text = self.addresses.get(from);
        let is_form = email.forms.has(text)
            || (self.options.organization.domains.has(text) && !self.is_somebodys(mailbox, from));
        if !is_form {
            return None;
        }
        let is_other = |party: &Party<'_>| {
            party
                .address
                .is_some_and(|it| !self.is_ones_own(mailbox, it))
        };
        let one = the_one(message.of(PartyField::ReplyTo).iter().filter(is_other))?;
        Some(Author::of(one, None, AuthorField::ReplyTo))
    }

    /// Returns whether an address is the organization's own in the sense of R4, line 7: of a user or queue that can
    /// match, of a mailbox, or within `organization.domains`.
    fn is_ones_own(&self, mailbox: MailboxId, address: AddressId) -> bool {
        let matches_own_kind = || {
            self.counted(mailbox, self.candidates(address), None)
                .any(|it| is_own_kind(self.book.kind(it.record)))
        };
        self.is_of_organization(mailbox, address) || matches_own_kind()
    }

    /// Returns whether an address is within `organization.domains` or belongs to a mailbox, even one whose owner is
    /// disabled by now.
    pub fn is_of_organization(&self, mailbox: MailboxId, address: AddressId) -> bool {
        let domains = &self.options.organization.domains;
        domains.has(self.addresses.get(address)) || self.is_of_mailbox(mailbox, address)
    }

    fn is_of_mailbox(&self, mailbox: MailboxId, address: AddressId) -> bool {
        self.mailbox_that_names(mailbox, address).is_some()
            || !self.mailboxes_of(address).is_empty()
    }

    /// Returns whether an address belongs to a user, a queue or a mailbox, whatever its state.
    fn is_somebodys(&self, mailbox: MailboxId, address: AddressId) -> bool {
        let is_own = |it: &Candidate| is_own_kind(self.book.kind(it.record));
        self.candidates(address).iter().any(is_own) || self.is_of_mailbox(mailbox, address)
    }
}

/// Returns whether records of a type belong to the organization, and are not customers.
pub(crate) fn is_own_kind(kind: &str) -> bool {
    matches!(kind, "systemuser" | "queue")
}
