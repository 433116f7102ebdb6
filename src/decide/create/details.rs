//! The *details* of a created record: the values that no decision depends on. They are computed after all decisions,
//! for each record independently.

use crate::base::reference::Reference;
use crate::book::Book;
use crate::book::index::record::RecordId;
use crate::decide::created::{CreatedRecord, Details};
use crate::decide::names::gather::Names;
use crate::decide::names::name;
use crate::decide::names::name::PersonName;
use crate::decide::resolve::Resolver;
use crate::decide::vcards::People;
use crate::mail::address::Address;
use crate::mail::address::domain;
use crate::mail::envelope::AddressId;
use crate::mail::identity::record_id;
use crate::mail::rules::Rules;

/// The sources of details.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// Resolves addresses to records.
    pub resolver: &'a Resolver<'a>,
    /// Word lists.
    pub rules: &'a Rules,
    /// Display names over all messages, for all addresses that got a record.
    pub names: &'a Names<'a>,
    /// Names from vCards.
    pub people: &'a People,
}

impl Sources<'_> {
    /// Returns the details of a record created by a message with this subject.
    pub(crate) fn details(&self, record: &CreatedRecord, subject: Option<&str>) -> Details {
        let is_lead = record.kind == "lead";
        let address = self.resolver.addresses.get(record.address);
        let options = self.resolver.options.mailbox(record.mailbox);
        let account = match options.email.link_account {
            true => self.account(address),
            false => None,
        };
        let company = || self.company(address, account);
        Details {
            id: new_id(self.resolver.book, record.kind, address),
            name: self.name(record.address, record.kind),
            account: account.map(|account| self.resolver.book.reference(account)),
            company: if is_lead { company() } else { None },
            topic: subject.filter(|_| is_lead).map(Into::into),
        }
    }

    /// Returns the name for a record of type `kind` that is created for an address. Somebody maintains a vCard, so its
    /// name takes precedence over every display name (our choice).
    pub(crate) fn name(&self, address: AddressId, kind: &str) -> PersonName {
        if let Some(name) = self.people.name(address, kind) {
            return name.clone();
        }
        let text = self.resolver.addresses.get(address);
        match self.names.best(address, text) {
            Some(best) => name::split(&best, Some(text), &self.rules.names),
            None => name::from_address(text, &self.rules.names),
        }
    }

    /// Returns the only active account with the address's registrable domain; `None` for free-mail domains.
    fn account(&self, address: &Address) -> Option<RecordId> {
        self.resolver
            .book
            .account_of_domain(self.company_domain(address)?)
    }

    /// Returns the company of a lead: the account's name, else the registrable domain; `None` for free-mail domains.
    fn company(&self, address: &Address, account: Option<RecordId>) -> Option<Box<str>> {
        let name = account.and_then(|account| self.resolver.book.name(account));
        name.or_else(|| self.company_domain(address))
            .map(Into::into)
    }

    fn company_domain<'d>(&self, address: &'d Address) -> Option<&'d str> {
        domain::registrable(address.domain())
            .filter(|_| !self.rules.free_mail.covers(address.domain()))
    }
}

/// Returns an id for a record that is created for an address: the first of its series that the book does not have.
pub(crate) fn new_id(book: &Book, kind: &str, address: &Address) -> Box<str> {
    let mut series = 0;
    loop {
        let id = record_id(kind, address.as_str(), series).to_string();
        if book.find(&Reference::new(kind, &id)).is_none() {
            return id.into();
        }
        series += 1;
    }
}
