//! Records put together into the file that an index is read from.

pub(crate) mod builder;
pub(crate) mod owner;
pub(crate) mod part;
pub(crate) mod spool;
