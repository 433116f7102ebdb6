//! *To track* is to record a message as an email activity. R4's table decides it: the first line that applies wins.

pub(crate) mod judge;
pub(crate) mod reason;

pub(crate) use judge::*;
pub(crate) use reason::Reason;
