//! The *order* in which messages are decided (R2): by received time, but each after those that it names.
//!
//! Nearly always the order by time is right already, and one pass over it shows that. Only from where a message names
//! a later one is it looked at who waits for whom.

pub(crate) mod by_time;
pub(crate) mod cycles;
pub(crate) mod ranked;
pub(crate) mod waiting;

pub(crate) use by_time::*;
