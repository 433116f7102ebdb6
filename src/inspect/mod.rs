//! What helps a person to judge decisions: explain, compare, init and the report.

pub(crate) mod compare;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod report;
