//! Mail that cannot be read.

use crate::mail::source::place::SourceKey;

/// A place that could not be read: one line in failures (R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The source, or the folder that could not be opened.
    pub source: Box<str>,
    /// A plain reason.
    pub error: String,
    /// By what later runs know the place again.
    pub place: SourceKey,
}
