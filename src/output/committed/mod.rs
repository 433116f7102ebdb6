//! Rows of an output folder that *count*, read back: for exports, reports and `explain`.

pub mod error;
pub mod reader;
pub mod row_types;
pub mod rows;
