//! The direction of a message, as a mailbox sees it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// Whether the mailbox's owner sent the message or received it (R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The owner of the mailbox received it.
    Incoming,
    /// The owner of the mailbox sent it.
    Outgoing,
}
