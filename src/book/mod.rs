//! The *book* is the address book: the email addresses of the CRM's records, each with the records that have it, and
//! the email activities that the CRM already has.
//!
//! A folder of record files is read into parts ([`BookPart`]), which [`BookBuilder`] puts together into an index
//! ([`index`]). A built index is opened in place. Either way, everything after that uses the index only.

pub(crate) mod address_book;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod cited;
pub(crate) mod error;
pub(crate) mod found;
pub(crate) mod index;
pub(crate) mod kind_order;
pub(crate) mod option_warnings;
pub(crate) mod present;
pub(crate) mod preset;
pub(crate) mod queue_owners;
pub(crate) mod read;
pub(crate) mod refresh;
pub(crate) mod rows;
pub(crate) mod source;
pub(crate) mod unknown_columns;
pub(crate) mod unused;

pub(crate) use address_book::*;
pub(crate) use build::builder::BookBuilder;
pub(crate) use build::part::{BookPart, NewRecord};
pub(crate) use cited::check_cited;
pub(crate) use found::LookupResults;
pub(crate) use index::record::TEXT_MAX;
pub(crate) use read::known::{EarlierEmail, KnownEmail};
pub(crate) use read::load::{Build, build, load, load_checked};
pub(crate) use read::offline::{OfflineError, OfflineFilters};
pub(crate) use read::report::{ColumnReport, ColumnUse, FileReport};
pub(crate) use refresh::{Freshness, Refreshed, SourceState, refresh, source_state};
pub(crate) use source::{BookSource, may_be_url};

#[cfg(test)]
mod index_tests;
