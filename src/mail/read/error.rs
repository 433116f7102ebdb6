//! Errors of reading a message.

use crate::base::panics::Panic;
use crate::mail::journal::Unreadable;
use crate::mail::source::ReadError;

/// The reason that a message is a failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// The message cannot be read from its file.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The message does not begin with a header section.
    #[error("has no header fields, so it is not a message")]
    NoHeader,
    /// The message is a journal report whose original message cannot be read.
    #[error(transparent)]
    Report(#[from] Unreadable),
    /// The parser panicked, which is a bug.
    #[error("the parser failed on it; please report this: {0}")]
    Parser(Panic),
}
