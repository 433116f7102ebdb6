//! The *summary* of a run: counts that add up (R13), and in words what a user should know.

pub mod counts;
pub mod material;
pub mod strangers;
pub mod summarize;
pub mod warnings;
pub mod words;

pub use summarize::*;
pub use warnings::mail_warnings;
