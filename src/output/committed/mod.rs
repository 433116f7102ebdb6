//! Reads back the *committed* rows of an output folder, for exports, reports and `explain`.

pub(crate) mod error;
pub(crate) mod reader;
pub(crate) mod row_types;
pub(crate) mod rows;
