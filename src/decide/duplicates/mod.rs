//! *Duplicates*: created records that the book has already (`local_data.detect_duplicates`). Before one is written the
//! book's present state is asked: by address, and then nothing is created (`certain`); and by full name with company
//! (`possible`).

pub(crate) mod alike;
pub(crate) mod answers;
pub(crate) mod duplicate;
pub(crate) mod settle;

pub(crate) use answers::{Answer, Answers};
pub(crate) use settle::*;
