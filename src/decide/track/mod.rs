//! *To track* is to save a message as an email activity. Here is R4's table: the first line that applies decides.

pub(crate) mod judge;
pub(crate) mod reason;

pub(crate) use judge::*;
pub(crate) use reason::Reason;
