//! A *synchronization filter* says which records of one type pass: rows that compare a column with a value, in groups
//! of which all or any must hold (R10).
//!
//! A filter is asked with the cells of its [`Filter::fields`]; where they come from, a row of a file or an index, is
//! not its concern.

pub(crate) mod criterion;
pub(crate) mod value;

pub(crate) use criterion::*;
pub(crate) use value::Value;

#[cfg(test)]
mod filter_tests;
