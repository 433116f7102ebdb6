//! Reports on a book: its content, how its files were interpreted, and the records that pass its filters.

mod check;
mod filters;
mod info;

pub(crate) use check::BookCheck;
pub(crate) use filters::{filter_columns, filter_rows, filter_warnings};
pub(crate) use info::BookInfo;
