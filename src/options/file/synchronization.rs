//! `[synchronization]`: who writes to the CRM, and what of a record goes which way.

use super::FieldsSection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[synchronization]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SynchronizationSection {
    /// Whose output folder it is: another client is refused. Empty: the host's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 255))]
    pub client: Option<String>,
    /// Whether a vCard's `ORG` is the name of the contact's parent account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_company: Option<bool>,
    /// Pairs of vCard properties and columns, laid over those that ship.
    #[serde(skip_serializing_if = "FieldsSection::is_empty")]
    pub fields: FieldsSection,
}

impl SynchronizationSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &SynchronizationSection) -> SynchronizationSection {
        SynchronizationSection {
            client: self.client.or_else(|| base.client.clone()),
            update_company: self.update_company.or(base.update_company),
            fields: self.fields,
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> SynchronizationSection {
        SynchronizationSection {
            client: Some(String::new()),
            update_company: Some(true),
            fields: FieldsSection::default(),
        }
    }

    /// What of it decides anything about mail.
    pub(super) fn that_decides(&self) -> SynchronizationSection {
        SynchronizationSection {
            client: None,
            update_company: None,
            ..self.clone()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == SynchronizationSection::default()
    }
}
