//! Reports that help a person to judge decisions: `explain`, `compare`, `init`, `resolve`, and reports on books and
//! output folders.

pub(crate) mod book;
pub(crate) mod compare;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod lookup;
pub(crate) mod report;
