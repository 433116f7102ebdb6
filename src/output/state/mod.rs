//! The *state* is what later runs need of earlier ones: `state.db`, SQLite, in the output folder. It is written in one
//! transaction, which a run commits at its end, together with how many bytes of each output file count from then on; what
//! lies beyond is of a run that was stopped, and is cut off.

pub mod changes;
pub mod database;
pub mod error;
pub mod files;
pub mod former;
pub mod given;
pub mod rebuild;
pub mod recall;
pub mod schema;
pub mod sending;
pub mod stored;
pub mod sums;
pub mod unfinished;
pub mod writing;

pub use changes::{Activities, ActivityRow, Changes, CreatedRow, DecidedRow, RegardingRow};
pub use database::*;
pub use files::{FileRow, KnownFiles};
pub use given::{Given, GivenFrom};
pub use rebuild::{Rebuilding, Salvaged, Sending, lengths_on_disk};
pub use recall::{Before, CreatedBefore, TrackedBefore, Wanted};
pub(crate) use schema::APPLICATION_ID;
pub use sending::{Outcome, Outgoing};
