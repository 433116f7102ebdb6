//! Why a message is not read.

use crate::base::panics::Panic;
use crate::mail::journal::Unreadable;
use crate::mail::source::ReadError;

/// Why a message is a failure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    /// It cannot be read from its file.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It does not begin with a header section.
    #[error("has no header fields, so it is not a message")]
    NoHeader,
    /// It is a journal report, and the message that it reports cannot be read.
    #[error(transparent)]
    Report(#[from] Unreadable),
    /// The parser has a bug.
    #[error("the parser failed on it; please report this: {0}")]
    Parser(Panic),
}
