//! The section `[book]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The system that a book was exported from; each is described by a file `rules/preset-NAME.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PresetName {
    /// Dynamics 365: exports of its views, with display names.
    Dynamics,
    /// Salesforce: its Data Export and its reports.
    Salesforce,
    /// HubSpot: exports of its record lists.
    Hubspot,
    /// Any other table with common column names.
    Generic,
}

impl PresetName {
    /// Every preset.
    pub const ALL: [PresetName; 4] = [
        PresetName::Dynamics,
        PresetName::Salesforce,
        PresetName::Hubspot,
        PresetName::Generic,
    ];

    /// Returns the name in an options file.
    pub fn name(self) -> &'static str {
        match self {
            PresetName::Dynamics => "dynamics",
            PresetName::Salesforce => "salesforce",
            PresetName::Hubspot => "hubspot",
            PresetName::Generic => "generic",
        }
    }

    /// Returns the preset with this name; `None` if there is none.
    pub fn named(name: &str) -> Option<PresetName> {
        PresetName::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// The order of day and month in a date such as `1/2/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// The day comes first: 1 February.
    DayFirst,
    /// The month comes first: 2 January.
    MonthFirst,
}

/// `[book]`: how the tables of an address book are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BookSection {
    /// The system that the tables were exported from; without it they are in the program's own form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<PresetName>,
    /// Order of day and month in a date such as `1/2/2024`, if it differs from the preset's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// For a record type: the name of its file, in which `*` stands for any text (`contact = "People*.csv"`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// For a record type: logical column name = name of the column in the file (`id = "Record ID"`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
    /// For a record type: the query that selects its records, if the book is a database.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
}

impl BookSection {
    /// Returns whether the files of the book are in the program's own form: at most names of columns are set.
    pub fn is_own_form(&self) -> bool {
        self.preset.is_none()
            && self.dates.is_none()
            && self.files.is_empty()
            && self.query.is_empty()
    }
}
