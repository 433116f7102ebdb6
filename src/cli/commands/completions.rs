//! `mailtrack completions`: prints a script with which a shell completes the program's arguments.

use crate::cli::console::Console;
use crate::cli::error::CommandError;
use std::io::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::args::Cli;

/// Runs the command.
pub(crate) fn run(shell: Shell, console: &Console<'_>) -> Result<u8, CommandError> {
    // `clap_complete` panics on a closed pipe, so the script is written to memory first.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "mailtrack", &mut script);
    let mut out = console.out();
    out.write_all(&script)?;
    out.flush()?;
    Ok(0)
}
