//! Each message is sent once, however often the command is run, killed or refused.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::place::ran;
use crate::support::sending::{good, head, line, outbox, place, send};
use crate::support::smtp::{Mood, Server};

#[test]
fn nothing_is_sent_twice() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let mut with_id = line("two");
    with_id["id"] = "a".into();
    outbox(&place, &[line("one"), with_id.clone(), line("one")]);
    let first = send(&place, "--strict");
    assert_eq!(
        (first.status, &*first.stdout),
        (3, "3 messages: 2 sent, 1 repeated\n")
    );
    assert_eq!(
        first.stderr,
        "mailtrack: warning: outbox.jsonl:3: is the same message as outbox.jsonl:1, and is not sent twice; to send both, give each an `id`\n"
    );
    let before = fs::read(place.path("out/emails.jsonl")).unwrap();
    // Other white space, order of keys, file or position is the same message; another id is not, and ids cannot be
    // reused.
    let again = r#" {"body":"Hello\n", "subject": "one","to":"Kim Abel <kim@fabrikam.example>","from":"Ann Beck <ann@contoso.example>"}"#;
    place.write("other.jsonl", format!("\u{feff}{again}\n\n"));
    let other =
        ran(place.command("send other.jsonl outbox.jsonl --book book --options o.toml --out out"));
    assert_eq!(
        other.stdout,
        "4 messages: 0 sent, 2 sent before, 2 repeated\n"
    );
    assert!(fs::read(place.path("out/emails.jsonl")).unwrap() == before);
    with_id["body"] = "something else".into();
    let mut one = line("one");
    one["id"] = "b".into();
    let mut same = line("three");
    same["id"] = "b".into();
    outbox(&place, &[with_id, one, same]);
    let third = send(&place, "");
    assert_eq!(
        (third.status, &*third.stdout),
        (0, "3 messages: 1 sent, 1 failed, 1 repeated\n")
    );
    assert!(
        third.stderr.contains(
            "outbox.jsonl:1: a message with the id `a` was sent before, and said something else"
        ),
        "{}",
        third.stderr
    );
    assert!(
        third
            .stderr
            .contains("outbox.jsonl:3: has the id `b` of another message, outbox.jsonl:2"),
        "{}",
        third.stderr
    );
    assert_eq!(server.taken().len(), 3);
    assert_eq!(place.lines("failed").len(), 1);
    let fourth = send(&place, "");
    assert_eq!(
        fourth.stdout,
        "3 messages: 0 sent, 1 sent before, 1 failed before, 1 repeated\n"
    );
    assert_eq!(place.lines("failed").len(), 1);
}

#[test]
fn a_line_that_was_wrong_by_the_book_goes_out_once_the_book_is_right() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let mut about = line("one");
    about["regarding"] = "contact:c-9".into();
    outbox(&place, &[about]);
    assert_eq!(send(&place, "").stdout, "1 message: 0 sent, 1 failed\n");
    assert_eq!(
        send(&place, "").stdout,
        "1 message: 0 sent, 1 failed before\n"
    );
    place.write(
        "book/contact.csv",
        "contactid,emailaddress1\nc-9,nine@customer.example\n",
    );
    assert_eq!(good(send(&place, "")), "1 message: 1 sent\n");
    assert_eq!(place.lines("failed").len(), 1);
}

#[test]
fn a_run_that_is_killed_while_it_hands_over_sends_nothing_again() {
    let server = Server::start(Mood::MuteAfterMessage);
    let place = place(&server, "");
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    place.write(
        "o.toml",
        text.replace("timeout_seconds = 1", "timeout_seconds = 60"),
    );
    outbox(&place, &[line("one"), line("two")]);
    let mut command = place.command("send outbox.jsonl --book book --options o.toml --out out");
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    server.wait_for(1);
    child.kill().unwrap();
    child.wait().unwrap();
    server.set(Mood::Good);
    let next = send(&place, "--strict");
    assert_eq!(
        (next.status, &*next.stdout),
        (3, "2 messages: 1 sent, 1 doubtful\n"),
        "{}",
        next.stderr
    );
    assert!(next.stderr.starts_with("mailtrack: warning: outbox.jsonl:1: doubtful: a run was stopped while it handed this message over"), "{}", next.stderr);
    let failed = &place.lines("failed")[0];
    assert_eq!(
        (&failed["outcome"], &failed["trackingtoken"]),
        (&"doubtful".into(), &"CRM:0001001".into())
    );
    assert_eq!(place.lines("sent")[0]["trackingtoken"], "CRM:0001002");
    let third = send(&place, "");
    assert_eq!(
        (third.status, &*third.stdout),
        (0, "2 messages: 0 sent, 1 doubtful, 1 sent before\n")
    );
    assert!(
        third
            .stderr
            .contains("an earlier run could not find out whether it was accepted"),
        "{}",
        third.stderr
    );
    assert_eq!(place.lines("failed").len(), 1);
    assert_eq!(server.taken().len(), 2);
}

#[test]
fn a_run_that_is_killed_at_any_moment_sends_nothing_twice_and_loses_nothing() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let lines: Vec<Value> = (0..60).map(|number| line(&number.to_string())).collect();
    outbox(&place, &lines);
    let mut kills = 0;
    for delay in (3..).step_by(7) {
        let mut command =
            place.command("send outbox.jsonl --book book --options o.toml --out out --quiet");
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(delay));
        if child.try_wait().unwrap().is_some() || kills == 12 {
            child.kill().unwrap();
            child.wait().unwrap();
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0);
    let last = send(&place, "--json");
    let told: Value = serde_json::from_str(&last.stdout).unwrap();
    let count = |name: &str| told[name].as_u64().unwrap();
    let sent = place.lines("sent");
    assert_eq!(count("sent") + count("sentbefore") + count("doubtful"), 60);
    assert_eq!(count("sent") + count("sentbefore"), sent.len() as u64);
    assert_eq!(place.lines("emails").len(), sent.len());
    // Every message recorded as sent was accepted, nobody got one twice, and only doubtful ones may differ.
    let mut ids: Vec<String> = server
        .taken()
        .iter()
        .map(|it| head(it, "Message-ID").unwrap())
        .collect();
    ids.sort();
    let handed = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), handed, "a message went out twice");
    assert!(handed >= sent.len() && handed as u64 <= sent.len() as u64 + count("doubtful"));
    for row in &sent {
        let id = format!("<{}>", row["messageid"].as_str().unwrap());
        assert!(ids.contains(&id), "{id}");
    }
    let mut tokens: Vec<&str> = sent
        .iter()
        .map(|row| row["trackingtoken"].as_str().unwrap())
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), sent.len(), "a token was given twice");
}

#[test]
fn a_folder_of_another_client_sends_nothing() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "[synchronization]\nclient = \"laptop\"\n");
    outbox(&place, &[line("one")]);
    good(send(&place, ""));
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    place.write("o.toml", text.replace("laptop", "server"));
    outbox(&place, &[line("two")]);
    let refused = send(&place, "");
    assert_eq!(refused.status, 2);
    assert!(
        refused.stderr.starts_with(
            "mailtrack: out: belongs to the client `laptop`, and this one is `server`"
        ),
        "{}",
        refused.stderr
    );
    good(send(&place, "--take-over"));
    assert_eq!(server.taken().len(), 2);
}
