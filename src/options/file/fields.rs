//! The section `[synchronization.fields]`. Its pairs are laid over those of `rules/fields.toml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::options::fields::SyncDirection;

/// `[synchronization.fields]`: synchronized fields (R11).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldsSection {
    /// For contacts: vCard property = pair.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contact: BTreeMap<String, PairSection>,
    /// For leads: vCard property = pair.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lead: BTreeMap<String, PairSection>,
}

/// A synchronized field; a key that is not set keeps the value that ships in `rules/fields.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PairSection {
    /// Column of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Direction in which the value is copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<SyncDirection>,
}

impl PairSection {
    /// Lays this pair over `base`: a key that is not set keeps the value that it has there.
    pub fn over(&self, base: &PairSection) -> PairSection {
        PairSection {
            field: self.field.clone().or_else(|| base.field.clone()),
            direction: self.direction.or(base.direction),
        }
    }
}

impl FieldsSection {
    /// Lays this section over `base`, pair by pair.
    pub fn over(self, base: FieldsSection) -> FieldsSection {
        FieldsSection {
            contact: pairs_over(self.contact, base.contact),
            lead: pairs_over(self.lead, base.lead),
        }
    }

    /// Returns the pairs of a record type, `contact` or `lead`.
    pub fn of(&self, kind: &str) -> &BTreeMap<String, PairSection> {
        match kind {
            "lead" => &self.lead,
            _ => &self.contact,
        }
    }

    /// Returns whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.contact.is_empty() && self.lead.is_empty()
    }
}

fn pairs_over(
    own: BTreeMap<String, PairSection>,
    mut base: BTreeMap<String, PairSection>,
) -> BTreeMap<String, PairSection> {
    for (name, pair) in own {
        let laid = base
            .get(&name)
            .map_or_else(|| pair.clone(), |below| pair.over(below));
        base.insert(name, laid);
    }
    base
}
