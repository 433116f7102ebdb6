//! Records put together into the file that an index is read from.

pub mod builder;
pub mod owner;
pub mod part;
pub mod spool;
