//! The output folder: what each line holds, how lines are written, and the state that is committed with them.

pub mod committed;
pub mod early;
pub mod error;
pub mod folder;
pub mod json;
pub mod jsonl;
pub mod lines;
pub mod row;
pub mod rows;
pub mod schema;
pub mod sink;
pub mod state;
pub mod summary;
pub mod table;

pub use jsonl::JsonLines;
pub use row::*;
pub use rows::Rows;
pub use sink::*;
pub use table::file_name;
