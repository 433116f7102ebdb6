//! Reports on a book: what it holds, how its files were understood, how many records pass its filters.

mod check;
mod filters;
mod info;

pub(crate) use check::BookCheck;
pub(crate) use filters::{filter_columns, filter_rows, filter_warnings};
pub(crate) use info::BookInfo;
