//! Exports created contacts and leads as vCards 4.0 (RFC 6350), one per record. A property is written if a synchronized
//! field passes it to the mail side; in addition, each card has a `UID`, which identifies it, and an `FN`, which vCard
//! requires.

use calcard::common::PartialDateTime;
use calcard::vcard::{
    VCard, VCardEntry, VCardParameter, VCardParameterName, VCardProperty, VCardType, VCardValue,
    VCardVersion,
};
use jiff::civil::Date;
use serde_json::Value;

use crate::base::reference::Reference;
use crate::book::Book;
use crate::decide::vcards::COMPANY_NAME;
use crate::export::error::ExportError;
use crate::export::record_mailbox::RecordMailboxes;
use crate::options::fields::{Pair, Property, PropertyKind};
use crate::options::{Mailbox, Options};
use crate::output::committed::reader::{Committed, JsonRow};
use crate::output::table::Table;

/// Counts of an export.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CardCounts {
    /// The number of cards.
    pub cards: u64,
    /// Contacts whose parent account has no known name, because it is not in the book or there is no book.
    pub nameless_accounts: u64,
}

/// Returns the vCards of all created contacts, followed by those of all leads.
///
/// # Errors
/// If the tables cannot be read.
pub(crate) fn vcards(
    folder: &Committed,
    options: &Options,
    book: Option<&Book>,
) -> Result<(String, CardCounts), ExportError> {
    let mut counts = CardCounts::default();
    let mut text = String::new();
    let (contacts, leads) = (folder.rows(Table::Contacts)?, folder.rows(Table::Leads)?);
    let mailboxes = RecordMailboxes::new(folder, options, &[&contacts, &leads])?;
    for (kind, table, rows) in [
        ("contact", Table::Contacts, &contacts),
        ("lead", Table::Leads, &leads),
    ] {
        let mailbox_of = |row: &JsonRow| options.mailbox(mailboxes.of(row));
        add(kind, rows, &mailbox_of, book, &mut counts, &mut text).map_err(|error| {
            ExportError::Failed {
                place: table.name().into(),
                problem: error.to_string(),
            }
        })?;
    }
    Ok((text, counts))
}

fn add<'o>(
    kind: &str,
    rows: &[JsonRow],
    mailbox_of: &dyn Fn(&JsonRow) -> &'o Mailbox,
    book: Option<&Book>,
    counts: &mut CardCounts,
    out: &mut String,
) -> std::fmt::Result {
    for row in rows {
        let mailbox = mailbox_of(row);
        let company = match parent(row).filter(|_| mailbox.update_company) {
            None => None,
            Some(parent) => {
                let name = book.and_then(|book| book.name(book.find(&parent)?));
                counts.nameless_accounts += u64::from(name.is_none());
                name
            }
        };
        let card = Card {
            kind,
            row,
            pairs: mailbox.fields.of(kind),
            company,
        };
        card.entries().write_to(out, VCardVersion::V4_0)?;
        counts.cards += 1;
    }
    Ok(())
}

fn parent(row: &JsonRow) -> Option<Reference> {
    Reference::parse(row.get("parentcustomerid")?.as_str()?)
}

/// A record that is converted to a card.
struct Card<'r> {
    kind: &'r str,
    row: &'r JsonRow,
    pairs: &'r [Pair],
    /// The name of its parent account.
    company: Option<&'r str>,
}

impl Card<'_> {
    fn entries(&self) -> VCard {
        let mut entries = vec![self.uid()];
        entries.push(text(VCardProperty::Fn, self.full_name()));
        let name = [
            Property::Family,
            Property::Given,
            Property::Additional,
            Property::Prefix,
            Property::Suffix,
        ];
        entries.extend(self.parts(VCardProperty::N, &name));
        entries.extend(self.text(VCardProperty::Nickname, Property::Nickname));
        entries.extend(self.parts(VCardProperty::Org, &[Property::Org, Property::Unit]));
        entries.extend(self.text(VCardProperty::Title, Property::Title));
        entries.extend(self.text(VCardProperty::Role, Property::Role));
        for number in 1..=3 {
            let entry = self.text(VCardProperty::Email, Property::Email(number));
            entries.extend(entry.map(|entry| match number {
                1 => entry.with_param(VCardParameter::new(VCardParameterName::Pref, 1u32)),
                _ => entry,
            }));
        }
        for (property, kind) in [
            (Property::Work, VCardType::Work),
            (Property::Home, VCardType::Home),
            (Property::Cell, VCardType::Cell),
            (Property::Fax, VCardType::Fax),
            (Property::Pager, VCardType::Pager),
        ] {
            let entry = self.text(VCardProperty::Tel, property);
            entries.extend(entry.map(|entry| entry.with_param(VCardParameter::typ(kind))));
        }
        let entry = self.parts(VCardProperty::Adr, &Property::ADDRESS);
        entries.extend(entry.map(|it| it.with_param(VCardParameter::typ(VCardType::Work))));
        entries.extend(self.text(VCardProperty::Url, Property::Url));
        entries.extend(self.birthday());
        entries.extend(self.text(VCardProperty::Note, Property::Note));
        VCard { entries }
    }

    fn uid(&self) -> VCardEntry {
        let id = self.row.get(&format!("{}id", self.kind));
        let id = id.and_then(Value::as_str).unwrap_or_default();
        text(VCardProperty::Uid, format!("urn:uuid:{id}"))
    }

    /// Returns the full name; if the record has none, its parts joined. It is empty if no synchronized field passes it
    /// on.
    fn full_name(&self) -> String {
        let mut pairs = self.pairs.iter();
        let is_told =
            pairs.any(|pair| pair.property == Property::Fn && pair.direction.reaches_mail());
        if !is_told {
            return String::new();
        }
        self.value(Property::Fn).unwrap_or_else(|| {
            let parts = [Property::Given, Property::Family].map(|part| self.value(part));
            parts
                .into_iter()
                .flatten()
                .collect::<Vec<String>>()
                .join(" ")
        })
    }

    /// Returns the value of a property that a synchronized field passes to the mail side.
    fn value(&self, property: Property) -> Option<String> {
        let mut pairs = self.pairs.iter();
        let pair = pairs.find(|pair| pair.property == property && pair.direction.reaches_mail())?;
        let column = match pair.kind {
            PropertyKind::Company => match self.company {
                Some(name) => return Some(plain(name)),
                None => COMPANY_NAME,
            },
            _ => &pair.column,
        };
        let value = plain(self.row.get(column)?.as_str()?);
        (!value.is_empty()).then_some(value)
    }

    fn text(&self, name: VCardProperty, property: Property) -> Option<VCardEntry> {
        Some(text(name, self.value(property)?))
    }

    /// Returns a property of several parts; `None` if all are empty.
    fn parts(&self, name: VCardProperty, parts: &[Property]) -> Option<VCardEntry> {
        let mut values: Vec<Option<String>> = parts.iter().map(|&part| self.value(part)).collect();
        if name == VCardProperty::Org {
            // A company without a unit must not have an empty one.
            values.truncate(values.iter().rposition(Option::is_some)? + 1);
        }
        values.iter().any(Option::is_some).then(|| {
            let values = values.into_iter().map(Option::unwrap_or_default);
            VCardEntry::new(name).with_values(values.map(VCardValue::Text).collect())
        })
    }

    fn birthday(&self) -> Option<VCardEntry> {
        let date: Date = self.value(Property::Bday)?.get(..10)?.parse().ok()?;
        let value = PartialDateTime {
            year: u16::try_from(date.year()).ok(),
            month: u8::try_from(date.month()).ok(),
            day: u8::try_from(date.day()).ok(),
            ..PartialDateTime::default()
        };
        Some(VCardEntry::new(VCardProperty::Bday).with_value(VCardValue::PartialDateTime(value)))
    }
}

fn text(name: VCardProperty, value: String) -> VCardEntry {
    VCardEntry::new(name).with_value(VCardValue::Text(value))
}

/// Normalizes line breaks and removes other control characters, which a vCard cannot contain.
fn plain(text: &str) -> String {
    let ends = text.replace("\r\n", "\n").replace('\r', "\n");
    ends.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
