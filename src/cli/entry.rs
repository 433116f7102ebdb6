//! The entry point of the program: parses the arguments, runs the command, and returns its exit status.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;

use super::args::{Cli, Command};
use super::commands;
use super::console::Console;
use super::error::CommandError;
use crate::base::panics::{self, Panic};

/// Runs the command that the process's arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    panics::install_hook();
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let is_terminal = err.is_terminal();
    let console = Console::new(&mut out, &mut err, is_terminal);
    ExitCode::from(status_of(cli.command, &console))
}

/// Runs `mailtrack` in this process, and returns its exit status: 0, or one that the command documents.
///
/// `args` are the arguments after the program's name. All output of the command goes to `out` and `err`, including the
/// help and errors in the arguments. The calling thread becomes one of the command's threads and stays one, so a second
/// call needs another thread.
///
/// ```
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// let status = mailtrack::run(["options", "check", "nowhere.toml"], &mut out, &mut err);
/// assert_eq!(status, 2);
/// assert!(String::from_utf8_lossy(&err).starts_with("mailtrack: nowhere.toml: cannot be read"));
/// ```
pub fn run(
    args: impl IntoIterator<Item = impl Into<OsString>>,
    out: &mut (dyn Write + Send),
    err: &mut (dyn Write + Send),
) -> u8 {
    let program = OsString::from("mailtrack");
    let args = args.into_iter().map(Into::into);
    match Cli::try_parse_from(std::iter::once(program).chain(args)) {
        Ok(cli) => status_of(cli.command, &Console::new(out, err, false)),
        Err(error) => {
            let text = error.render();
            // A closed stream does not change the exit status.
            let _ = match error.use_stderr() {
                true => write!(err, "{text}"),
                false => write!(out, "{text}"),
            };
            u8::try_from(error.exit_code()).unwrap_or(2)
        }
    }
}

/// Runs a command and reports its error, if any. Returns the exit status.
fn status_of(command: Command, console: &Console<'_>) -> u8 {
    let ran = catch_unwind(AssertUnwindSafe(|| match dispatch(command, console) {
        Ok(status) => status,
        Err(error) => error.report(console),
    }));
    ran.unwrap_or_else(|_| report_bug(panics::last(), console))
}

fn dispatch(command: Command, console: &Console<'_>) -> Result<u8, CommandError> {
    match command {
        Command::Init(args) => commands::init::run(&args, console),
        Command::Run(args) => commands::run::run(&args, console),
        Command::Send(args) => commands::send::run(&args, console),
        Command::Watch(args) => commands::watch::run(&args, console),
        Command::Explain(args) => commands::explain::run(&args, console),
        Command::Compare(args) => commands::compare::run(&args, console),
        Command::Resolve(args) => commands::resolve::run(&args, console),
        Command::Export(args) => commands::export::run(&args, console),
        Command::Report(args) => commands::report::run(&args, console),
        Command::Book(args) => commands::book::run(&args, console),
        Command::Options(args) => commands::options::run(&args, console),
        Command::Schema { document } => commands::schema::run(document, console),
        Command::Completions { shell } => commands::completions::run(shell, console),
        Command::Man { dir } => commands::manual::run(dir.as_deref(), console),
    }
}

/// Reports a panic, with what a bug report should contain. Returns the exit status.
fn report_bug(panic: Option<Panic>, console: &Console<'_>) -> u8 {
    let what = panic.map_or_else(|| "no message".into(), |panic| panic.to_string());
    console.error_line(&format!(
        "mailtrack: the program has failed, and nothing more was written: {what}"
    ));
    console.error_line(
        "mailtrack: please report this line, the command and what it was run on (RUST_BACKTRACE=1 shows more)",
    );
    1
}
