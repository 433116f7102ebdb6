//! States that a killed command was making.

use crate::base::disk::remove_leftovers;
use std::path::Path;

/// The prefix of the file's name as long as it is aside.
pub(super) const PREFIX: &str = ".mailtrack-state-";

/// Removes what a killed command has left of a state that it was making. The folder is locked by who asks.
pub(super) fn remove_unfinished(folder: &Path) {
    remove_leftovers(folder, PREFIX);
}
