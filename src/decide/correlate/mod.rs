//! *Correlation* ties a message to an email activity that was tracked before it (R8). Every method is a lookup in a
//! table of what is tracked, so that it does not matter how much that is.

pub mod by_conversation;
pub mod by_smart_matching;
pub mod by_token;
pub mod conversation_index;
pub mod facts;
pub mod method;
pub mod tracked;

pub use facts::*;
