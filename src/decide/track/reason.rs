//! The directions that a message can have, and the reasons for a decision.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a message is tracked or not (R4).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Reason {
    /// Line 2.
    Duplicate,
    /// Line 3.
    FolderRule,
    /// Line 4.
    CheckIncomingOff,
    /// Line 5.
    InvalidSender,
    /// Line 6.
    Blocked,
    /// Line 7.
    InternalEmailReject,
    /// Line 8.
    NoFilter,
    /// Line 9.
    AcceptAll,
    /// Line 10.
    SentNotTracked,
    /// Line 11.
    CorrelationMatch,
    /// Line 12.
    NoCorrelationMatch,
    /// Lines 13 and 14, incoming.
    SenderMatch,
    /// Lines 13 and 14, outgoing.
    RecipientMatch,
    /// Line 15, incoming.
    NoSenderMatch,
    /// Line 15, outgoing.
    NoRecipientMatch,
    /// No line: the program has sent it.
    Sent,
}

impl Reason {
    /// Whether a message with this reason is tracked.
    pub fn is_tracked(self) -> bool {
        matches!(
            self,
            Reason::FolderRule
                | Reason::AcceptAll
                | Reason::CorrelationMatch
                | Reason::SenderMatch
                | Reason::RecipientMatch
                | Reason::Sent
        )
    }

    /// What it means, in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Reason::Duplicate => "the same message is tracked already",
            Reason::FolderRule => "it is in a tracked folder",
            Reason::CheckIncomingOff => {
                "incoming mail is not looked at (email.check_incoming = false)"
            }
            Reason::InvalidSender => "it has no usable From address",
            Reason::Blocked => "the sender, or every recipient of sent mail, is on the blocklist",
            Reason::InternalEmailReject => "it is mail between colleagues",
            Reason::NoFilter => "nothing but tracked folders is tracked (email.track = \"none\")",
            Reason::AcceptAll => "every message is tracked (email.track = \"all\")",
            Reason::SentNotTracked => "sent mail is not looked at (email.track_sent = false)",
            Reason::CorrelationMatch => "it answers a message that is tracked",
            Reason::NoCorrelationMatch => "it answers no message that is tracked",
            Reason::SenderMatch => "its sender is a record",
            Reason::RecipientMatch => "one of its recipients is a record",
            Reason::NoSenderMatch => "its sender is no record that counts",
            Reason::NoRecipientMatch => "none of its recipients is a record that counts",
            Reason::Sent => "mailtrack has sent it",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}
