//! The command line: arguments, commands, and what they print.

pub mod args;
pub mod commands;
pub mod context;
mod entry;

pub use entry::main;
