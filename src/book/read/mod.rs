//! Turns rows into records: what each column means, and what the book keeps of a record.

pub(crate) mod emails;
pub(crate) mod files;
pub(crate) mod known;
pub(crate) mod load;
pub(crate) mod offline;
pub(crate) mod records;
pub(crate) mod report;
pub(crate) mod stamps;
pub(crate) mod users;
