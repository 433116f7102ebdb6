//! From the options file to validated [`Options`](super::Options): everything that can be wrong in it is found here.

pub(crate) mod book;
pub(crate) mod checker;
pub(crate) mod client;
pub(crate) mod correlation;
pub(crate) mod duration;
pub(crate) mod fields;
pub(crate) mod mailboxes;
pub(crate) mod send;
pub(crate) mod synchronization;

pub(crate) use checker::*;
