//! A *synchronization filter* selects records of one type by rows that compare a column with a value, in groups of
//! which all or any must hold (R10).
//!
//! A filter gets the cells of its [`Filter::fields`], whether they come from a row of a file or from an index.

pub(crate) mod criterion;
pub(crate) mod value;

pub(crate) use criterion::*;
pub(crate) use value::Value;

#[cfg(test)]
mod filter_tests;
