//! Numbers of a run that are counted while rows are written.

use crate::output::summary::PartyCounts;

/// What is known only once the rows are made.
#[derive(Debug, Default)]
pub struct Written {
    /// How the parties were linked.
    pub parties: PartyCounts,
    /// Messages whose body could not be read any more when it was to be written.
    pub bodies_lost: Vec<Box<str>>,
}
