//! The ways in which a case starts the program.

use std::path::Path;
use std::process::Command;
use std::thread;

use crate::place::{Ran, ran};

/// Starts the program.
pub trait Starter: Sync {
    /// Runs the program with these arguments, and waits for its end. A relative path is relative to `folder`.
    fn run(&self, args: &[Arg<'_>], folder: &Path) -> Ran;
}

/// An argument.
#[derive(Clone, Copy)]
pub enum Arg<'a> {
    /// A word without changes.
    Word(&'a str),
    /// A path below the folder of the case.
    Path(&'a str),
}

/// The built program, in a separate process whose working directory is the folder.
pub struct Binary;

impl Starter for Binary {
    fn run(&self, args: &[Arg<'_>], folder: &Path) -> Ran {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mailtrack"));
        for arg in args {
            let (Arg::Word(arg) | Arg::Path(arg)) = arg;
            command.arg(arg);
        }
        command.current_dir(folder);
        ran(command)
    }
}

/// The library, in the process of the tests. Paths are absolute, because all tests share one working directory.
pub struct Library;

impl Starter for Library {
    fn run(&self, args: &[Arg<'_>], folder: &Path) -> Ran {
        let args = args.iter().map(|arg| match arg {
            Arg::Word(word) => word.into(),
            Arg::Path(path) => folder.join(path).into_os_string(),
        });
        let args: Vec<std::ffi::OsString> = args.collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        // A command keeps the thread that it runs on as one of its own, so it gets a new one.
        let status = thread::scope(|scope| {
            let command = scope.spawn(|| mailtrack::run(args, &mut out, &mut err));
            command.join().unwrap()
        });
        Ran {
            status: status.into(),
            stdout: String::from_utf8(out).unwrap(),
            stderr: String::from_utf8(err).unwrap(),
        }
    }
}
