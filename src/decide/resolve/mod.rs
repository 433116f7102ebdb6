//! *Resolution* leads from an address to records: the one that is the sender, all those that are recipients (R6, R7).

pub mod asking;
pub mod author;
pub mod matches;
pub mod own;
pub mod resolver;
pub mod scope;
pub mod synchronized;

pub use author::{Author, AuthorField, is_own_kind};
pub use resolver::*;
pub use scope::Scope;
