//! What every other part may use, and what knows nothing of mail or of a CRM.

pub mod disk;
pub mod features;
pub mod interner;
pub mod iso_date;
pub mod memory;
pub mod panics;
#[cfg(feature = "postgres")]
pub mod postgresql;
pub mod progress;
pub mod reference;
pub mod small_set;
pub mod terminal;
pub mod text_place;
pub mod threads;
pub mod time_schema;
