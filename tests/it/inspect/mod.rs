//! Commands that examine decisions: explain, compare, report, init.

mod compare;
mod compare_output;
mod explain;
mod explained_run;
mod init;
pub(crate) mod report;
mod whom_to_add;
