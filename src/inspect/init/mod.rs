//! *Findings*: what a folder of mail and a book say of the options that fit them.
//!
//! Nothing here decides anything about mail. What is found is written as an options file (`text.rs`), which its user
//! reads, corrects and keeps.

pub(crate) mod findings;
pub(crate) mod owners;
pub(crate) mod text;

pub(crate) use findings::*;
pub(crate) use text::text;
