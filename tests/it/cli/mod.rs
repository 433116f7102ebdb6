//! The command line as users see it, and commands as processes.

mod bad_arguments;
mod command_line;
mod help;
mod packages;
mod shown;
mod watch;
