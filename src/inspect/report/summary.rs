//! What a report takes of `summary.json`.

use serde::Deserialize;

/// The keys that a report reads.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SummaryLine {
    #[serde(default)]
    pub(super) sharedaddressexamples: Vec<SharedLine>,
}

/// An address of the last run that several records have.
#[derive(Debug, Deserialize)]
pub(super) struct SharedLine {
    pub(super) address: String,
    pub(super) records: Vec<String>,
}
