//! Where the program begins: arguments are parsed, the command runs, and its result becomes an exit status.

use std::process::ExitCode;

use clap::Parser as _;

use super::args::{Cli, Command};
use super::commands;
use super::error::CommandError;
use super::say::say_error;
use crate::base::panics::{self, Panic};

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    panics::install_hook();
    let ran = std::panic::catch_unwind(|| match run(cli.command) {
        Ok(status) => status,
        Err(error) => error.report(),
    });
    ExitCode::from(ran.unwrap_or_else(|_| report_bug(panics::last())))
}

/// Runs a command; its exit status.
fn run(command: Command) -> Result<u8, CommandError> {
    match command {
        Command::Init(args) => commands::init::run(&args),
        Command::Run(args) => commands::run::run(&args),
        Command::Send(args) => commands::send::run(&args),
        Command::Watch(args) => commands::watch::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Resolve(args) => commands::resolve::run(&args),
        Command::Export(args) => commands::export::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::Book(args) => commands::book::run(&args),
        Command::Options(args) => commands::options::run(&args),
        Command::Schema { document } => commands::schema::run(document),
        Command::Completions { shell } => commands::completions::run(shell),
        Command::Man { dir } => commands::manual::run(dir.as_deref()),
    }
}

/// Says that the program itself has failed, and what a report of it should name; the exit status.
fn report_bug(panic: Option<Panic>) -> u8 {
    let what = panic.map_or_else(|| "no message".into(), |panic| panic.to_string());
    say_error(&format!(
        "mailtrack: the program has failed, and nothing more was written: {what}\nmailtrack: please report this line, the command and what it was run on (RUST_BACKTRACE=1 shows more)"
    ));
    1
}
