//! Mail that cannot be read.

use crate::mail::source::place::SourceKey;

/// Mail that could not be read: one line in failures (R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The source, or the folder that could not be opened.
    pub source: Box<str>,
    /// A plain reason.
    pub error: String,
    /// Identifies the location across runs.
    pub place: SourceKey,
}
