//! Memory that is *mapped*: a file's bytes where they lie, or large pages of the machine's memory, and having them
//! fetched before they are read.

pub mod cut_off;
pub mod mapped;

pub use mapped::*;
