//! Exports: other programs read the same values as in the JSON lines.

mod csv;
mod dataverse;
mod format;
mod parquet;
mod sqlite;
mod vcard;
