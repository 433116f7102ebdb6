//! How the program is started, apart from what is compared afterwards.

use std::path::Path;
use std::process::Command;

use crate::place::{Ran, ran};

/// Starts the program.
pub trait Starter {
    /// Runs the program with these arguments, relative paths among them counted from `folder`, and waits for its end.
    fn run(&self, args: &[&str], folder: &Path) -> Ran;
}

/// The built program, in a process of its own.
pub struct Binary;

impl Starter for Binary {
    fn run(&self, args: &[&str], folder: &Path) -> Ran {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mailtrack"));
        command.args(args).current_dir(folder);
        ran(command)
    }
}
