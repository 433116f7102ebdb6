//! A *preset* says how the exports of another system are to be read: which file is which record type, how columns are
//! called, what stands in them. It is a file of `rules/`, built into the program.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::options::file::{DateOrder, PresetName};

/// A preset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Preset {
    /// What comes first in a date such as `1/2/2024`.
    pub(crate) dates: DateOrder,
    /// Whether a file may end with lines of a single cell, which tell where it is from.
    #[serde(default)]
    pub(crate) has_footer: bool,
    /// By what an id begins with: the type of its record.
    #[serde(default)]
    pub(crate) id_prefixes: BTreeMap<String, String>,
    /// What holds for every type, where the type itself says nothing.
    common: RecordPreset,
    /// By record type.
    record: BTreeMap<String, RecordPreset>,
}

/// What a preset says of a record type. Columns are named by their logical names, but for those in the lists of
/// [`columns`](RecordPreset::columns) and where patterns are said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct RecordPreset {
    /// Names of its files without their ending, in any case; `*` stands for any text.
    pub(crate) files: Vec<String>,
    /// The columns without which a file is of no use.
    pub(crate) needs: Vec<String>,
    /// The column that is true of records that were deleted.
    deleted: Option<String>,
    /// Columns with `email` in their names that hold no addresses; `*` stands for any text.
    no_addresses: Vec<String>,
    /// Columns of dates, beside `createdon`.
    dates: Vec<String>,
    /// Columns that are true or false, beside `isdisabled`.
    booleans: Vec<String>,
    /// By column: what stands for a value, in small letters, and the value.
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// By column: how it may be called in a file, best first.
    columns: BTreeMap<String, Vec<String>>,
}

impl Preset {
    /// A preset that is built in.
    ///
    /// # Errors
    /// None in practice: a test holds them good.
    pub(crate) fn read(name: PresetName) -> Result<Preset, toml::de::Error> {
        toml::from_str(match name {
            PresetName::Dynamics => include_str!("../../../rules/preset-dynamics.toml"),
            PresetName::Salesforce => include_str!("../../../rules/preset-salesforce.toml"),
            PresetName::Hubspot => include_str!("../../../rules/preset-hubspot.toml"),
            PresetName::Generic => include_str!("../../../rules/preset-generic.toml"),
        })
    }

    /// The types whose files may be called so, without the ending. A name that is written out counts before a pattern.
    pub(crate) fn kinds_of(&self, stem: &str) -> Vec<&str> {
        let stem = stem.to_lowercase();
        let of = |fits: &dyn Fn(&str) -> bool| -> Vec<&str> {
            let of_type = |(kind, it): &(&String, &RecordPreset)| {
                **kind == stem || it.files.iter().any(|pattern| fits(pattern))
            };
            let kinds = self.record.iter().filter(of_type);
            kinds.map(|(kind, _)| kind.as_str()).collect()
        };
        match of(&|pattern| pattern == stem) {
            exact if !exact.is_empty() => exact,
            _ => of(&|pattern| fits(pattern, &stem)),
        }
    }

    /// What it says of a type, and of all.
    fn of(&self, kind: &str) -> impl Iterator<Item = &RecordPreset> {
        self.record.get(kind).into_iter().chain([&self.common])
    }

    /// The columns of a type, each with the names that it may have in a file; those of the type come before the common
    /// ones, which it hides.
    pub(crate) fn columns(&self, kind: &str) -> impl Iterator<Item = (&str, &[String])> {
        let own = self.record.get(kind).map(|it| &it.columns);
        let is_hidden = move |column: &str| own.is_some_and(|own| own.contains_key(column));
        let common = self.common.columns.iter();
        let common = common.filter(move |(column, _)| !is_hidden(column));
        let all = own.into_iter().flatten().chain(common);
        all.map(|(column, names)| (column.as_str(), names.as_slice()))
    }

    /// The columns without which a file of that type is of no use.
    pub(crate) fn needs(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.of(kind)
            .flat_map(|it| it.needs.iter().map(String::as_str))
    }

    /// The column that is true of deleted records of a type.
    pub(crate) fn deleted(&self, kind: &str) -> Option<&str> {
        self.of(kind).find_map(|it| it.deleted.as_deref())
    }

    /// Whether a column of a type holds dates.
    pub(crate) fn is_date(&self, kind: &str, column: &str) -> bool {
        self.of(kind)
            .any(|it| it.dates.iter().any(|it| it == column))
    }

    /// Whether a column of a type is true or false.
    pub(crate) fn is_boolean(&self, kind: &str, column: &str) -> bool {
        self.of(kind)
            .any(|it| it.booleans.iter().any(|it| it == column))
    }

    /// Whether a column of a type holds no addresses, though it has `email` in its name.
    pub(crate) fn has_no_addresses(&self, kind: &str, column: &str) -> bool {
        let patterns = self.of(kind).flat_map(|it| &it.no_addresses);
        patterns.into_iter().any(|pattern| fits(pattern, column))
    }

    /// What stands for values in a column of a type.
    pub(crate) fn values(&self, kind: &str, column: &str) -> Option<&BTreeMap<String, String>> {
        self.of(kind).find_map(|it| it.values.get(column))
    }
}

/// Whether a text in small letters is as a pattern has it, in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
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

/// Returns what decides whether column names are equal: letters and digits, in lower case.
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
            assert_eq!(fits(pattern, text), want, "{pattern} {text}");
        }
    }
}
