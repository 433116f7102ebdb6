//! The part of `summary.json` that a report reads.

use serde::Deserialize;

/// The keys that a report reads.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Summary {
    #[serde(default)]
    pub(super) sharedaddressexamples: Vec<SharedAddressExample>,
}

/// An address of the last run that several records have.
#[derive(Debug, Deserialize)]
pub(super) struct SharedAddressExample {
    pub(super) address: String,
    pub(super) records: Vec<String>,
}
