//! One vCard: the values of its properties.

use std::collections::BTreeMap;

use calcard::common::PartialDateTime;
use calcard::vcard::{
    VCard, VCardEntry, VCardParameterName, VCardParameterValue, VCardProperty, VCardType,
    VCardValue,
};
use jiff::civil::Date;

use crate::mail::address::Address;
use crate::options::fields::Property;

/// A contact of the mail side.
#[derive(Debug)]
pub struct Card {
    /// Its position, `file:line`.
    pub place: String,
    /// Its addresses in normal form, the preferred one first.
    pub addresses: Vec<Address>,
    /// Its addresses as written.
    written: Vec<String>,
    values: BTreeMap<Property, String>,
}

impl Card {
    /// Returns the value of a property. Addresses are excluded, because they depend on the record; see [`Card::email`].
    pub fn value(&self, property: Property) -> Option<&str> {
        self.values.get(&property).map(String::as_str)
    }

    /// Returns email address `number`, from 2, of a record whose first address is `own`, whichever the card prefers.
    pub fn email(&self, number: u8, own: &Address) -> Option<&str> {
        let is_other = |(address, _): &(&Address, &String)| *address != own;
        let others = self.addresses.iter().zip(&self.written).filter(is_other);
        let at = usize::from(number).checked_sub(2)?;
        others.map(|(_, written)| written.as_str()).nth(at)
    }

    /// Converts a card that the library has parsed. Values that are lost are reported in `warnings`.
    pub(super) fn of(vcard: &VCard, place: String, warnings: &mut Vec<String>) -> Card {
        let mut card = Card {
            place,
            addresses: Vec::new(),
            written: Vec::new(),
            values: BTreeMap::new(),
        };
        card.take_addresses(vcard, warnings);
        card.take_names(vcard);
        card.take_phones(vcard);
        card.take_address(vcard);
        for (property, of) in [
            (Property::Title, VCardProperty::Title),
            (Property::Role, VCardProperty::Role),
            (Property::Url, VCardProperty::Url),
            (Property::Note, VCardProperty::Note),
        ] {
            card.set(property, first(vcard, &of).and_then(|entry| part(entry, 0)));
        }
        card.take_birthday(vcard, warnings);
        card
    }

    fn set(&mut self, property: Property, value: Option<String>) {
        let value = value.map(|value| value.trim().to_owned());
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.values.entry(property).or_insert(value);
        }
    }

    fn take_addresses(&mut self, vcard: &VCard, warnings: &mut Vec<String>) {
        for entry in by_preference(vcard, &VCardProperty::Email) {
            let text = part(entry, 0).unwrap_or_default();
            let written = without_scheme(text.trim(), "mailto:");
            match Address::parse(written) {
                Some(address) if self.addresses.contains(&address) => (),
                Some(address) => {
                    self.addresses.push(address);
                    self.written.push(written.into());
                }
                None if written.is_empty() => (),
                None => warnings.push(format!(
                    "{}: `{written}` is not a valid address (expected local@domain), and is left out",
                    self.place
                )),
            }
        }
    }

    fn take_names(&mut self, vcard: &VCard) {
        self.set(
            Property::Fn,
            first(vcard, &VCardProperty::Fn).and_then(|entry| part(entry, 0)),
        );
        let parts = [
            Property::Family,
            Property::Given,
            Property::Additional,
            Property::Prefix,
            Property::Suffix,
        ];
        if let Some(entry) = first(vcard, &VCardProperty::N) {
            for (at, property) in parts.into_iter().enumerate() {
                self.set(property, part(entry, at));
            }
        }
        self.set(
            Property::Nickname,
            first(vcard, &VCardProperty::Nickname).and_then(|entry| part(entry, 0)),
        );
        if let Some(entry) = first(vcard, &VCardProperty::Org) {
            self.set(Property::Org, part(entry, 0));
            self.set(Property::Unit, part(entry, 1));
        }
    }

    /// Takes the preferred number of each kind. A number without a kind counts as a work number.
    fn take_phones(&mut self, vcard: &VCard) {
        let entries = by_preference(vcard, &VCardProperty::Tel);
        let number = |entry: &VCardEntry| {
            part(entry, 0).map(|text| without_scheme(text.trim(), "tel:").to_owned())
        };
        let (kinds, plain): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|entry| phone_kind(entry).is_some());
        for entry in kinds {
            if let Some(property) = phone_kind(entry) {
                self.set(property, number(entry));
            }
        }
        for entry in plain {
            self.set(Property::Work, number(entry));
        }
    }

    /// Takes the postal address at work, else the preferred one.
    fn take_address(&mut self, vcard: &VCard) {
        let entries = by_preference(vcard, &VCardProperty::Adr);
        let at_work = entries.iter().find(|entry| is(entry, &VCardType::Work));
        let Some(entry) = at_work.or(entries.first()) else {
            return;
        };
        for (at, property) in Property::ADDRESS.into_iter().enumerate() {
            self.set(property, part(entry, at));
        }
    }

    /// A date column can only hold a complete date.
    fn take_birthday(&mut self, vcard: &VCard, warnings: &mut Vec<String>) {
        let Some(entry) = first(vcard, &VCardProperty::Bday) else {
            return;
        };
        let date = match entry.values.first() {
            Some(VCardValue::PartialDateTime(date)) => whole(date),
            Some(VCardValue::Text(text)) => text.trim().parse().ok(),
            _ => None,
        };
        match date {
            Some(date) => self.set(Property::Bday, Some(date.to_string())),
            None => warnings.push(format!(
                "{}: the birthday is not a complete date, such as 1980-04-12, and is left out",
                self.place
            )),
        }
    }
}

fn whole(date: &PartialDateTime) -> Option<Date> {
    let year = i16::try_from(date.year?).ok()?;
    let (month, day) = (
        i8::try_from(date.month?).ok()?,
        i8::try_from(date.day?).ok()?,
    );
    Date::new(year, month, day).ok()
}

/// Returns the kind of a number. Fax comes first, because a fax number is never one to call, at home or at work.
fn phone_kind(entry: &VCardEntry) -> Option<Property> {
    [
        (VCardType::Fax, Property::Fax),
        (VCardType::Pager, Property::Pager),
        (VCardType::Cell, Property::Cell),
        (VCardType::Home, Property::Home),
        (VCardType::Work, Property::Work),
    ]
    .into_iter()
    .find(|(kind, _)| is(entry, kind))
    .map(|(_, property)| property)
}

fn is(entry: &VCardEntry, kind: &VCardType) -> bool {
    let mut types = entry.parameters(&VCardParameterName::Type);
    types.any(|value| matches!(value, VCardParameterValue::Type(it) if it == kind))
}

fn first<'v>(vcard: &'v VCard, property: &VCardProperty) -> Option<&'v VCardEntry> {
    by_preference(vcard, property).into_iter().next()
}

/// Returns the entries of a property, the preferred one first (`PREF=1`, in version 3 `TYPE=pref`), else in file order.
fn by_preference<'v>(vcard: &'v VCard, property: &VCardProperty) -> Vec<&'v VCardEntry> {
    let mut entries: Vec<&VCardEntry> = vcard
        .entries
        .iter()
        .filter(|entry| entry.name == *property)
        .collect();
    entries.sort_by_key(|entry| preference(entry));
    entries
}

/// Returns the preference from 1 to 100, or 101 without one (RFC 6350, section 5.3).
fn preference(entry: &VCardEntry) -> u32 {
    let said = entry.parameters(&VCardParameterName::Pref);
    let number = said
        .filter_map(|value| match value {
            VCardParameterValue::Integer(number) => Some(*number),
            VCardParameterValue::Null => Some(1),
            _ => None,
        })
        .min();
    let is_old = || {
        let mut types = entry.parameters(&VCardParameterName::Type);
        types.any(|value| matches!(value, VCardParameterValue::Text(text) if text.eq_ignore_ascii_case("pref")))
    };
    number.unwrap_or_else(|| if is_old() { 1 } else { 101 })
}

/// Returns a component of a value; several texts in it are joined with commas.
fn part(entry: &VCardEntry, at: usize) -> Option<String> {
    match entry.values.get(at)? {
        VCardValue::Text(text) => Some(text.clone()),
        VCardValue::Component(texts) => Some(texts.join(", ")),
        VCardValue::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn without_scheme<'t>(text: &'t str, scheme: &str) -> &'t str {
    match text.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => &text[scheme.len()..],
        _ => text,
    }
}
