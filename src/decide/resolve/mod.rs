//! *Resolution* maps an address to records: to the one that is the sender, and to all that are recipients (R6, R7).

pub(crate) mod author;
pub(crate) mod matches;
pub(crate) mod own;
pub(crate) mod queries;
pub(crate) mod resolver;
pub(crate) mod scope;
pub(crate) mod synchronized;

pub(crate) use author::{Author, AuthorField, is_own_kind};
pub(crate) use resolver::*;
pub(crate) use scope::Scope;
