//! `[local_data]` as it may be written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[local_data]`: how fresh the local copy of the CRM's data is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table: `[local_data]`")]
pub struct LocalDataSection {
    /// `run` rebuilds a built book that is older than this, such as `"15m"`, `"12h"` or `"7 days"`, and whose source
    /// has changed. `"never"`: it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    /// Whether the current state of the book's source is searched, by address and by name with company, before a
    /// record is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detect_duplicates: Option<bool>,
}

impl LocalDataSection {
    /// This section with `base` where it says nothing.
    pub fn over(self, base: &LocalDataSection) -> LocalDataSection {
        LocalDataSection {
            interval: self.interval.or_else(|| base.interval.clone()),
            detect_duplicates: self.detect_duplicates.or(base.detect_duplicates),
        }
    }

    /// The defaults that ship.
    pub fn defaults() -> LocalDataSection {
        LocalDataSection {
            interval: Some("never".into()),
            detect_duplicates: Some(true),
        }
    }
}
