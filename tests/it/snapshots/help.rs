//! The help of every command.

use std::fs;
use std::path::Path;

use super::{SOURCE, hold};
use crate::place::{Place, ran};

const COLUMNS: &str = "100";

/// Returns the commands that a help text lists under `Commands:`.
fn commands(help: &str) -> Vec<&str> {
    let (_, list) = help.split_once("\nCommands:\n").unwrap_or_default();
    let lines = list.lines().take_while(|line| !line.is_empty());
    // The continuation of a description is indented further than a name.
    let named = lines.filter_map(|line| line.strip_prefix("  ").filter(|it| !it.starts_with(' ')));
    named.filter_map(|line| line.split(' ').next()).collect()
}

/// Compares the help of a command and its subcommands; returns the names of their snapshots.
fn hold_all(place: &Place, path: &str) -> Vec<String> {
    let mut command = place.command(path);
    command.arg("--help").env("COLUMNS", COLUMNS);
    let ran = ran(command);
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{path}");
    let name = format!("help {path}").trim_end().replace(' ', "-");
    hold(&name, &ran.stdout);
    let below = commands(&ran.stdout).into_iter();
    // The `help` subcommand that clap generates.
    let below = below.filter(|name| *name != "help");
    let below = below.flat_map(|name| hold_all(place, format!("{path} {name}").trim_start()));
    std::iter::once(name).chain(below).collect()
}

#[test]
fn every_command_has_its_help() {
    let mut names = hold_all(&Place::new(), "");
    names.sort();
    let files = fs::read_dir(Path::new(SOURCE).join("tests/it/snapshots")).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut held: Vec<String> = files
        .filter_map(|file| Some(file.strip_suffix(".snap")?.to_owned()))
        .filter(|name| name.starts_with("help"))
        .collect();
    held.sort();
    assert_eq!(names, held, "a snapshot of a command that is gone?");
}
