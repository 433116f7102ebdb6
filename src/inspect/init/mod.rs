//! *Findings* about a folder of mail and a book, from which fitting options are proposed.
//!
//! Nothing here decides mail. The findings are written as an options file (`text.rs`), which the user reads and
//! corrects.

pub(crate) mod findings;
pub(crate) mod owners;
pub(crate) mod text;
pub(crate) mod tracked;

pub(crate) use findings::*;
pub(crate) use text::text;
pub(crate) use tracked::tracked;
