//! *Explanations*: everything that led to one decision, as data and as text.

pub(crate) mod before;
pub(crate) mod earlier;
pub(crate) mod explanation;
pub(crate) mod folder_search;
pub(crate) mod query;
pub(crate) mod words;

pub(crate) use explanation::*;
