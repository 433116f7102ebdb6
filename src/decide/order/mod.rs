//! The *order* in which messages are decided (R2): by received time, but each message after those that it names.
//!
//! The order by time is nearly always right already, which one pass over it shows. Only from the first message that
//! names a later one, dependencies are computed.

pub(crate) mod by_time;
pub(crate) mod cycles;
pub(crate) mod ranked;
pub(crate) mod waiting;

pub(crate) use by_time::*;
