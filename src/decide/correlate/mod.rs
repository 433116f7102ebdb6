//! *Correlation* finds the email activity, tracked earlier, that a message belongs to (R8). Every method is a lookup in
//! a table of tracked activities, so that its cost does not grow with their number.

pub(crate) mod by_conversation;
pub(crate) mod by_smart_matching;
pub(crate) mod by_token;
pub(crate) mod conversation_index;
pub(crate) mod facts;
pub(crate) mod method;
pub(crate) mod tracked;

pub(crate) use facts::*;
