//! `mailtrack send`: pending messages go out, each once, and are tracked.

pub mod command;
pub mod report;

pub use command::*;
