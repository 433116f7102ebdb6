//! The `mailtrack` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    mailtrack::main()
}
