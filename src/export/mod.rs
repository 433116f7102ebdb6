//! An *export* is what an output folder holds, in another form: one file here a form.

pub mod aside;
pub mod columns;
pub mod csv;
pub mod dataverse;
pub mod error;
pub mod folder;
pub mod keyed;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sqlite;
pub mod vcard;
pub mod whole;

pub use csv::{Form, tables};
pub use dataverse::requests::{Posted, to_dataverse};
#[cfg(feature = "parquet")]
pub use parquet::to_parquet;
#[cfg(feature = "postgres")]
pub use postgres::{Exported, to_postgres};
pub use sqlite::to_sqlite;
pub use vcard::{Told, vcards};
pub use whole::*;
