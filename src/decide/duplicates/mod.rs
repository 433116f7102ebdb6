//! *Duplicates*: created records that the book already has (`local_data.detect_duplicates`). Before a record is
//! written, the book's current state is searched by address; if there is a match, no record is created (`certain`). It
//! is also searched by full name and company (`possible`).

pub(crate) mod alike;
pub(crate) mod answers;
pub(crate) mod duplicate;
pub(crate) mod settle;

pub(crate) use answers::{Answer, Answers};
pub(crate) use settle::*;
