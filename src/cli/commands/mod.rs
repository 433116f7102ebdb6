//! The commands, a file or a folder each: each parses its arguments, calls the library, and prints.

pub(crate) mod book;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod format;
pub(crate) mod given;
pub(crate) mod init;
pub(crate) mod manual;
pub(crate) mod options;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod resolve;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod send;
pub(crate) mod watch;
