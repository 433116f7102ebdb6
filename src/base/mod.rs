//! Helpers for all other modules, independent of mail and CRM.

pub(crate) mod disk;
pub(crate) mod features;
pub(crate) mod interner;
pub(crate) mod iso_date;
pub(crate) mod memory;
pub(crate) mod panics;
#[cfg(feature = "postgres")]
pub(crate) mod postgresql;
pub(crate) mod progress;
pub(crate) mod reference;
pub(crate) mod small_set;
pub(crate) mod terminal;
pub(crate) mod text_place;
pub(crate) mod threads;
pub(crate) mod time_schema;
