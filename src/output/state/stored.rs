//! The stored form of keys and directions, and the names of the state's files.

use crate::mail::direction::Direction;

/// The state's file in the output folder.
pub const STATE_FILE: &str = "state.db";

/// Locked during a run, so that no other run begins.
pub(crate) const LOCK_FILE: &str = ".mailtrack.lock";

/// The key of a message: the id of the activity derived from its identity, without a direction.
pub(crate) type MessageKey = [u8; 16];

pub(super) fn direction_number(direction: Option<Direction>) -> i64 {
    match direction {
        None => 0,
        Some(Direction::Incoming) => 1,
        Some(Direction::Outgoing) => 2,
    }
}

pub(super) fn direction_of(number: i64) -> Option<Direction> {
    match number {
        1 => Some(Direction::Incoming),
        2 => Some(Direction::Outgoing),
        _ => None,
    }
}
