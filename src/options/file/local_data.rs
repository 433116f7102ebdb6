//! The section `[local_data]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section::section;

section! {
    /// `[local_data]`: how fresh the local copy of the CRM's data is.
    #[serde(expecting = "a table: `[local_data]`")]
    LocalDataSection => LocalDataValues {
        /// `run` rebuilds a built book that is older than this, such as `"15m"`, `"12h"` or `"7 days"`, and whose source
        /// has changed. `"never"`: it does not.
        interval: String = "never".into(),
        /// Whether the current state of the book's source is searched, by address and by name with company, before a
        /// record is created.
        detect_duplicates: bool = true,
    }
}
