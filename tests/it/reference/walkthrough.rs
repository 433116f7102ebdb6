//! The commands that the README and the tutorial show, run as a reader pastes them, print what is shown.

use std::path::Path;
use std::process::Command;

use super::root;

/// The documents whose commands are run, each in one folder from its first block to its last.
const WALKTHROUGHS: [&str; 4] = [
    "README.md",
    "docs/src/tutorial/demo.md",
    "docs/src/tutorial/own-mail.md",
    "docs/src/tutorial/every-night.md",
];

/// Creates a folder with the fixtures, like a fresh clone.
fn clone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = root().join("fixtures");
    std::os::unix::fs::symlink(fixtures, folder.path().join("fixtures")).unwrap();
    folder
}

/// Returns what a block of commands prints, including errors; the built program replaces `cargo run --` and an
/// installed one.
fn pasted(commands: &str, folder: &Path) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_mailtrack"));
    let path = std::env::var("PATH").unwrap();
    let commands: Vec<String> = commands
        .lines()
        .filter(|line| {
            !["cargo install", "cargo test"]
                .iter()
                .any(|it| line.starts_with(it))
        })
        .map(|line| {
            line.replace("cargo run -- ", "mailtrack ")
                .replace("target/debug/", "")
        })
        .collect();
    let mut shell = Command::new("sh");
    shell
        .args(["-ec", &format!("exec 2>&1\n{}", commands.join("\n"))])
        .env(
            "PATH",
            format!("{}:{path}", built.parent().unwrap().display()),
        )
        .current_dir(folder);
    let output = shell.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{commands:#?}: {printed}");
    printed
}

/// Returns the part of the printed text that a document shows: all, or the first and last lines if it has `...`.
fn shown(document: &str, printed: &str) -> String {
    let lines: Vec<&str> = document.lines().collect();
    let Some(cut) = lines.iter().position(|line| *line == "...") else {
        return printed.to_owned();
    };
    let printed: Vec<&str> = printed.lines().collect();
    let last = lines.len() - cut - 1;
    assert!(printed.len() > cut + last, "`...` stands for nothing");
    let (first, rest) = printed.split_at(cut);
    let last = &rest[rest.len() - last..];
    first
        .iter()
        .chain(&["..."])
        .chain(last)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Returns a document with its blocks of output as the program prints them now.
fn renewed(document: &str) -> String {
    let folder = clone();
    let (mut renewed, mut rest) = (String::new(), document);
    while let Some((before, after)) = rest.split_once("```sh\n") {
        let (commands, after) = after.split_once("```\n").unwrap();
        let printed = pasted(commands, folder.path());
        renewed += &format!("{before}```sh\n{commands}```\n");
        rest = after;
        if let Some(output) = after.strip_prefix("\n```text\n") {
            let (old, after) = output.split_once("```\n").unwrap();
            renewed += &format!("\n```text\n{}```\n", shown(old, &printed));
            rest = after;
        }
    }
    renewed + rest
}

#[test]
fn the_commands_of_the_documents_print_what_they_show() {
    for name in WALKTHROUGHS {
        let old = std::fs::read_to_string(root().join(name)).unwrap();
        assert!(
            old.contains("```sh\n") && old.contains("\n```text\n"),
            "{name}"
        );
        let new = renewed(&old);
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            std::fs::write(root().join(name), &new).unwrap();
            continue;
        }
        let differs = old.lines().zip(new.lines()).find(|(old, new)| old != new);
        assert!(
            old == new,
            "{name} shows what the program does not print (shown, printed): {differs:#?}; `UPDATE_REFERENCE=1 cargo test --test it reference` \
             writes what it prints"
        );
    }
}

#[test]
fn dots_stand_for_the_lines_between() {
    let printed = "a\nb\nc\nd\n";
    assert_eq!(shown("x\n", printed), printed);
    assert_eq!(shown("x\n...\n", printed), "a\n...\n");
    assert_eq!(shown("x\n...\ny\nz\n", printed), "a\n...\nc\nd\n");
}
