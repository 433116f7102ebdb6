//! The vCards, indexed by address.

use crate::decide::vcards::card::Card;
use hashbrown::HashMap;

use crate::decide::names::name;
use crate::decide::names::name::PersonName;
use crate::mail::address::Address;
use crate::mail::envelope::{AddressId, Addresses};
use crate::mail::rules::names::NameRules;
use crate::options::fields::{Pair, Property, PropertyKind};
use crate::options::{MailboxId, Options};

/// Every card that was read, indexed by address.
#[derive(Debug, Default)]
pub struct Cards {
    pub(super) cards: Vec<Card>,
    by_address: HashMap<Address, usize>,
    /// Warnings, each with its file and line.
    pub warnings: Vec<String>,
}

impl Cards {
    /// Adds a card. If several have the same address, the first counts (our choice), and the others are reported.
    pub(super) fn add(&mut self, card: Card) {
        let number = self.cards.len();
        for address in &card.addresses {
            let first = *self.by_address.entry(address.clone()).or_insert(number);
            if let Some(first) = self.cards.get(first) {
                self.warnings.push(format!(
                    "{}: `{}` is on another card too, {}, which counts",
                    card.place,
                    address.as_str(),
                    first.place
                ));
            }
        }
        self.cards.push(card);
    }

    /// Returns the number of cards.
    pub fn len(&self) -> usize {
        self.cards.len()
    }

    /// Returns whether there are no cards.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// Returns the card with an address.
    pub fn of(&self, address: &Address) -> Option<&Card> {
        self.by_address
            .get(address)
            .and_then(|&number| self.cards.get(number))
    }

    /// Returns the names on the cards for addresses in the mail, as far as synchronized fields pass names to the CRM.
    pub fn people(&self, addresses: &Addresses, options: &Options, rules: &NameRules) -> People {
        let fields = &options.mailbox(MailboxId::GENERAL).fields;
        let mut people = People::default();
        for address in self
            .by_address
            .keys()
            .collect::<std::collections::BTreeSet<_>>()
        {
            let (Some(id), Some(card)) = (addresses.find(address), self.of(address)) else {
                continue;
            };
            let names = ["contact", "lead"].map(|kind| named(card, fields.of(kind), rules));
            people.by_address.insert(id, names);
        }
        people
    }
}

/// The names from vCards, by address.
#[derive(Debug, Default)]
pub struct People {
    by_address: HashMap<AddressId, [Option<PersonName>; 2]>,
}

impl People {
    /// Returns the name for a record of this type, `contact` or `lead`.
    pub fn name(&self, address: AddressId, kind: &str) -> Option<&PersonName> {
        let [contact, lead] = self.by_address.get(&address)?;
        if kind == "lead" { lead } else { contact }.as_ref()
    }
}

/// Returns the name that a card gives a record. Parts that the card lacks are split off its full name.
fn named(card: &Card, pairs: &[Pair], rules: &NameRules) -> Option<PersonName> {
    let value = |column: &str| {
        let mut pairs = pairs.iter();
        let pair = pairs.find(|pair| &*pair.column == column && pair.direction.reaches_crm())?;
        card.value(pair.property)
    };
    let (full, first, last) = (value("fullname"), value("firstname"), value("lastname"));
    let parts = || [first, last].into_iter().flatten().collect::<Vec<&str>>();
    // Programs that collect addresses use the address as the name.
    let full = full.filter(|full| Address::parse(full).is_none());
    let full = match full {
        Some(full) => full.to_owned(),
        None => Some(parts().join(" ")).filter(|name| !name.is_empty())?,
    };
    let from_whole = name::split(&full, None, rules);
    Some(match last {
        Some(last) => PersonName {
            first: first.map(Into::into),
            last: last.into(),
            full,
        },
        None => PersonName {
            first: first.map(Into::into).or(from_whole.first),
            last: from_whole.last,
            full,
        },
    })
}

/// Returns the columns that a card fills beside those of every created record, as column and value in the order of the
/// pairs. Columns without a value are included.
pub(crate) fn further<'c>(
    card: Option<&'c Card>,
    address: &Address,
    pairs: &'c [Pair],
    usual: &[&str],
) -> Vec<(&'c str, Option<&'c str>)> {
    let mut columns = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.direction.reaches_crm()) {
        let value = match pair.property {
            Property::Email(number) => card.and_then(|card| card.email(number, address)),
            property => card.and_then(|card| card.value(property)),
        };
        if pair.kind == PropertyKind::Company {
            columns.push((COMPANY_NAME, value));
        } else if !usual.contains(&&*pair.column) {
            columns.push((&*pair.column, value));
        }
    }
    columns
}

/// The column for the company that a card names, beside a contact's parent account: Dataverse's name of the column with
/// that account's name.
pub(crate) const COMPANY_NAME: &str = "parentcustomeridname";
