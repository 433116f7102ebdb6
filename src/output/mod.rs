//! The output folder: the rows of each table, how they are written, and the state that is committed with them.

pub(crate) mod background_sync;
pub(crate) mod committed;
pub(crate) mod error;
pub(crate) mod folder;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod lines;
pub(crate) mod row;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod sink;
pub(crate) mod state;
pub(crate) mod summary;
pub(crate) mod table;

pub(crate) use jsonl::JsonLines;
pub(crate) use row::*;
pub(crate) use rows::OutputRows;
pub(crate) use sink::*;
