//! Finds mail and reads messages: from files to envelopes.

pub(crate) mod address;
pub(crate) mod direction;
pub(crate) mod envelope;
pub(crate) mod identity;
pub(crate) mod intake;
pub(crate) mod journal;
pub(crate) mod message;
pub(crate) mod read;
pub(crate) mod rules;
pub(crate) mod source;
pub(crate) mod token;
