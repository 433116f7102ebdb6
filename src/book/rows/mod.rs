//! A table of a CRM as rows, whatever it lies in: CSV, JSON Lines, a database.

pub mod csv;
pub mod database;
pub mod encoding;
pub mod place;
pub mod row;
pub mod sheet;
