//! *Rules* are words and patterns that are data, not code: the files of `rules/`, which are built into the program, or
//! files that are read from another folder instead.

pub(crate) mod file;
pub(crate) mod forms;
pub(crate) mod heads;
pub(crate) mod names;
pub(crate) mod word_lists;

pub(crate) use heads::{FieldRules, HeadClass};
pub(crate) use word_lists::*;
