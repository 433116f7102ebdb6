//! From rows to records: what each column means, and what of a record the book keeps.

pub mod emails;
pub mod files;
pub mod known;
pub mod load;
pub mod offline;
pub mod records;
pub mod report;
pub mod stamps;
pub mod users;
