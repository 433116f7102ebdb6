//! For each message in a mail archive, `mailtrack` decides whether it belongs in the CRM: which messages become email
//! activities, to which records their parties are linked, which contacts and leads are new, and why.
//!
//! The modules stand here in the order in which they may import each other: each knows only those above it.
//! Rules are cited by their numbers (R1 to R13).

pub mod base;
#[doc(hidden)]
pub mod bench;
pub mod book;
pub mod cli;
pub mod decide;
pub mod export;
pub mod inspect;
pub mod mail;
pub mod options;
pub mod output;
pub mod run;
pub mod send;

#[cfg(any(test, fuzzing))]
pub mod fuzz;
