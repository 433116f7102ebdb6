//! `mailtrack watch`: runs repeatedly, at an interval or whenever the mail changes.
//!
//! Everything that a run uses, including the lock of the output folder, is released before waiting for the next one. A
//! signal ends the command after the current run.

pub(crate) mod command;
pub(crate) mod repeated;
pub(crate) mod wait;

pub(crate) use command::*;
