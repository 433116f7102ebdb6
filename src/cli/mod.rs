//! The command line: arguments, commands, and everything that is printed.

pub(crate) mod args;
pub(crate) mod commands;
pub(crate) mod console;
pub(crate) mod context;
pub(crate) mod entry;
pub(crate) mod error;
