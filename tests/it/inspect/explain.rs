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

/// Returns a command with the demo's book and main options.
fn over_demo(command: &str) -> Command {
    let mut program = program(command);
    program
        .arg("--book")
        .arg(demo("book"))
        .arg("--options")
        .arg(demo("options.toml"));
    program
}

/// Returns what the command prints; its exit status must be `status`.
fn said(mut command: Command, status: i32) -> String {
    let output = command.assert().code(status).get_output().clone();
    let stream = if status == 0 {
        output.stdout
    } else {
        output.stderr
    };
    String::from_utf8(stream).unwrap()
}

/// Returns the file, or the message of an mbox, for a source of the demo.
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

/// A user who doubts a decision must see that same decision, both among all of the mail and from a run's output.
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
fn what_an_earlier_run_tracked_is_known_by_all_that_correlation_goes_by() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let index = "AWNvbnZlcnNhdGlvbi1udW1iZXItMQ==";
    let people = "From: a@x.example\nTo: b@x.example\nCc: c@x.example\n";
    let earlier = [
        "Subject: Offer\n",
        "Subject: CRM:0001042\n",
        "Thread-Index: ",
    ];
    let later = [
        "Subject: Re: Offer\n",
        "Subject: crm:0001042 b\n",
        "Thread-Index: ",
    ];
    write("book/contact.csv", "contactid\n");
    write(
        "options.toml",
        "email.track = 'all'\n[correlation]\nsmart_matching = true\nsmart.min_addresses = 3\n",
    );
    for (number, (earlier, later)) in earlier.iter().zip(later).enumerate() {
        for (folder, hour, topic) in [("mail", 9, *earlier), ("later", 10, later)] {
            let index = if topic.ends_with(' ') { index } else { "" };
            write(
                &format!("{folder}/{number}.eml"),
                &format!(
                    "{people}Date: Mon, 2 Mar 2026 {hour}:30:00 +0000\nMessage-ID: <{folder}{number}@x>\n{topic}{index}\n\nHi.\n"
                ),
            );
        }
    }
    let mut run = program("run mail --book book --options options.toml --out out --quiet");
    run.current_dir(root.path()).assert().code(0);
    for (number, code) in [(0, 6), (1, 4), (2, 5)] {
        let mut explain = program("explain --book book --options options.toml --out out --json");
        explain
            .current_dir(root.path())
            .arg(format!("later/{number}.eml"));
        let said: Value = serde_json::from_str(&said(explain, 0)).unwrap();
        assert_eq!(said["decision"]["correlationmethod"], code, "{said:#}");
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
fn default_options_are_shown_and_described() {
    let defaults: toml::Value = toml::from_str(&said(program("options show"), 0)).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/default.toml");
    let shipped: toml::Value = toml::from_str(&std::fs::read_to_string(shipped).unwrap()).unwrap();
    assert_eq!(defaults, shipped);
    let schema: Value = serde_json::from_str(&said(program("options schema"), 0)).unwrap();
    assert_eq!(schema["title"], "mailtrack options");
    assert!(schema["properties"]["email"].is_object());
}
