//! `[synchronization]`: who writes to the CRM, and what of a record goes which way.

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
}

impl SynchronizationSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &SynchronizationSection) -> SynchronizationSection {
        SynchronizationSection {
            client: self.client.or_else(|| base.client.clone()),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> SynchronizationSection {
        SynchronizationSection {
            client: Some(String::new()),
        }
    }

    /// What of it decides anything about mail.
    pub(super) fn that_decides(&self) -> SynchronizationSection {
        SynchronizationSection { client: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == SynchronizationSection::default()
    }
}
