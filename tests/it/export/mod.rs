//! Exports: what other programs read is what the JSON lines say.

mod csv;
mod dataverse;
mod format;
mod parquet;
mod sqlite;
mod vcard;
