//! Where mail lies, and what a message says: from files to envelopes.

pub mod address;
pub mod direction;
pub mod envelope;
pub mod identity;
pub mod intake;
pub mod journal;
pub mod message;
pub mod read;
pub mod rules;
pub mod source;
pub mod token;
