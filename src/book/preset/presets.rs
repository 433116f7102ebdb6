//! A *preset* defines how the exports of another system are read: which file has which record type, what its columns
//! are called, and how values are written. Presets are files in `rules/` that are built into the program.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::options::file::{DateOrder, PresetName};

/// A preset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Preset {
    /// What comes first in a date such as `1/2/2024`.
    pub(crate) dates: DateOrder,
    /// Whether a file may end with lines of a single cell, which say where the report is from.
    #[serde(default)]
    pub(crate) has_footer: bool,
    /// The record type of an id, by the prefix of the id.
    #[serde(default)]
    pub(crate) id_prefixes: BTreeMap<String, String>,
    /// The defaults for all types.
    common: RecordPreset,
    /// The definitions for each record type.
    record: BTreeMap<String, RecordPreset>,
}

/// The definitions of a preset for a record type. Columns are given by their logical names, except in the lists of
/// [`columns`](RecordPreset::columns) and where patterns are allowed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct RecordPreset {
    /// Names of its files without extension, in any case; `*` stands for any text.
    pub(crate) files: Vec<String>,
    /// The columns that a file must have.
    pub(crate) needs: Vec<String>,
    /// The column that is true for deleted records.
    deleted: Option<String>,
    /// Columns that hold no addresses although their names contain `email`; `*` stands for any text.
    no_addresses: Vec<String>,
    /// Columns of dates besides `createdon`.
    dates: Vec<String>,
    /// Boolean columns besides `isdisabled`.
    booleans: Vec<String>,
    /// For each column, the values that its texts stand for; the texts are in lower case.
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// For each column, the names that it may have in a file, in order of preference.
    columns: BTreeMap<String, Vec<String>>,
}

impl Preset {
    /// Returns a built-in preset.
    ///
    /// # Errors
    /// If it cannot be parsed; a test checks that all can.
    pub(crate) fn read(name: PresetName) -> Result<Preset, toml::de::Error> {
        toml::from_str(match name {
            PresetName::Dynamics => include_str!("../../../rules/preset-dynamics.toml"),
            PresetName::Salesforce => include_str!("../../../rules/preset-salesforce.toml"),
            PresetName::Hubspot => include_str!("../../../rules/preset-hubspot.toml"),
            PresetName::Generic => include_str!("../../../rules/preset-generic.toml"),
        })
    }

    /// Returns the types whose files may have this name, given without extension. An exact name takes precedence over a
    /// pattern.
    pub(crate) fn kinds_of(&self, stem: &str) -> Vec<&str> {
        let stem = stem.to_lowercase();
        let of = |is_it: &dyn Fn(&str) -> bool| -> Vec<&str> {
            let of_type = |(kind, it): &(&String, &RecordPreset)| {
                **kind == stem || it.files.iter().any(|pattern| is_it(pattern))
            };
            let kinds = self.record.iter().filter(of_type);
            kinds.map(|(kind, _)| kind.as_str()).collect()
        };
        match of(&|pattern| pattern == stem) {
            exact if !exact.is_empty() => exact,
            _ => of(&|pattern| matches(pattern, &stem)),
        }
    }

    /// Returns the definitions of a type, then the common ones.
    fn of(&self, kind: &str) -> impl Iterator<Item = &RecordPreset> {
        self.record.get(kind).into_iter().chain([&self.common])
    }

    /// Returns the columns of a type, each with the names that it may have in a file. The columns of the type come
    /// first and override the common ones.
    pub(crate) fn columns(&self, kind: &str) -> impl Iterator<Item = (&str, &[String])> {
        let own = self.record.get(kind).map(|it| &it.columns);
        let is_hidden = move |column: &str| own.is_some_and(|own| own.contains_key(column));
        let common = self.common.columns.iter();
        let common = common.filter(move |(column, _)| !is_hidden(column));
        let all = own.into_iter().flatten().chain(common);
        all.map(|(column, names)| (column.as_str(), names.as_slice()))
    }

    /// Returns the columns that a file of that type must have.
    pub(crate) fn needs(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.of(kind)
            .flat_map(|it| it.needs.iter().map(String::as_str))
    }

    /// Returns the column that is true for deleted records of a type.
    pub(crate) fn deleted(&self, kind: &str) -> Option<&str> {
        self.of(kind).find_map(|it| it.deleted.as_deref())
    }

    /// Returns whether a column of a type holds dates.
    pub(crate) fn is_date(&self, kind: &str, column: &str) -> bool {
        self.of(kind)
            .any(|it| it.dates.iter().any(|it| it == column))
    }

    /// Returns whether a column of a type is boolean.
    pub(crate) fn is_boolean(&self, kind: &str, column: &str) -> bool {
        self.of(kind)
            .any(|it| it.booleans.iter().any(|it| it == column))
    }

    /// Returns whether a column of a type holds no addresses although its name contains `email`.
    pub(crate) fn has_no_addresses(&self, kind: &str, column: &str) -> bool {
        let patterns = self.of(kind).flat_map(|it| &it.no_addresses);
        patterns.into_iter().any(|pattern| matches(pattern, column))
    }

    /// Returns the values that the texts of a column stand for.
    pub(crate) fn values(&self, kind: &str, column: &str) -> Option<&BTreeMap<String, String>> {
        self.of(kind).find_map(|it| it.values.get(column))
    }
}

/// Returns whether a lower-case text matches a pattern, in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in between {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Returns the part of a column name that is compared: letters and digits, in lower case.
pub(crate) fn key(name: &str) -> String {
    let letters = name.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_that_ship_are_good() {
        for name in PresetName::ALL {
            let preset = Preset::read(name).unwrap();
            for kind in ["contact", "lead", "account", "systemuser"] {
                assert_eq!(preset.kinds_of(kind), [kind], "{name:?}");
                let ids = preset.columns(kind).filter(|(column, _)| *column == "id");
                assert_eq!(ids.count(), 1, "{name:?} {kind}");
            }
        }
    }

    #[test]
    fn files_are_known_by_their_names() {
        let cases = [
            (
                PresetName::Dynamics,
                "Active Contacts 1-2-2024 10-22-33 AM",
                "contact",
            ),
            (PresetName::Dynamics, "My Active Accounts", "account"),
            (PresetName::Dynamics, "Enabled Users 1-2-2024", "systemuser"),
            (PresetName::Salesforce, "Contact", "contact"),
            (PresetName::Salesforce, "User", "systemuser"),
            (PresetName::Salesforce, "EmailMessage", "email"),
            (PresetName::Salesforce, "Attachment", ""),
            (
                PresetName::Hubspot,
                "hubspot-crm-exports-all-contacts-2024-01-01",
                "contact",
            ),
            (
                PresetName::Hubspot,
                "hubspot-crm-exports-all-companies-2024-01-01-1",
                "account",
            ),
            (
                PresetName::Hubspot,
                "hubspot-crm-exports-all-deals-2024-01-01",
                "",
            ),
            (PresetName::Generic, "People", "contact"),
        ];
        for (name, stem, want) in cases {
            let preset = Preset::read(name).unwrap();
            assert_eq!(preset.kinds_of(stem).join(" "), want, "{stem}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        let cases = [
            ("contact", "contact", true),
            ("contact", "contacts", false),
            ("*contacts*", "my active contacts 1", true),
            ("*contacts*", "contacts", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("a*a", "a", false),
            ("*) (*)", "email (company) (account)", true),
            ("*", "", true),
        ];
        for (pattern, text, want) in cases {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
    }
}
