//! For each message in a mail archive, `mailtrack` decides whether it belongs in the CRM: which messages become email
//! activities, to which records their parties are linked, which contacts and leads are new, and why.
//!
//! The program is `mailtrack`, which [`main`] runs, and [`fn@run`] within another program. [`Tracker`] decides mail for other Rust programs: it takes options and
//! an address book, and returns a decision for each message.
//!
//! The modules import one another in one direction (ARCHITECTURE.md, "Code map"). Comments cite the rules R1 to R13, which
//! are in `docs/src/rules.md`.

mod base;
mod book;
mod cli;
mod decide;
mod export;
mod inspect;
mod mail;
mod options;
mod output;
mod run;
mod send;

#[doc(hidden)]
pub mod bench;
#[cfg(any(test, fuzzing))]
pub mod fuzz;

pub use cli::entry::{main, run};
pub use run::error::RunError;
pub use run::tracker::{DecidedMail, DecidedMessage, Tracker, TrackerBuilder};
