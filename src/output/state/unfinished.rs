//! Removes states that a killed command left unfinished.

use crate::base::disk::remove_leftovers;
use std::path::Path;

/// Prefix of the name of a new state until it is put in place.
pub(super) const PREFIX: &str = ".mailtrack-state-";

/// Removes a state that a killed command was building. The caller holds the lock of the folder.
pub(super) fn remove_unfinished(folder: &Path) {
    remove_leftovers(folder, PREFIX);
}
