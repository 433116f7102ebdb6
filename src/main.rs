//! The `mailtrack` command: parses the arguments, runs the command, turns its result into an exit status.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser as _;
use mailtrack::panics;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    panics::install_hook();
    let ran = std::panic::catch_unwind(|| match commands::run(cli.command) {
        Ok(status) => status,
        Err(error) => error.report(),
    });
    ExitCode::from(ran.unwrap_or_else(|_| commands::report_bug(panics::last())))
}
