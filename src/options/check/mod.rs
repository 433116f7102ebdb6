//! From the options file to validated [`Options`](super::Options): everything that can be wrong in it is found here.

pub mod book;
pub mod checker;
pub mod client;
pub mod correlation;
pub mod duration;
pub mod fields;
pub mod mailboxes;
pub mod send;
pub mod synchronization;

pub use checker::*;
