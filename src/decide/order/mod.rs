//! The *order* in which messages are decided (R2): by received time, but each after those that it names.
//!
//! Nearly always the order by time is right already, and one pass over it shows that. Only from where a message names
//! a later one is it looked at who waits for whom.

pub mod by_time;
pub mod cycles;
pub mod ranked;
pub mod waiting;

pub use by_time::*;
