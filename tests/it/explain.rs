//! `explain`, `resolve` and `options`, on the demo.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

fn program(command: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mailtrack"));
    program.args(command.split(' '));
    program
}

/// A command over the demo's book and main options.
fn over_demo(command: &str) -> Command {
    let mut program = program(command);
    program
        .arg("--book")
        .arg(demo("book"))
        .arg("--options")
        .arg(demo("options.toml"));
    program
}

/// What it prints; its exit status is as given.
fn said(mut command: Command, status: i32) -> String {
    let output = command.assert().code(status).get_output().clone();
    let stream = if status == 0 {
        output.stdout
    } else {
        output.stderr
    };
    String::from_utf8(stream).unwrap()
}

/// The file, or the message of an mbox, that a source of the demo names.
fn message(source: &str) -> PathBuf {
    let in_maildir =
        |name: &str| ["cur", "new"].map(|folder| demo("mail/Support").join(folder).join(name));
    match source.strip_prefix("Support/") {
        Some(name) => in_maildir(name)
            .into_iter()
            .find(|path| path.exists())
            .unwrap(),
        None => demo("mail").join(source),
    }
}

fn run_demo(out: &Path) -> Vec<Value> {
    let mut run = over_demo("run --quiet");
    run.arg(demo("mail"))
        .arg("--out")
        .arg(out)
        .assert()
        .success();
    let text = std::fs::read_to_string(out.join("decisions.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Whoever doubts a decision must be shown that very decision: among all of the mail, and from a run's output.
#[test]
fn explains_the_decision_that_a_run_made() {
    let out = tempfile::tempdir().unwrap();
    for row in run_demo(out.path()) {
        let source = row["source"].as_str().unwrap();
        for (option, place) in [("--mail", demo("mail")), ("--out", out.path().into())] {
            let mut explain = over_demo("explain --json");
            explain.arg(message(source)).arg(option).arg(place);
            let explained: Value = serde_json::from_str(&said(explain, 0)).unwrap();
            assert_eq!(explained["decision"], row, "{source} with {option}");
            assert!(
                explained["steps"].as_array().unwrap().len() > 2,
                "{source} with {option}"
            );
        }
    }
}

#[test]
fn explains_in_plain_words() {
    let cases: [(&str, &[&str]); 7] = [
        (
            "Inbox/two-lenas.eml",
            &[
                "contact:c-5 Lena Fischer: chosen",
                "the mailbox's owner owns contact:c-5, and not this one",
            ],
        ),
        (
            "Inbox/trade-show.eml",
            &[
                "out of scope: a contact that the mailbox's owner does not own",
                "not created: a record that is out of scope",
            ],
        ),
        (
            "Inbox/two-machines.eml",
            &[
                "(code 3): offer-0417@copperkettle.example: activity E-100",
                "regarding account:a-1",
                "a record is created, with the name Bruno Keller",
            ],
        ),
        (
            "Inbox/Deals/out-of-office.eml",
            &[
                "3  it is in a tracked folder: applies",
                "Automated    yes, by the pattern",
            ],
        ),
        (
            "Inbox/lunch.eml",
            &["7  internal: sender and every recipient are colleagues: applies"],
        ),
        (
            "Inbox/scan.eml",
            &[
                "5  no usable From address: applies",
                "known by a hash of head and body",
            ],
        ),
        (
            "Archive.mbox#3",
            &[
                "2  the same message is tracked already: applies",
                "the first one's activity",
            ],
        ),
    ];
    for (source, wanted) in cases {
        let mut explain = over_demo("explain");
        explain.arg(message(source)).arg("--mail").arg(demo("mail"));
        let text = said(explain, 0);
        for want in wanted {
            assert!(text.contains(want), "{source}: {want:?} is not in\n{text}");
        }
    }
}

#[test]
fn says_what_cannot_be_explained() {
    let cases = [
        ("Archive.mbox", 2, "holds 3 messages; name one as"),
        ("Archive.mbox#9", 2, "is not among the messages"),
        ("Inbox/nothing.eml", 2, "no such file"),
        ("Inbox/notes.pdf", 2, "is not among the messages"),
        (
            "Inbox/broken.eml",
            0,
            "goes to failures: has no header field",
        ),
    ];
    for (source, status, want) in cases {
        let mut explain = over_demo("explain");
        explain.arg(demo("mail").join(source));
        let text = said(explain, status);
        assert!(text.contains(want), "{source}: {text}");
    }
}

#[test]
fn resolves_as_a_run_would() {
    let addresses = [
        "LENA.Fischer@cafekranz.example",
        "hello@copperkettle.example",
        "pavel.novak@brightwater.example",
        "nobody",
    ];
    let mut resolve = over_demo("resolve --json");
    let text = said(
        std::mem::replace(resolve.write_stdin(addresses.join("\r\n")), program("")),
        0,
    );
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let want = [
        ("lena.fischer@cafekranz.example", "contact:c-5", 0, 2),
        ("hello@copperkettle.example", "systemuser:u-1", 1, 1),
        ("pavel.novak@brightwater.example", "", 0, 1),
        ("", "", 0, 0),
    ];
    assert_eq!(rows.len(), want.len());
    for ((row, address), (normalized, sender, recipients, candidates)) in
        rows.iter().zip(addresses).zip(want)
    {
        assert_eq!(row["address"], address);
        assert_eq!(row["normalized"].as_str().unwrap_or(""), normalized);
        assert_eq!(row["sender"].as_str().unwrap_or(""), sender);
        assert_eq!(row["recipients"].as_array().unwrap().len(), recipients);
        assert_eq!(row["candidates"].as_array().unwrap().len(), candidates);
    }
    assert!(text.starts_with("{\"address\":\"LENA"));
    let keys = "\"candidates\":[{\"record\":\"contact:c-4\",\"scope\":false,\"active\":true,\"owned\":false,\"createdon\":\"";
    assert!(text.contains(keys), "{text}");
    let mut in_words = over_demo("resolve");
    in_words.arg(addresses[2]).arg("nobody");
    assert_eq!(
        said(in_words, 0),
        "pavel.novak@brightwater.example: as sender none; as recipient none; not linked: contact:c-4 (out of scope)\n\
         nobody: no address `local@domain`\n"
    );
    let mut elsewhere = over_demo("resolve --mailbox Other x@y.example");
    assert!(
        said(std::mem::replace(&mut elsewhere, program("")), 2)
            .contains("no [[mailbox]] with that path")
    );
}

#[test]
fn options_are_checked_shown_and_described() {
    let mut check = program("options check");
    check
        .arg(demo("options.toml"))
        .arg("--book")
        .arg(demo("book"));
    assert!(said(check, 0).ends_with("options.toml: good\n"));
    let defaults: toml::Value = toml::from_str(&said(program("options show"), 0)).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/default.toml");
    let shipped: toml::Value = toml::from_str(&std::fs::read_to_string(shipped).unwrap()).unwrap();
    assert_eq!(defaults, shipped);
    let mut show = program("options show");
    show.arg(demo("options.toml"));
    assert!(said(show, 0).contains("create_limit = 5"));
    let schema: Value = serde_json::from_str(&said(program("options schema"), 0)).unwrap();
    assert_eq!(schema["title"], "mailtrack options");
    assert!(schema["properties"]["email"].is_object());
}
