//! The reasons why a message was not accepted.

/// Why a message was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotAccepted {
    /// The problem concerns every message, such as no connection or a failed login. The message was not handed over.
    Nobody(String),
    /// Refused for now; the next run may try again.
    Now(String),
    /// Refused permanently.
    Ever(String),
    /// The whole message was handed over, but it is not known whether it was accepted. Later messages would fare no
    /// better.
    Unsaid(String),
}
