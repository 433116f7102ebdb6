//! Everything that can be wrong with an options file. [`Options::parse`](super::Options::parse) begins here.

pub(crate) mod book;
pub(crate) mod checker;
pub(crate) mod client;
pub(crate) mod correlation;
pub(crate) mod duration;
pub(crate) mod fields;
pub(crate) mod load;
pub(crate) mod mailboxes;
pub(crate) mod send;
pub(crate) mod synchronization;
