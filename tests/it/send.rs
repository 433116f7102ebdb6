//! Sending: what goes out, once, to whom, with which token; what is tracked, and what becomes of what cannot be sent.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::{Place, Ran, ran};
use crate::smtp::{Mood, Server, Taken};

const NOW: &str = "2026-03-02T09:30:00Z";

fn place(server: &Server, more: &str) -> Place {
    let place = Place::new();
    let port = server.port;
    place.write(
        "o.toml",
        format!("{more}\n[send]\nallow = true\n[send.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntimeout_seconds = 1\n"),
    );
    place
}

fn line(subject: &str) -> Value {
    json!({"from": "Ann Beck <ann@contoso.example>", "to": "Kim Abel <kim@fabrikam.example>", "subject": subject, "body": "Hello\n"})
}

fn outbox(place: &Place, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.write("outbox.jsonl", text);
}

fn send(place: &Place, more: &str) -> Ran {
    ran(place.command(&format!(
        "send outbox.jsonl --book book --options o.toml --out out --now {NOW} {more}"
    )))
}

#[track_caller]
fn good(ran: Ran) -> String {
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
    ran.stdout
}

fn head(taken: &Taken, name: &str) -> Option<String> {
    let (head, _) = taken.data.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut lines = unfolded.lines();
    let found = lines.find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.map(Into::into)
}

#[test]
fn a_message_goes_out_and_is_tracked() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    outbox(
        &place,
        &[json!({
            "id": "n-1", "from": "Ann Bäck <Ann@contoso.example>", "to": ["Kim Abel <kim@fabrikam.example>", "x@bücher.example"],
            "cc": "\"Doe, Jo\" <jo@fabrikam.example>, ann2@contoso.example", "bcc": ["boss@contoso.example", "KIM@fabrikam.example"],
            "subject": "Grüße\r\nBcc: evil@x.example", "body": ".dot\nÄpfel and a long line: ".to_owned() + &"0123456789 ".repeat(200),
            "regarding": "contact:c-1",
        })],
    );
    assert_eq!(good(send(&place, "")), "1 message: 1 sent\n");
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    let it = &taken[0];
    assert_eq!(it.from, "Ann@contoso.example");
    assert_eq!(
        it.to,
        [
            "kim@fabrikam.example",
            "x@xn--bcher-kva.example",
            "jo@fabrikam.example",
            "ann2@contoso.example",
            "boss@contoso.example"
        ]
    );
    assert!(
        !it.data.contains("boss@") && it.data.is_ascii(),
        "{}",
        it.data
    );
    assert!(it.data.lines().all(|line| line.len() <= 998), "{}", it.data);
    assert_eq!(head(it, "Bcc"), None);
    assert_eq!(
        head(it, "Cc").unwrap(),
        "\"Doe, Jo\" <jo@fabrikam.example>, <ann2@contoso.example>"
    );
    assert_eq!(head(it, "Date").unwrap(), "Mon, 2 Mar 2026 09:30:00 +0000");
    // What went out is read as any mail is.
    let emails = place.lines("emails");
    let email = &emails[0];
    let id = head(it, "Message-ID").unwrap();
    assert_eq!(
        id.trim_matches(['<', '>']),
        email["messageid"].as_str().unwrap()
    );
    assert!(id.ends_with("@contoso.example>"), "{id}");
    let want = json!({
        "source": "outbox.jsonl#1", "subject": "Grüße Bcc: evil@x.example CRM:0001001", "trackingtoken": "CRM:0001001",
        "directioncode": true, "sender": "Ann@contoso.example", "regardingobjectid": "contact:c-1", "reason": "Sent",
        "senton": NOW, "receivedon": NOW, "correlationmethod": 0, "mimetype": "text/plain", "attachments": [],
        "torecipients": "kim@fabrikam.example;x@xn--bcher-kva.example",
    });
    for (key, want) in want.as_object().unwrap() {
        assert_eq!(&email[key], want, "{key}");
    }
    assert!(
        email["description"]
            .as_str()
            .unwrap()
            .starts_with(".dot\nÄpfel and a long line: 0123456789 "),
        "{email}"
    );
    let parties: Vec<(u64, Value, Value)> = place
        .lines("activityparties")
        .iter()
        .map(|it| {
            (
                it["participationtypemask"].as_u64().unwrap(),
                it["addressused"].clone(),
                it["partyid"].clone(),
            )
        })
        .collect();
    let party = |mask: u64, address: &str, record: Value| (mask, Value::from(address), record);
    let want = [
        party(1, "Ann@contoso.example", "systemuser:u-1".into()),
        party(2, "kim@fabrikam.example", "contact:c-1".into()),
        party(2, "x@xn--bcher-kva.example", Value::Null),
        party(3, "jo@fabrikam.example", Value::Null),
        party(3, "ann2@contoso.example", Value::Null),
        party(4, "boss@contoso.example", Value::Null),
        party(4, "KIM@fabrikam.example", "contact:c-1".into()),
        (8, Value::Null, "contact:c-1".into()),
    ];
    assert_eq!(parties, want);
    let sent = &place.lines("sent")[0];
    assert_eq!(
        (&sent["id"], &sent["activityid"]),
        (&"n-1".into(), &email["activityid"])
    );
    assert_eq!(sent["trackingtoken"], "CRM:0001001");
    assert!(!place.path("out/failed.jsonl").exists());
}

#[test]
fn an_answer_finds_what_was_sent_by_its_id_and_by_its_token() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "[email]\ntrack = \"responses\"\n");
    outbox(
        &place,
        &[
            json!({"from": "ann@contoso.example", "to": "kim@fabrikam.example", "subject": "Offer", "body": "x", "regarding": "contact:c-1"}),
        ],
    );
    good(send(&place, ""));
    let taken = &server.taken()[0];
    let id = head(taken, "Message-ID").unwrap();
    let answer = |number: usize, more: &str| {
        format!(
            "From: Kim <kim@fabrikam.example>\nTo: ann@contoso.example\nDate: Mon, 2 Mar 2026 10:30:0{number} +0000\nMessage-ID: <a{number}@x.example>\n{more}\n\nYes\n"
        )
    };
    place.write(
        "mail/1.eml",
        answer(1, &format!("Subject: yes\nIn-Reply-To: {id}")),
    );
    place.write(
        "mail/2.eml",
        answer(2, "Subject: RE: Offer crm:0001001 (was)"),
    );
    place.write("mail/3.eml", answer(3, "Subject: RE: Offer"));
    // The copy in the folder of sent mail is no second activity.
    place.write("mail/Sent/1.eml", &taken.data);
    let stdout = good(place.run("--options o.toml"));
    assert!(
        stdout.starts_with("4 messages in 4 files: 2 tracked, 1 not tracked, 1 duplicate"),
        "{stdout}"
    );
    let emails = place.lines("emails");
    assert_eq!(emails.len(), 3);
    for (at, method) in [(1, 3), (2, 4)] {
        assert_eq!(emails[at]["correlationmethod"], method);
        assert_eq!(emails[at]["correlatedactivityid"], emails[0]["activityid"]);
        assert_eq!(emails[at]["regardingobjectid"], "contact:c-1");
    }
    let copy = place
        .lines("decisions")
        .into_iter()
        .find(|it| it["source"] == "Sent/1.eml")
        .unwrap();
    assert_eq!(
        (&copy["reason"], &copy["activityid"]),
        (&"Duplicate".into(), &emails[0]["activityid"])
    );
    // Other options do not concern what was sent.
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    place.write("o.toml", text.replace("responses", "all"));
    let other = place.run("--options o.toml").stdout;
    assert!(
        other.contains("note: 4 messages stand as earlier runs decided them"),
        "{other}"
    );
    // Another send goes on from there.
    assert_eq!(good(send(&place, "")), "1 message: 0 sent, 1 sent before\n");
}

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
    // Other white space, order of keys, file and place make no other message; an id does, and may not be used again.
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
fn nothing_is_sent_where_that_is_not_allowed() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    outbox(&place, &[line("one")]);
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    let no_way = text.replace("host = \"127.0.0.1\"", "");
    let login = |more: &str| text.replace("timeout", &format!("user = \"ann\"\n{more}\ntimeout"));
    let cases = [
        (
            text.replace("allow = true", ""),
            "mailtrack: o.toml: `send.allow` is false, so nothing is sent",
        ),
        (
            no_way,
            "mailtrack: o.toml: `[send]` says no way for messages to go",
        ),
        (
            login("password_env = \"NO_SUCH\""),
            "mailtrack: the password of `ann` cannot be read: the environment has no variable NO_SUCH (password_env)",
        ),
        (
            login("password_file = \"gone\""),
            "mailtrack: the password of `ann` cannot be read: gone (password_file): No such file",
        ),
        (
            login("password_file = \"book/empty\""),
            "mailtrack: the password of `ann` cannot be read: it is empty",
        ),
    ];
    place.write("book/empty", "\nx\n");
    for (options, words) in cases {
        place.write("o.toml", options);
        let refused = send(&place, "");
        assert_eq!(
            (refused.status, refused.stderr.lines().count()),
            (2, 1),
            "{}",
            refused.stderr
        );
        assert!(refused.stderr.starts_with(words), "{}", refused.stderr);
        assert!(!place.path("out").exists());
    }
    place.write("o.toml", text);
    let gone = ran(place.command("send gone.jsonl --book book --options o.toml"));
    assert_eq!((gone.status, gone.stderr.lines().count()), (2, 1));
    assert!(
        gone.stderr
            .starts_with("mailtrack: gone.jsonl: cannot be read: "),
        "{}",
        gone.stderr
    );
    let dry = send(&place, "--dry-run");
    assert_eq!(
        dry.stdout,
        "would be sent: outbox.jsonl:1: from ann@contoso.example to kim@fabrikam.example: one\n1 message: 0 sent, 1 pending\ndry run: nothing was sent or written\n"
    );
    assert_eq!(dry.status, 0);
    assert!(server.said().is_empty() && !place.path("out").exists());
}

#[test]
fn a_line_that_is_no_message_is_told_and_the_others_go_out() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let cases: [(&[u8], &str); 14] = [
        (b"hello", "is no message: expected value, in column 1; a line is an object with `from`"),
        (b"{\"from\": \"ann@contoso.example\"", "is no message: EOF while parsing an object, in column 30"),
        (b"{\"to\": \"kim@fabrikam.example\"}", "is no message: missing field `from`"),
        (b"{\"from\": \"ann@contoso.example\", \"too\": 1}", "is no message: unknown field `too`, expected one of `id`, `from`"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": 1}", "is no message: expected addresses: a text such as"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim\"}", "to: `kim` is no address `local@domain`"),
        (b"{\"from\": \"ann@contoso.example\"}", "has no recipient"),
        (b"{\"from\": \"\", \"to\": \"kim@fabrikam.example\"}", "`from` has 0 addresses"),
        (b"{\"from\": \"a@x.example, b@x.example\", \"to\": \"kim@fabrikam.example\"}", "`from` has 2 addresses"),
        (b"{\"from\": \"kim@fabrikam.example\", \"to\": \"kim@fabrikam.example\"}", "from: `kim@fabrikam.example` is no address of a user, a queue or a mailbox"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim@fabrikam.example\", \"regarding\": \"c-1\"}", "regarding: `c-1` names no record"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim@fabrikam.example\", \"regarding\": \"contact:c-9\"}", "regarding: the book has no record `contact:c-9`"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"k\xff@x\"}", "is no message: invalid unicode"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim@fabrikam.example\", \"id\": \" \"}", "`id` is empty"),
    ];
    let mut text = format!("{}\n", line("first")).into_bytes();
    for (bytes, _) in &cases {
        text.extend_from_slice(bytes);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("{}\r\n\n", line("last")).as_bytes());
    place.write("outbox.jsonl", text);
    let first = send(&place, "");
    assert_eq!(
        (first.status, &*first.stdout),
        (0, "16 messages: 2 sent, 14 failed\n"),
        "{}",
        first.stderr
    );
    let told: Vec<&str> = first.stderr.lines().collect();
    for (number, (told, (_, words))) in told.iter().zip(&cases).enumerate() {
        let want = format!("mailtrack: warning: outbox.jsonl:{}: {words}", number + 2);
        assert!(told.starts_with(&want), "{told}\nnot\n{want}");
    }
    assert_eq!(told.len(), cases.len());
    assert_eq!(place.lines("failed").len(), 14);
    assert_eq!(place.lines("failed")[0]["source"], "outbox.jsonl#2");
    assert_eq!(server.taken().len(), 2);
    let again = send(&place, "--strict");
    assert_eq!(
        (again.status, &*again.stdout),
        (3, "16 messages: 0 sent, 2 sent before, 14 failed before\n")
    );
    assert_eq!(place.lines("failed").len(), 14);
}

#[test]
fn a_server_that_does_not_take_a_message_loses_none() {
    // The mood; the status; what is told; how many of three were sent, failed, doubtful and pending; then the same with a
    // good server, and how many messages were handed over in the end.
    type Case = (Mood, u8, &'static str, [u64; 4], [u64; 4], usize);
    let cases: [Case; 13] = [
        (
            Mood::Mute,
            1,
            "did not answer within 1 seconds",
            [0, 0, 0, 3],
            [3, 0, 0, 0],
            3,
        ),
        (
            Mood::Foreign,
            1,
            "does not answer as a mail server does",
            [0, 0, 0, 3],
            [3, 0, 0, 0],
            3,
        ),
        (
            Mood::ClosesAt("EHLO"),
            1,
            "closed the connection",
            [0, 0, 0, 3],
            [3, 0, 0, 0],
            3,
        ),
        (
            Mood::ClosesAt("RCPT TO:<kim@"),
            1,
            "closed the connection, for `kim@fabrikam.example`",
            [1, 0, 0, 2],
            [2, 0, 0, 0],
            3,
        ),
        (
            Mood::Answers("RCPT TO:<kim@", "550 5.1.1 nobody\x1b[2J"),
            0,
            "refuses with 550 5.1.1 nobody",
            [2, 1, 0, 0],
            [0, 0, 0, 0],
            2,
        ),
        (
            Mood::Answers("RCPT TO:<kim@", "450 4.2.1 later"),
            1,
            "refuses with 450 4.2.1 later, for `kim@fabrikam.example`",
            [2, 0, 0, 1],
            [1, 0, 0, 0],
            3,
        ),
        (
            Mood::Answers("MAIL", "530 log in"),
            1,
            "refuses with 530 log in",
            [0, 0, 0, 3],
            [3, 0, 0, 0],
            3,
        ),
        (
            Mood::Answers("MAIL", "421 closing"),
            1,
            "refuses with 421 closing",
            [0, 0, 0, 3],
            [3, 0, 0, 0],
            3,
        ),
        (
            Mood::Answers("DATA", "554 no"),
            0,
            "refuses with 554 no",
            [0, 3, 0, 0],
            [0, 0, 0, 0],
            0,
        ),
        (
            Mood::AnswersMessage("554 spam"),
            0,
            "refuses with 554 spam",
            [0, 3, 0, 0],
            [0, 0, 0, 0],
            3,
        ),
        (
            Mood::AnswersMessage("451 busy"),
            1,
            "refuses with 451 busy",
            [0, 0, 0, 3],
            [3, 0, 0, 0],
            6,
        ),
        (
            Mood::MuteAfterMessage,
            1,
            "did not answer within 1 seconds after the whole message was handed over",
            [0, 0, 1, 2],
            [2, 0, 1, 0],
            3,
        ),
        (
            Mood::ClosesAfterMessage,
            1,
            "closed the connection after the whole message was handed over",
            [0, 0, 1, 2],
            [2, 0, 1, 0],
            3,
        ),
    ];
    let threads: Vec<_> = cases
        .into_iter()
        .map(|case| thread::spawn(move || check_server(case)))
        .collect();
    let joined: Vec<_> = threads.into_iter().map(thread::JoinHandle::join).collect();
    assert!(joined.iter().all(Result::is_ok));

    fn check_server((mood, status, words, first, second, handed): Case) {
        let server = Server::start(mood.clone());
        let place = place(&server, "");
        let mut to_bo = line("one");
        to_bo["to"] = "bo@fabrikam.example".into();
        let mut last = to_bo.clone();
        last["subject"] = "three".into();
        outbox(&place, &[to_bo, line("two"), last]);
        let counts = |ran: &Ran| {
            let told: Value = serde_json::from_str(&ran.stdout).unwrap();
            ["sent", "failed", "doubtful", "pending"].map(|name| told[name].as_u64().unwrap())
        };
        let ran = send(&place, "--json");
        assert_eq!(ran.status, i32::from(status), "{mood:?} {}", ran.stderr);
        assert_eq!(counts(&ran), first, "{mood:?} {}", ran.stderr);
        assert!(
            ran.stderr.contains(words) && ran.stderr.contains("127.0.0.1:"),
            "{mood:?} {}",
            ran.stderr
        );
        assert!(
            ran.stderr.starts_with("mailtrack: warning: outbox.jsonl:"),
            "{mood:?} {}",
            ran.stderr
        );
        let kept = |name: &str| match place.path(&format!("out/{name}.jsonl")).exists() {
            true => place.lines(name).len() as u64,
            false => 0,
        };
        assert_eq!(
            (kept("sent"), kept("failed")),
            (first[0], first[1] + first[2]),
            "{mood:?}"
        );
        server.set(Mood::Good);
        let again = send(&place, "--json");
        assert_eq!(counts(&again), second, "{mood:?} {}", again.stderr);
        assert_eq!(server.taken().len(), handed, "{mood:?}");
        assert_eq!(kept("emails"), first[0] + second[0], "{mood:?}");
        // No token was given twice, and a message that was put off kept its own.
        let sent = match first[0] + second[0] {
            0 => Vec::new(),
            _ => place.lines("sent"),
        };
        let mut tokens: Vec<String> = sent
            .iter()
            .map(|it| it["trackingtoken"].to_string())
            .collect();
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len() as u64, first[0] + second[0], "{mood:?}");
    }
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
            .contains("an earlier run could not tell whether it was taken"),
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
    // Who was told that a message was taken is right, nobody got one twice, and what is doubtful is all that may differ.
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
fn a_maildir_takes_messages_whole() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    place.write("o.toml", "[send]\nallow = true\noutbox = \"pickup\"\n");
    let mut blind = line("two");
    blind["bcc"] = "boss@contoso.example".into();
    outbox(&place, &[line("one"), blind]);
    let ran_first = send(&place, "");
    assert_eq!(
        (ran_first.status, &*ran_first.stdout),
        (0, "2 messages: 2 sent\n")
    );
    assert!(
        ran_first.stderr.starts_with(
            "mailtrack: warning: outbox.jsonl:2: a Maildir does not say who gets a blind copy"
        ),
        "{}",
        ran_first.stderr
    );
    let names = place.names("pickup/new");
    assert_eq!((names.len(), place.names("pickup/tmp").len()), (2, 0));
    assert!(
        names.iter().all(|name| !name.contains([':', '/'])),
        "{names:?}"
    );
    let id = place.lines("sent")[0]["messageid"]
        .as_str()
        .unwrap()
        .to_owned();
    let texts: Vec<String> = names
        .iter()
        .map(|name| fs::read_to_string(place.path(&format!("pickup/new/{name}"))).unwrap())
        .collect();
    assert!(
        texts
            .iter()
            .any(|text| text.contains(&format!("Message-ID: <{id}>\r\n"))),
        "{texts:?}"
    );
    let is_whole = |text: &String| text.ends_with("\r\n") && !text.contains("boss@");
    assert!(texts.iter().all(is_whole), "{texts:?}");
    // It is a Maildir as any other: a run over it finds what was sent.
    let read = ran(place.command("run pickup --book book --out out --options o.toml"));
    assert!(read.stdout.contains("2 duplicates"), "{}", read.stdout);
    // One that cannot be written to keeps all in the outbox.
    let three = line("three");
    outbox(&place, &[three]);
    fs::remove_dir_all(place.path("pickup")).unwrap();
    place.write("pickup", "a file");
    let full = send(&place, "");
    assert_eq!(
        (full.status, &*full.stdout),
        (1, "1 message: 0 sent, 1 pending\n")
    );
    assert!(
        full.stderr.starts_with(
            "mailtrack: warning: outbox.jsonl:1: not sent: pickup: cannot be written to: "
        ),
        "{}",
        full.stderr
    );
    fs::remove_file(place.path("pickup")).unwrap();
    good(send(&place, ""));
}

#[test]
fn each_user_has_a_number_and_a_counter_that_wraps() {
    let server = Server::start(Mood::Good);
    let place = place(
        &server,
        "[correlation.token]\nprefix = \"K-\"\nbase = 41\nuser_digits = 2\ncounter_digits = 1\n[[mailbox]]\nowner = \"queue:q-1\"\naddresses = [\"help@contoso.example\"]\npath = \"Q\"\n",
    );
    place.write(
        "book/queue.csv",
        "queueid,emailaddress\nq-1,queue@contoso.example\n",
    );
    let of = |from: &str, number: usize| json!({"from": from, "to": "kim@fabrikam.example", "subject": format!("{number}")});
    let lines: Vec<Value> = (0..12)
        .map(|number| of("ann@contoso.example", number))
        .chain([
            of("help@contoso.example", 12),
            of("ann@contoso.example", 13),
        ])
        .collect();
    outbox(&place, &lines[..11]);
    good(send(&place, ""));
    outbox(&place, &lines);
    good(send(&place, ""));
    let tokens: Vec<String> = place
        .lines("sent")
        .iter()
        .map(|it| it["trackingtoken"].as_str().unwrap().to_owned())
        .collect();
    let want = [
        "K-0421", "K-0422", "K-0423", "K-0424", "K-0425", "K-0426", "K-0427", "K-0428", "K-0429",
        "K-0420", "K-0421", "K-0422", "K-0431", "K-0423",
    ];
    assert_eq!(tokens, want);
    let emails = place.lines("emails");
    assert_eq!(emails[12]["mailbox"], "Q");
    assert_eq!(
        (&emails[12]["ownerid"], &emails[12]["trackingtoken"]),
        (&"queue:q-1".into(), &"K-0431".into())
    );
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    place.write("o.toml", text.replace("base = 41", "base = 99"));
    outbox(&place, &[line("too many")]);
    let refused = send(&place, "");
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("systemuser:u-1 has the number 100 in tracking tokens, which has more than `correlation.token.user_digits` digits"), "{}", refused.stderr);
}

#[test]
fn a_long_subject_is_shortened_and_its_token_is_not() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    outbox(&place, &[line(&"ü".repeat(400)), line("")]);
    good(send(&place, ""));
    let emails = place.lines("emails");
    let subject = emails[0]["subject"].as_str().unwrap();
    assert_eq!(subject, format!("{} CRM:0001001", "ü".repeat(243)));
    assert_eq!(subject.chars().count(), 255);
    assert_eq!(emails[1]["subject"], "CRM:0001002");
    let taken = &server.taken()[0];
    assert!(
        taken.data.lines().all(|line| line.len() <= 78),
        "{}",
        taken.data
    );
}

#[test]
fn a_password_comes_from_a_file_or_the_environment_and_is_never_told() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    // AUTH PLAIN: base64 of NUL ann NUL s3cret.
    let want = "AUTH PLAIN AGFubgBzM2NyZXQ=";
    place.write("password", "s3cret\n");
    for (number, more) in [
        "password_file = \"password\"",
        "password_env = \"MAIL_PASSWORD\"",
    ]
    .iter()
    .enumerate()
    {
        place.write(
            "o.toml",
            text.replace("timeout", &format!("user = \"ann\"\n{more}\ntimeout")),
        );
        outbox(&place, &[line(&number.to_string())]);
        let mut command = place.command("send outbox.jsonl --book book --options o.toml --out out");
        command.env("MAIL_PASSWORD", "s3cret");
        good(ran(command));
        assert_eq!(
            server.said().iter().filter(|line| *line == want).count(),
            number + 1
        );
    }
    server.set(Mood::Answers("AUTH", "535 wrong s3cret?"));
    outbox(&place, &[line("three")]);
    let mut command = place.command("send outbox.jsonl --book book --options o.toml --out out");
    command.env("MAIL_PASSWORD", "s3cret");
    let refused = ran(command);
    assert_eq!(
        (refused.status, &*refused.stdout),
        (1, "1 message: 0 sent, 1 pending\n")
    );
    assert!(
        refused.stderr.contains("refuses with 535"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("when `ann` logs in"),
        "{}",
        refused.stderr
    );
}

#[test]
fn nothing_goes_in_the_clear_where_starttls_is_asked_for() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let text = fs::read_to_string(place.path("o.toml")).unwrap();
    outbox(&place, &[line("one")]);
    for (options, words) in [
        (
            text.replace("security = \"none\"", ""),
            "does not offer STARTTLS, and nothing is sent in the clear",
        ),
        (text.replace("\"none\"", "\"tls\""), "no secure connection"),
        (
            text.replace("security = \"none\"", "ca_file = \"gone.pem\""),
            "gone.pem (send.smtp.ca_file): cannot be read",
        ),
        (
            text.replace("security = \"none\"", "ca_file = \"o.toml\""),
            "o.toml (send.smtp.ca_file): holds no certificate",
        ),
    ] {
        place.write("o.toml", options);
        let refused = send(&place, "");
        assert_eq!(
            (refused.status, &*refused.stdout),
            (1, "1 message: 0 sent, 1 pending\n"),
            "{}",
            refused.stderr
        );
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    assert!(server.taken().is_empty());
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

#[test]
fn many_messages_go_over_one_connection() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let lines: Vec<Value> = (0..40).map(|number| line(&number.to_string())).collect();
    outbox(&place, &lines);
    let started = Instant::now();
    good(send(&place, "--quiet"));
    assert!(started.elapsed() < Duration::from_secs(9));
    assert_eq!(server.taken().len(), 40);
    assert_eq!(
        server
            .said()
            .iter()
            .filter(|line| line.starts_with("EHLO"))
            .count(),
        1
    );
    assert_eq!(server.said().last().unwrap(), "QUIT");
}
