//! Help texts: a paragraph is wrapped at the terminal's width, and not again where the source wrapped it.

use std::path::Path;
use std::process::Command;

const COMMANDS: [&str; 24] = [
    "",
    "init",
    "run",
    "send",
    "watch",
    "explain",
    "compare",
    "resolve",
    "export",
    "report",
    "book",
    "book build",
    "book info",
    "book check",
    "options",
    "options check",
    "options show",
    "options schema",
    "schema",
    "completions",
    "man",
    "help",
    "help run",
    "help init",
];

fn help(command: &str, flag: &str, columns: usize) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mailtrack"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .args(command.split_whitespace())
        .args(Some(flag).filter(|_| !command.starts_with("help")))
        .env("COLUMNS", columns.to_string())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[test]
fn no_paragraph_is_wrapped_twice() {
    let mut wrong = Vec::new();
    for command in COMMANDS {
        for (flag, columns) in [("--help", 80), ("--help", 100), ("-h", 80), ("--help", 60)] {
            let text = help(command, flag, columns);
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2) {
                let [line, next] = pair else { continue };
                let width = line.chars().count();
                if width > columns && !line.starts_with("Usage: ") && line.trim().contains(' ') {
                    wrong.push(format!("{command} {flag} {columns}: {width} wide: {line}"));
                }
                // Lines at the margin are prose; indented ones are lists and examples.
                let is_prose = indent(line) == 0 && indent(next) == 0;
                let word = next.split(' ').next().unwrap_or("");
                let has_room = width + 1 + word.chars().count() <= columns;
                if is_prose && !line.is_empty() && !next.is_empty() && has_room {
                    wrong.push(format!("{command} {flag} {columns}: {line} / {next}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
