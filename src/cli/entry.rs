//! Where the program begins: arguments are parsed, the command runs, and its result becomes an exit status.

use std::process::ExitCode;

use clap::Parser as _;

use super::args::Cli;
use super::context;
use crate::base::panics;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    panics::install_hook();
    let ran = std::panic::catch_unwind(|| match context::run(cli.command) {
        Ok(status) => status,
        Err(error) => error.report(),
    });
    ExitCode::from(ran.unwrap_or_else(|_| context::report_bug(panics::last())))
}
