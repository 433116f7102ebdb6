//! `mailtrack` decides, message by message, what mail belongs into a CRM: which messages become email activities, to
//! which records their parties are linked, which contacts and leads are new, and why.
//!
//! Data goes one way, and the modules stand here in the order in which it flows. Rules are cited by their numbers
//! (R1 to R13), which `ARCHITECTURE.md` explains.
#![warn(missing_docs)]

pub mod date;
pub mod disk;
pub mod features;
pub mod fields;
pub mod map;
mod numbers;
pub mod panics;
#[cfg(feature = "postgres")]
pub mod postgresql;
pub mod reference;
pub mod threads;
pub mod token;

pub mod options;
pub mod rules;

pub mod address;
pub mod domain;

pub mod book;

pub mod filter;

pub mod source;

pub mod calendar;
pub mod envelope;
pub mod journal;
pub mod message;
pub mod message_id;
pub mod mime;

pub mod resolve;

pub mod vcards;

pub mod order;
mod seen;

pub mod correlate;
pub mod create;
pub mod decide;
pub mod duplicates;
pub mod identity;
pub mod trace;
pub mod track;

pub mod activity;
pub mod compare;
pub mod earlier;
pub mod explain;
pub mod export;
pub mod output;
pub mod report;
pub mod schema;
pub mod state;
pub mod summary;
pub mod terminal;

pub mod pipeline;

pub mod history;
pub mod init;

pub mod send;

#[cfg(any(test, fuzzing))]
pub mod fuzz;
