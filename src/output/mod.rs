//! The output folder: what each line holds, how lines are written, and the state that is committed with them.

pub mod early;
pub mod folder;
pub mod json;
pub mod jsonl;
pub mod row;
pub mod rows;
pub mod schema;
pub mod sink;
pub mod state;
pub mod summary;

pub use jsonl::{JsonLines, file_name};
pub use row::*;
pub use rows::Rows;
pub use sink::*;
