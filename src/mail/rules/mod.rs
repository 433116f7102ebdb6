//! *Rules* are words and patterns that are data and not code: the files of `rules/`, built into the program, or
//! read from another folder in their place.

pub(crate) mod file;
pub(crate) mod forms;
pub(crate) mod heads;
pub(crate) mod names;
pub(crate) mod word_lists;

pub(crate) use heads::{FieldRules, HeadClass};
pub(crate) use word_lists::*;
