//! Reads a table of a CRM as rows, from CSV, JSON Lines or a database.

pub(crate) mod csv;
pub(crate) mod database;
pub(crate) mod encoding;
pub(crate) mod place;
pub(crate) mod row;
pub(crate) mod sheet;
