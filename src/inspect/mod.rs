//! What helps a person to judge decisions: explain, compare, init and the report.

pub mod compare;
pub mod explain;
pub mod init;
pub mod report;
