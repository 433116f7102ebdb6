//! Wrong arguments, output that cannot be written, and a reader that closes the pipe.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::place::{Place, ran};
use crate::support::refusal::{MESSAGE, each};

#[test]
fn wrong_arguments_have_a_usage_hint() {
    let place = Place::new();
    let cases = [
        ("run mail --book book --out out --foo", "--foo"),
        (
            "run mail --book book --out out --body x",
            "text, html, none",
        ),
        ("run mail --book book --out out --threads -1", "-1"),
        ("run mail --book book --out out --threads x", "x"),
        ("run mail --book book --out out --max-size -5", "-5"),
        ("run --book book --out out", "MAIL"),
        ("run mail --out out", "--book"),
        ("rnu mail", "rnu"),
        ("", "Usage"),
    ];
    each(&cases, |(arguments, word)| {
        let ran = ran(place.command(arguments));
        assert_eq!(
            (ran.status, &*ran.stdout),
            (2, ""),
            "{arguments}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(word), "{arguments}: {}", ran.stderr);
        let hints = ["Usage", "--help"];
        assert!(
            hints.iter().any(|hint| ran.stderr.contains(hint)),
            "{}",
            ran.stderr
        );
        assert!(!place.path("out").exists());
    });
    let now = place.run("--now x");
    assert_eq!(now.status, 2);
    for word in ["--now", "`x`", "RFC 3339", "2026-03-01T09:30:00Z"] {
        assert!(now.stderr.contains(word), "{}", now.stderr);
    }
}

#[test]
fn output_that_cannot_be_written() {
    let place = Place::new();
    place.write("mail/1.eml", MESSAGE);
    place.write("file", "");
    fs::create_dir(place.path("closed")).unwrap();
    place.permit("closed", 0o555);
    for out in ["file", "file/out", "closed", "closed/a/b"] {
        let ran = ran(place.bound(&format!("run mail --book book --out {out}")));
        assert_eq!(
            (ran.status, ran.stderr.lines().count()),
            (1, 1),
            "{}",
            ran.stderr
        );
        let start = format!("mailtrack: {out}");
        assert!(ran.stderr.starts_with(&start), "{}", ran.stderr);
        assert!(ran.stderr.contains("cannot be "), "{}", ran.stderr);
    }
    assert!(place.names("closed").is_empty());
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let place = Place::new();
    place.write("mail/1.eml", MESSAGE);
    let commands = [
        "run mail --book book --out out",
        "run mail --book book --dry-run",
        "options schema",
        "options show",
        "--help",
    ];
    for arguments in commands {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = place
            .command(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut stderr = child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), &*said), (Some(0), ""), "{arguments}");
    }
    assert_eq!(place.summary()["messages"]["total"], 1);
}
