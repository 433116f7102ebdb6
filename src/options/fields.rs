//! A *synchronized field* is a pair of a vCard's property (the mail side) and a record's column (the CRM), with the
//! direction in which its value is copied.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which way the value of a pair goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
// The published schema of options has the type under this name.
#[schemars(rename = "Way")]
pub enum SyncDirection {
    /// From the mail side to the CRM, and back.
    Both,
    /// From the mail side to the CRM only.
    ToCrm,
    /// From the CRM to the mail side only.
    ToMail,
    /// In neither direction.
    None,
}

impl SyncDirection {
    /// Returns whether values go to the CRM.
    pub fn reaches_crm(self) -> bool {
        matches!(self, SyncDirection::Both | SyncDirection::ToCrm)
    }

    /// Returns whether values go to the mail side.
    pub fn reaches_mail(self) -> bool {
        matches!(self, SyncDirection::Both | SyncDirection::ToMail)
    }

    /// Returns the name in an options file.
    pub fn name(self) -> &'static str {
        match self {
            SyncDirection::Both => "both",
            SyncDirection::ToCrm => "to-crm",
            SyncDirection::ToMail => "to-mail",
            SyncDirection::None => "none",
        }
    }
}

/// The kind of value that a column or a property has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyKind {
    /// A person's name, or a component of one.
    Name,
    /// An email address.
    Email,
    /// A day.
    Date,
    /// A company; in a column, the id of an account.
    Company,
    /// Any text.
    Text,
}

/// A property of a vCard, or the component of one that a column holds (RFC 6350).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are RFC 6350's")]
pub enum Property {
    Fn,
    Family,
    Given,
    Additional,
    Prefix,
    Suffix,
    Nickname,
    /// Addresses, numbered from 1. The first is the record's main address.
    Email(u8),
    Work,
    Home,
    Cell,
    Fax,
    Pager,
    Org,
    Unit,
    Title,
    Role,
    PostBox,
    Extended,
    Street,
    Locality,
    Region,
    Code,
    Country,
    Url,
    Bday,
    Note,
}

impl Property {
    /// The components of a postal address, in the order of a vCard (RFC 6350, 6.3.1).
    pub const ADDRESS: [Property; 7] = [
        Property::PostBox,
        Property::Extended,
        Property::Street,
        Property::Locality,
        Property::Region,
        Property::Code,
        Property::Country,
    ];

    /// Every property that a pair can have, with its name in an options file, in the order in which they are listed.
    pub const ALL: [(&'static str, Property); 29] = [
        ("fn", Property::Fn),
        ("n.family", Property::Family),
        ("n.given", Property::Given),
        ("n.additional", Property::Additional),
        ("n.prefix", Property::Prefix),
        ("n.suffix", Property::Suffix),
        ("nickname", Property::Nickname),
        ("email.1", Property::Email(1)),
        ("email.2", Property::Email(2)),
        ("email.3", Property::Email(3)),
        ("tel.work", Property::Work),
        ("tel.home", Property::Home),
        ("tel.cell", Property::Cell),
        ("tel.fax", Property::Fax),
        ("tel.pager", Property::Pager),
        ("org", Property::Org),
        ("org.unit", Property::Unit),
        ("title", Property::Title),
        ("role", Property::Role),
        ("adr.pobox", Property::PostBox),
        ("adr.ext", Property::Extended),
        ("adr.street", Property::Street),
        ("adr.locality", Property::Locality),
        ("adr.region", Property::Region),
        ("adr.code", Property::Code),
        ("adr.country", Property::Country),
        ("url", Property::Url),
        ("bday", Property::Bday),
        ("note", Property::Note),
    ];

    /// Returns the property with this name, in any case.
    pub fn named(name: &str) -> Option<Property> {
        let mut all = Property::ALL.into_iter();
        all.find(|(known, _)| name.eq_ignore_ascii_case(known))
            .map(|(_, property)| property)
    }

    /// Returns the name in an options file.
    pub fn name(self) -> &'static str {
        let mut all = Property::ALL.into_iter();
        all.find(|(_, property)| *property == self)
            .map_or("", |(name, _)| name)
    }

    /// Returns the kind of its value.
    pub fn kind(self) -> PropertyKind {
        match self {
            Property::Fn
            | Property::Family
            | Property::Given
            | Property::Additional
            | Property::Prefix
            | Property::Suffix
            | Property::Nickname => PropertyKind::Name,
            Property::Email(_) => PropertyKind::Email,
            Property::Bday => PropertyKind::Date,
            Property::Org => PropertyKind::Company,
            _ => PropertyKind::Text,
        }
    }
}

/// A pair of a property and a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Property of the vCard (the mail side).
    pub property: Property,
    /// Logical name of the column (the CRM).
    pub column: Box<str>,
    /// Kind of the column's value.
    pub kind: PropertyKind,
    /// Direction in which the value is copied.
    pub direction: SyncDirection,
}

/// The synchronized fields of contacts and of leads, each in the order of [`Property::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are record types")]
pub struct Fields {
    pub contact: Vec<Pair>,
    pub lead: Vec<Pair>,
}

/// Columns that every created record has: the address by which it is found again, and the name, which Dataverse
/// requires of every contact and lead.
pub(crate) const ESSENTIAL: [&str; 2] = ["lastname", "emailaddress1"];

impl Fields {
    /// Returns the pairs of a record type, `contact` or `lead`.
    pub fn of(&self, kind: &str) -> &[Pair] {
        if kind == "lead" {
            &self.lead
        } else {
            &self.contact
        }
    }

    /// Returns whether the column of a record type is written when a record is created.
    pub fn reaches_crm(&self, kind: &str, column: &str) -> bool {
        let mut pairs = self.of(kind).iter();
        pairs.any(|pair| *pair.column == *column && pair.direction.reaches_crm())
    }
}

/// `rules/fields.toml`: the default pairs, and the columns that pairs can have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are record types")]
pub(crate) struct Shipped {
    pub contact: BTreeMap<String, ShippedPair>,
    pub lead: BTreeMap<String, ShippedPair>,
    /// Columns by record type and kind.
    pub columns: BTreeMap<String, BTreeMap<PropertyKind, Vec<String>>>,
}

/// A default pair.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShippedPair {
    /// Logical name of the column.
    pub field: String,
    /// Direction in which the value is copied.
    pub direction: SyncDirection,
}

impl Shipped {
    /// Parses the file, which is built into the program.
    ///
    /// # Errors
    /// None in practice: a test parses it.
    pub(crate) fn read() -> Result<Shipped, toml::de::Error> {
        toml::from_str(include_str!("../../rules/fields.toml"))
    }

    /// Returns the default pairs of a record type, `contact` or `lead`.
    pub(crate) fn pairs(&self, kind: &str) -> &BTreeMap<String, ShippedPair> {
        if kind == "lead" {
            &self.lead
        } else {
            &self.contact
        }
    }

    /// Returns the kind of a column of a record type; `None` if pairs cannot have the column.
    pub(crate) fn kind_of(&self, kind: &str, column: &str) -> Option<PropertyKind> {
        let listed = self.columns.get(kind).into_iter().flatten();
        let mut found = listed.filter(|(_, columns)| columns.iter().any(|it| it == column));
        found
            .next()
            .map(|(kind, _)| *kind)
            .or_else(|| is_custom(column).then_some(PropertyKind::Text))
    }
}

/// Returns whether a column may be a custom one: Dataverse gives these a prefix of 2 to 8 characters and an underscore,
/// such as `cr4f2_badge`.
fn is_custom(column: &str) -> bool {
    let Some((prefix, name)) = column.split_once('_') else {
        return false;
    };
    let is_name = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let is_prefix = (2..=8).contains(&prefix.len())
        && prefix.starts_with(|c: char| c.is_ascii_lowercase())
        && !["address1", "address2", "address3"].contains(&prefix);
    is_prefix && !name.is_empty() && is_name(prefix) && is_name(name)
}
