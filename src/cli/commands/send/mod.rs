//! `mailtrack send`: pending messages go out, each once, and are tracked.

pub(crate) mod command;
pub(crate) mod report;

pub(crate) use command::*;
