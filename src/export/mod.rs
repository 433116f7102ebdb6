//! *Exports* of an output folder to other formats, one file for each format.

pub(crate) mod aside;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod dataverse;
pub(crate) mod error;
pub(crate) mod folder;
pub(crate) mod keyed;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod record_mailbox;
pub(crate) mod sqlite;
pub(crate) mod vcard;
pub(crate) mod whole;

pub(crate) use csv::{CsvForm, tables};
pub(crate) use dataverse::requests::to_dataverse;
#[cfg(feature = "parquet")]
pub(crate) use parquet::to_parquet;
#[cfg(feature = "postgres")]
pub(crate) use postgres::to_postgres;
pub(crate) use sqlite::to_sqlite;
pub(crate) use vcard::vcards;
pub(crate) use whole::*;
