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
fn tells_every_method_of_correlation_that_was_tried() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let index = "AWNvbnZlcnNhdGlvbi1udW1iZXItMWFhYWFh";
    let message = |head: &str| {
        format!(
            "From: a@x.example\nTo: b@x.example\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nMessage-ID: <m@x>\n{head}\nHi.\n"
        )
    };
    let topic = "Subject: Re: The offer CRM:0001042\n";
    write("mail/bare.eml", &message(""));
    write("mail/odd.eml", &message("Thread-Index: nonsense!\n"));
    write(
        "mail/full.eml",
        &message(&format!(
            "{topic}Thread-Index: {index}\nIn-Reply-To: <z@x>\nReferences: <y@x>\n"
        )),
    );
    write(
        "book/email.csv",
        "activityid,messageid,subject,sender,torecipients,createdon\n\
         E-1,<e1@x>,The offer crm:0001042,b@x.example,a@x.example,2026-03-01T00:00:00Z\n",
    );
    let all_off = "in_reply_to = false\nreferences = false\ntracking_token = false\nconversation_index = false\n";
    let cases: [(&str, &str, &[&str]); 5] = [
        (
            "bare",
            "smart_matching = true\n",
            &[
                "In-Reply-To (code 3): the message names no id: nothing tracked",
                "tracking token (code 4): the subject holds no token: nothing tracked",
                "conversation index (code 5): the message has no Thread-Index: nothing tracked",
                "References, the last that is tracked (code 7): the message names no id",
                "smart matching (code 6): the subject has no words: nothing tracked",
            ],
        ),
        ("odd", "", &["its Thread-Index is none", "not base64"]),
        (
            "full",
            "",
            &[
                "In-Reply-To (code 3): z@x: nothing tracked",
                "tracking token (code 4): CRM:0001042: activity E-1",
            ],
        ),
        (
            "full",
            "tracking_token = false\nsmart_matching = true\n",
            &[
                "conversation index (code 5): conversation 01636f6e",
                ", answers on the way: 1: nothing tracked",
                "smart matching (code 6): the words `the offer crm:0001042`",
                "activity E-1",
            ],
        ),
        ("full", all_off, &["every method of correlation is off"]),
    ];
    for (name, options, words) in cases {
        write(
            "options.toml",
            &format!("email.track = 'all'\n[correlation]\n{options}"),
        );
        let mut explain = program("explain --book book --options options.toml");
        explain
            .current_dir(root.path())
            .arg(format!("mail/{name}.eml"));
        let said = said(explain, 0);
        for word in words {
            assert!(said.contains(word), "{name}, {options}: {word:?} in {said}");
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
