//! The reasons for a decision (R4).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a message is tracked or not (R4).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Reason {
    /// Line 2: the same message is already tracked.
    Duplicate,
    /// Line 3: it is in a tracked folder.
    FolderRule,
    /// Line 4: it is incoming, and `email.check_incoming` is false.
    CheckIncomingOff,
    /// Line 5: it has no usable From address.
    InvalidSender,
    /// Line 6: the sender, or every recipient of an outgoing message, is on `email.blocklist`.
    Blocked,
    /// Line 7: sender and recipients are colleagues.
    InternalEmailReject,
    /// Line 8: `email.track` is `"none"`.
    NoFilter,
    /// Line 9: `email.track` is `"all"`.
    AcceptAll,
    /// Line 10: it is outgoing, and `email.track_sent` is false.
    SentNotTracked,
    /// Line 11: it correlates to a tracked activity.
    CorrelationMatch,
    /// Line 12: it does not correlate to a tracked activity.
    NoCorrelationMatch,
    /// Lines 13 and 14: it is incoming, and a record in scope has its sender's address.
    SenderMatch,
    /// Lines 13 and 14: it is outgoing, and a record in scope has a recipient's address.
    RecipientMatch,
    /// Line 15: it is incoming, and no record in scope has its sender's address.
    NoSenderMatch,
    /// Line 15: it is outgoing, and no record in scope has a recipient's address.
    NoRecipientMatch,
    /// No line: `mailtrack send` sent it.
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

    /// Returns the reason as shown to users.
    pub fn words(self) -> &'static str {
        match self {
            Reason::Duplicate => "the same message is tracked already",
            Reason::FolderRule => "it is in a tracked folder",
            Reason::CheckIncomingOff => {
                "incoming mail is not checked (email.check_incoming = false)"
            }
            Reason::InvalidSender => "it has no usable From address",
            Reason::Blocked => "the sender, or every recipient of sent mail, is on the blocklist",
            Reason::InternalEmailReject => "it is mail between colleagues",
            Reason::NoFilter => "only tracked folders are tracked (email.track = \"none\")",
            Reason::AcceptAll => "every message is tracked (email.track = \"all\")",
            Reason::SentNotTracked => "sent mail is not tracked (email.track_sent = false)",
            Reason::CorrelationMatch => "it belongs to a tracked conversation",
            Reason::NoCorrelationMatch => "it does not belong to a tracked conversation",
            Reason::SenderMatch => "its sender resolves to a record",
            Reason::RecipientMatch => "one of its recipients resolves to a record",
            Reason::NoSenderMatch => "its sender does not resolve to a record that counts",
            Reason::NoRecipientMatch => "none of its recipients resolves to a record that counts",
            Reason::Sent => "mailtrack sent it",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}
