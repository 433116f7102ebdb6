//! To *compare* is to find what two options files, A and B, make of the same mail: the messages that they decide or
//! link differently, and the records that they create otherwise. Neither of them writes anything.
//!
//! A message is tracked by both where both have its activity, whichever copy of the message it was made of: the ids of
//! activities are derived from the message's identity (R1), so the same message has the same one. The order of decisions
//! depends on the mail alone (R2), so a message has the same number in both orders.

pub(crate) mod differences;
pub(crate) mod group;
pub(crate) mod said;
pub(crate) mod words;

pub(crate) use differences::*;
pub(crate) use group::Group;
pub(crate) use words::lines;
