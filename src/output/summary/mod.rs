//! The *summary* of a run: counts that add up (R13), and a text for the terminal.

pub(crate) mod counts;
pub(crate) mod material;
pub(crate) mod summarize;
pub(crate) mod unknown_senders;
pub(crate) mod warnings;
pub(crate) mod words;

pub(crate) use summarize::*;
pub(crate) use warnings::mail_warnings;
