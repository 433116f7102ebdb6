//! The fold over the messages.

pub(crate) mod first;
pub(crate) mod known;
pub(crate) mod messages;
pub(crate) mod placement;
pub(crate) mod verdict;
