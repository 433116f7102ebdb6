//! The *history* of a run: what earlier runs into the same output folder left, as far as the mail of this run refers to
//! it. That is the files and messages they decided (R1, *seen*), the activities they tracked and the records they
//! created. This folder stands between the state and the stages, which know nothing of files: rows of the state enter
//! the fold before it starts, and the decisions are turned into rows afterwards.

pub(crate) mod known_files;
pub(crate) mod rebuild;
pub(crate) mod rows;

pub(crate) use known_files::*;
