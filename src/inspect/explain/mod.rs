//! An *explanation* is everything that led to one decision, as data and in plain words.

pub mod earlier;
pub mod explanation;
pub mod words;

pub use explanation::*;
