//! The *state* is what later runs need to know of earlier ones: `state.db`, a SQLite database in the output folder. A
//! run writes it in one transaction and commits it at the end, together with the number of bytes of each output file
//! that count from then on. Bytes beyond that belong to a run that was stopped, and are cut off.

pub(crate) mod changes;
pub(crate) mod checksums;
pub(crate) mod database;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod former_keys;
pub(crate) mod given;
pub(crate) mod rebuild;
pub(crate) mod recall;
pub(crate) mod schema;
pub(crate) mod sending;
pub(crate) mod stored;
pub(crate) mod unfinished;
pub(crate) mod writing;

pub(crate) use changes::{Activities, ActivityRow, Changes, CreatedRow, DecidedRow, RegardingRow};
pub(crate) use database::*;
pub(crate) use files::FileRow;
pub(crate) use given::{GivenFrom, RunArguments};
pub(crate) use rebuild::{Rebuilding, Sending, lengths_on_disk};
pub(crate) use recall::{CreatedBefore, RecallQuery, TrackedBefore};
pub(crate) use schema::APPLICATION_ID;
pub(crate) use sending::{Outcome, Outgoing};
