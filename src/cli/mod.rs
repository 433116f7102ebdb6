//! The command line: arguments, the commands, and what they print.

pub mod args;
pub mod commands;
pub mod context;
pub mod entry;
pub mod error;
pub mod say;

pub use entry::main;
