//! Messages that are not sent: not allowed, lines that are not messages, servers that refuse, passwords and encryption.

use std::fs;
use std::thread;

use serde_json::Value;

use crate::place::{Ran, ran};
use crate::support::sending::{good, line, outbox, place, send};
use crate::support::smtp::{Mood, Server};

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
fn a_line_that_is_not_a_message_is_reported_and_the_others_go_out() {
    let server = Server::start(Mood::Good);
    let place = place(&server, "");
    let cases: [(&[u8], &str); 14] = [
        (b"hello", "is not a message: expected value, in column 1; a line is an object with `from`"),
        (b"{\"from\": \"ann@contoso.example\"", "is not a message: EOF while parsing an object, in column 30"),
        (b"{\"to\": \"kim@fabrikam.example\"}", "is not a message: missing field `from`"),
        (b"{\"from\": \"ann@contoso.example\", \"too\": 1}", "is not a message: unknown field `too`, expected one of `id`, `from`"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": 1}", "is not a message: expected addresses: a text such as"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim\"}", "to: `kim` is not a valid address (expected local@domain)"),
        (b"{\"from\": \"ann@contoso.example\"}", "has no recipient"),
        (b"{\"from\": \"\", \"to\": \"kim@fabrikam.example\"}", "`from` has 0 addresses"),
        (b"{\"from\": \"a@x.example, b@x.example\", \"to\": \"kim@fabrikam.example\"}", "`from` has 2 addresses"),
        (b"{\"from\": \"kim@fabrikam.example\", \"to\": \"kim@fabrikam.example\"}", "from: `kim@fabrikam.example` is not an address of a user, a queue or a mailbox"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim@fabrikam.example\", \"regarding\": \"c-1\"}", "regarding: `c-1` does not name a record"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"kim@fabrikam.example\", \"regarding\": \"contact:c-9\"}", "regarding: the book has no record `contact:c-9`"),
        (b"{\"from\": \"ann@contoso.example\", \"to\": \"k\xff@x\"}", "is not a message: invalid unicode"),
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
    // The mood; the status; words of the message; how many of three were sent, failed, doubtful and pending; the same
    // counts with a good server; and the number of messages handed over in the end.
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
        // No token was used twice, and a message that was put off kept its token.
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
fn a_password_comes_from_a_file_or_the_environment_and_is_never_shown() {
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
            "o.toml (send.smtp.ca_file): does not contain a certificate",
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
