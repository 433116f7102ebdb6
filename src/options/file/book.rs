//! `[book]` as it may be written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The system whose exports a book is made of: each is a file of `rules/`, `preset-NAME.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PresetName {
    /// Dynamics 365: what its lists export, under display names.
    Dynamics,
    /// Salesforce: its Data Export, and its reports.
    Salesforce,
    /// HubSpot: what its lists of records export.
    Hubspot,
    /// Any other table, under common names.
    Generic,
}

impl PresetName {
    /// All of them.
    pub const ALL: [PresetName; 4] = [
        PresetName::Dynamics,
        PresetName::Salesforce,
        PresetName::Hubspot,
        PresetName::Generic,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            PresetName::Dynamics => "dynamics",
            PresetName::Salesforce => "salesforce",
            PresetName::Hubspot => "hubspot",
            PresetName::Generic => "generic",
        }
    }

    /// The preset of that name.
    pub fn named(name: &str) -> Option<PresetName> {
        PresetName::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// What comes first in a date such as `1/2/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// The day: it is the first of February.
    DayFirst,
    /// The month: it is the second of January.
    MonthFirst,
}

/// `[book]`: how the book's files are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BookSection {
    /// The system whose exports the files are; without it they are as the book's own form has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<PresetName>,
    /// What comes first in a date such as `1/2/2024`, where it is otherwise than the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// For a record type: the name of its file, in which `*` stands for any text (`contact = "People*.csv"`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// For a record type: logical column name = the column's name in the file (`id = "Record ID"`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
    /// For a record type: the query that selects its records, where the book is a database.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
}

impl BookSection {
    /// Whether it says how columns are called and nothing else, so that files are in the book's own form.
    pub fn is_own_form(&self) -> bool {
        self.preset.is_none()
            && self.dates.is_none()
            && self.files.is_empty()
            && self.query.is_empty()
    }
}
