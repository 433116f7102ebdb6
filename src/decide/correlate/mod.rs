//! *Correlation* ties a message to an email activity that was tracked before it (R8). Every method is a lookup in a
//! table of what is tracked, so that it does not matter how much that is.

pub(crate) mod by_conversation;
pub(crate) mod by_smart_matching;
pub(crate) mod by_token;
pub(crate) mod conversation_index;
pub(crate) mod facts;
pub(crate) mod method;
pub(crate) mod tracked;

pub(crate) use facts::*;
