//! The *book* is the address book: every email address of every record of the CRM, and the record it belongs to;
//! beside it the email activities that the CRM already has.
//!
//! A folder of record files is read into parts ([`Part`]), which are put together ([`BookBuilder`]) into an
//! index ([`index`]); a built index is opened as it lies. Either way the index is all that is looked at from then on.

pub mod address_book;
pub mod build;
pub mod check;
pub mod cited;
pub mod error;
pub mod found;
pub mod index;
pub mod kind_order;
pub mod present;
pub mod preset;
pub mod read;
pub mod refresh;
pub mod rows;
pub mod source;
pub mod unknown_columns;
pub mod unused;

pub use address_book::*;
pub use build::builder::BookBuilder;
pub use build::part::{NewRecord, Part};
pub use cited::check_cited;
pub use error::{BookError, BuildError};
pub use found::Found;
pub use index::record::TEXT_MAX;
pub use read::known::{EarlierEmail, KnownEmail};
pub use read::load::{Build, build, load, load_checked};
pub use read::offline::{OfflineError, OfflineFilters};
pub use read::report::{ColumnReport, FileReport, Role};
pub use refresh::{Freshness, Refreshed, SourceState, refresh, source_state};
pub use source::{Source, may_be_url};

#[cfg(test)]
mod index_tests;
