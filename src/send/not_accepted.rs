//! The reasons why a message was not accepted.

/// Why a message was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotAccepted {
    /// The problem concerns every message, such as no connection or a failed login. The message was not handed over.
    Unreachable(String),
    /// Refused for now; the next run may try again.
    Temporary(String),
    /// Refused permanently.
    Permanent(String),
    /// The whole message was handed over, but it is not known whether it was accepted. Later messages would fare no
    /// better.
    Unknown(String),
}
