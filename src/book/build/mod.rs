//! Putting records together into an index.

pub(crate) mod builder;
pub(crate) mod owner;
pub(crate) mod part;
pub(crate) mod spool;
