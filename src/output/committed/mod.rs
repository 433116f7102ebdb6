//! Rows of an output folder that *count*, read back: for exports, reports and `explain`.

pub(crate) mod error;
pub(crate) mod reader;
pub(crate) mod row_types;
pub(crate) mod rows;
