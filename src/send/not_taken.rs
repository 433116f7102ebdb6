//! Why a message was not taken.

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// Not it, and not another one: nobody answers, or answers us. The message is as it was.
    Nobody(String),
    /// Not now; the next run may try again.
    Now(String),
    /// Never: it was refused for good.
    Ever(String),
    /// It was handed over whole, and nobody said whether it was taken. The next one would not fare better.
    Unsaid(String),
}
