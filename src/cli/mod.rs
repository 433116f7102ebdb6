//! The command line: arguments, the commands, and what they print.

pub(crate) mod args;
pub(crate) mod commands;
pub(crate) mod console;
pub(crate) mod context;
pub(crate) mod entry;
pub(crate) mod error;
