//! `mailtrack watch`: runs again and again, at an interval or as soon as the mail changes.
//!
//! Everything that a run holds, the lock of the output folder too, is let go before the next one is waited for. A
//! signal ends it after the run that is under way.

pub(crate) mod command;
pub(crate) mod wait;

pub(crate) use command::*;
