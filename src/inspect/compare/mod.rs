//! *Compares* the decisions of two options files, A and B, on the same mail: the messages that they decide or link
//! differently, and the records that they create differently. Nothing is written.
//!
//! A message is tracked by both if both have its activity, whichever copy of the message it was made of: the ids of
//! activities are derived from the message's identity (R1), so the same message has the same id. The order of decisions
//! depends on the mail alone (R2), so a message has the same position in both.

pub(crate) mod differences;
pub(crate) mod group;
pub(crate) mod side_text;
pub(crate) mod words;

pub(crate) use differences::*;
pub(crate) use group::Group;
pub(crate) use words::lines;
