//! The section `[synchronization]`, and its filters.

use std::fmt;

use super::FieldsSection;
use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::section::section;

section! {
    /// `[synchronization]`: the client, synchronization filters and synchronized fields (R10, R11).
    #[serde(expecting = "a table: `[synchronization]`")]
    SynchronizationSection => SynchronizationValues {
        /// How often `watch` runs, such as `"15m"` or `"1h"`; at least a second.
        interval: String = "15m".into(),
        /// Filters that contacts must pass if `address_book.contacts = "synchronized"` (R6, R10).
        filter: Vec<FilterSection> = Vec::new(),
        /// Filters for the records that `book build --offline` takes (R10).
        offline_filter: Vec<FilterSection> = Vec::new(),
        /// Name of the client that the output folder belongs to; another client is refused. Empty: the host name.
        #[schemars(length(max = 255))]
        client: String = String::new(),
        /// Whether a vCard's `ORG` is the name of the contact's parent account.
        update_company: bool = true,
    } tables {
        /// Synchronized fields; they override those that ship.
        #[serde(skip_serializing_if = "FieldsSection::is_empty")]
        fields: FieldsSection => FieldsSection,
    }
}

impl SynchronizationSection {
    /// Returns the keys that decisions about mail depend on.
    pub(super) fn that_decides(&self) -> SynchronizationSection {
        SynchronizationSection {
            client: None,
            update_company: None,
            interval: None,
            offline_filter: None,
            ..self.clone()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == SynchronizationSection::default()
    }
}

/// `[mailbox.synchronization]`: filters of one mailbox, in place of the general ones, and its fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table: `[mailbox.synchronization]`"
)]
pub struct MailboxSynchronizationSection {
    /// Filters of this mailbox, in place of the general ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Vec<FilterSection>>,
    /// Offline filters of this mailbox, in place of the general ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_filter: Option<Vec<FilterSection>>,
    /// As the general key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_company: Option<bool>,
    /// Synchronized fields; they override the general ones.
    #[serde(skip_serializing_if = "FieldsSection::is_empty")]
    pub fields: FieldsSection,
}

/// A synchronization filter (R10).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterSection {
    /// Name of the filter; by default `filter 1` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Type of the records that it filters, such as `contact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Whether the filter is used; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Criteria that must all hold: rows and groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#where: Option<WhereSection>,
}

/// A list of rows and groups, or one of them alone.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum WhereSection {
    /// Criteria that must all hold.
    All(Vec<CriterionSection>),
    /// One criterion.
    One(Box<CriterionSection>),
}

/// A row (`field`, `op`, `value`) or a group (`all` or `any`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a row { field, op, value } or a group { all = [...] } or { any = [...] }"
)]
pub struct CriterionSection {
    /// Logical name of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// Value to compare with: text, a number, a date, true or false.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub value: Option<toml::Value>,
    /// A group of which every criterion must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<CriterionSection>>,
    /// A group of which one criterion must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<CriterionSection>>,
}

impl<'de> Deserialize<'de> for WhereSection {
    /// Deserializes a list or a single criterion by its type, because an error of an untagged enum would name the whole
    /// value and not the row.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<WhereSection, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = WhereSection;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of rows { field, op, value } and groups { all = [...] } or { any = [...] }")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<WhereSection, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(rows)).map(WhereSection::All)
            }
            fn visit_map<A: MapAccess<'de>>(self, row: A) -> Result<WhereSection, A::Error> {
                let one = CriterionSection::deserialize(MapAccessDeserializer::new(row))?;
                Ok(WhereSection::One(one.into()))
            }
        }
        from.deserialize_any(Reader)
    }
}
