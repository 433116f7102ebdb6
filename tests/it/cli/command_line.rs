//! The command line as users see it: help with examples, suggestions, completion scripts, the manual.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::place::{Place, ran};
use crate::program::mailtrack;

/// Every command, as typed after the program's name.
const COMMANDS: [&str; 20] = [
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
];

fn said(args: &str) -> Output {
    let args: Vec<&str> = args.split_whitespace().collect();
    mailtrack(Path::new("."), &args)
}

#[track_caller]
fn good(args: &str) -> String {
    let output = said(args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), &*errors), (Some(0), ""), "{args}");
    String::from_utf8(output.stdout).expect("what it prints is UTF-8")
}

/// Runs another program on a file; returns `None` if the program is not installed.
fn ask(program: &str, args: &[&str], file: &Path) -> Option<Output> {
    Command::new(program).args(args).arg(file).output().ok()
}

/// Returns the commands that the program's help lists, with their subcommands.
fn listed(of: &str) -> Vec<String> {
    let help = good(&format!("{of} --help"));
    let Some((_, commands)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let names = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    let mut all = Vec::new();
    for name in names {
        let name = format!("{of} {name}").trim().to_owned();
        let below = listed(&name);
        all.push(name);
        all.extend(below);
    }
    all
}

#[test]
fn every_command_has_an_example_of_itself() {
    assert_eq!(listed(""), COMMANDS);
    for command in COMMANDS.iter().chain(&[""]) {
        let help = good(&format!("{command} --help"));
        let (_, examples) = help
            .split_once("\nExample")
            .unwrap_or_else(|| panic!("{command}: no example"));
        let example = format!("\n  mailtrack {command}");
        assert!(
            examples.contains(example.trim_end()),
            "{command}: {examples}"
        );
    }
}

#[test]
fn what_is_mistyped_is_suggested() {
    let cases = [
        ("rum Mail --book records", "'run'"),
        ("optoins check o.toml", "'options'"),
        ("options chekc o.toml", "'check'"),
        ("run Mail --boook records", "'--book'"),
        ("run Mail --book records --drry-run", "'--dry-run'"),
        ("run Mail --book records --body txt", "'text'"),
        ("export out --to vcrad -o x.vcf", "vcard"),
        ("completions bahs", "'bash'"),
    ];
    for (args, right) in cases {
        let output = said(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(
            errors.contains("similar") || errors.contains("possible values"),
            "{args}: {errors}"
        );
        assert!(errors.contains(right), "{args}: {errors}");
        assert!(output.stdout.is_empty(), "{args}");
    }
}

#[test]
fn every_shell_has_a_script_that_names_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = good(&format!("completions {shell}"));
        for word in COMMANDS.iter().flat_map(|command| command.split(' ')) {
            assert!(script.contains(word), "{shell}: {word}");
        }
        assert!(script.contains("take-over"), "{shell}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script");
        fs::write(&file, &script).unwrap();
        let checked = match shell {
            "bash" | "zsh" => ask(shell, &["-n"], &file),
            "fish" => ask(shell, &["--no-execute"], &file),
            _ => None,
        };
        if let Some(checked) = checked {
            let errors = String::from_utf8_lossy(&checked.stderr);
            assert!(checked.status.success(), "{shell}: {errors}");
        }
    }
}

#[test]
fn bash_completes_what_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completions");
    fs::write(&file, good("completions bash")).unwrap();
    let asks = |words: &str, at: usize| {
        let begun = words.rsplit(' ').next().unwrap();
        let script = format!(
            ". {}; COMP_WORDS=({words}); COMP_CWORD={at}; _mailtrack mailtrack '{begun}' ''; echo \"${{COMPREPLY[@]}}\"",
            file.display()
        );
        let output = Command::new("bash").args(["-c", &script]).output().ok()?;
        Some(String::from_utf8(output.stdout).unwrap())
    };
    for (words, at, want) in [
        ("mailtrack comp", 1, "compare completions\n"),
        ("mailtrack book b", 2, "build\n"),
        ("mailtrack run --dr", 2, "--dry-run\n"),
    ] {
        if let Some(got) = asks(words, at) {
            assert_eq!(got, want, "{words}");
        }
    }
}

#[test]
fn the_manual_names_every_command_and_has_a_page_for_each() {
    let page = good("man");
    let top = COMMANDS.iter().filter(|command| !command.contains(' '));
    for command in top {
        assert!(
            page.contains(&format!("mailtrack\\-{command}(1)")),
            "{command}: {page}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("share/man1");
    let told = good(&format!("man --dir {}", dir.display()));
    // One page is for the program itself.
    let pages = COMMANDS.len() + 1;
    assert!(told.ends_with(&format!(": {pages} pages\n")), "{told}");
    let main = fs::read_to_string(dir.join("mailtrack.1")).unwrap();
    assert_eq!(main, page);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), pages);
    for command in COMMANDS {
        let name = format!("mailtrack-{}", command.replace(' ', "-"));
        let file = dir.join(format!("{name}.1"));
        assert!(file.exists(), "{}", file.display());
        let Some(shown) = ask("groff", &["-man", "-Tutf8", "-ww", "-P-cbou"], &file) else {
            continue;
        };
        let text = String::from_utf8(shown.stdout).unwrap();
        let errors = String::from_utf8_lossy(&shown.stderr);
        assert_eq!((shown.status.success(), &*errors), (true, ""), "{command}");
        let example = format!(" mailtrack {command}");
        assert!(text.contains("EXAMPLES"), "{command}: {text}");
        assert!(text.contains(&example), "{command}: {text}");
    }
}

#[test]
fn a_manual_that_cannot_be_written_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let output = mailtrack(folder.path(), &["man", "--dir", "file/man1"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors.starts_with("mailtrack: file/man1: cannot be made: "),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1);
}

#[test]
fn verbose_reports_what_is_done_and_changes_nothing_else() {
    let place = Place::new();
    place.write(
        "mail/1.eml",
        "From: kim@fabrikam.example\nMessage-ID: <1@x>\n\n",
    );
    let told = ran(place.command("run mail --book book --out out -v"));
    assert_eq!(told.status, 0);
    let lines: Vec<&str> = told.stderr.lines().collect();
    for (line, want) in lines.iter().zip([
        "book book: 1 contact, 1 systemuser; 2 addresses; default options",
        "mail: 1 file listed",
        "read: 1 message with 1 distinct address, 0 failures; 0 messages seen by earlier runs",
        "decided: 1 of 1 message tracked, 0 new records",
        "written and kept: out",
    ]) {
        let time = line
            .strip_prefix("mailtrack: ")
            .and_then(|it| it.strip_suffix(want));
        assert!(
            time.is_some_and(|time| time.trim_end().ends_with(" s")),
            "{line}"
        );
    }
    assert_eq!(lines.len(), 5);
    let silent = ran(place.command("run mail --book book --out other"));
    assert_eq!(silent.stderr, "");
    let both = ran(place.command("run mail --book book --out other -v -q"));
    assert_eq!(both.status, 2);
}
