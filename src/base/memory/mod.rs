//! Memory that is *mapped*: a file's bytes where they lie, or large pages of the machine's memory, and having them
//! fetched before they are read.

pub(crate) mod cut_off;
pub(crate) mod mapped;

pub(crate) use mapped::*;
