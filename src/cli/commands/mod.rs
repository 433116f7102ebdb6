//! The commands, one file each: each parses its arguments, calls the library, and prints.

pub mod book;
pub mod book_check;
pub mod compare;
pub mod completions;
pub mod explain;
pub mod export;
pub mod filters;
pub mod format;
pub mod given;
pub mod init;
pub mod manual;
pub mod options;
pub mod progress;
pub mod report;
pub mod resolve;
pub mod run;
pub mod schema;
pub mod send;
pub mod watch;
