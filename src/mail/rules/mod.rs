//! *Rules* are words and patterns that are data and not code: the files of `rules/`, built into the program, or
//! read from another folder in their place.

pub mod file;
pub mod forms;
pub mod heads;
pub mod names;
pub mod word_lists;

pub use heads::{FieldRules, HeadClass, HeadRule, HeadRules};
pub use word_lists::*;
