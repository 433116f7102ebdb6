//! The fold over the messages.

pub mod first;
pub mod known;
pub mod messages;
pub mod placement;

pub use messages::*;
