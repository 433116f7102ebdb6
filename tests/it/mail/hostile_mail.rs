//! Hostile and broken messages: every message has exactly one outcome, none stops a run, and nothing of it reaches the
//! terminal without escaping (R12, R13).

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::place::{Place, ran};
use crate::support::hostile::{DATE, FROM, assert_tracked, message};

#[test]
fn long_lines_are_read_up_to_the_limit() {
    let place = Place::new();
    let head = format!("{FROM}{DATE}Message-ID: <m@fabrikam.example>\r\nX-Long: ");
    place.write(
        "mail/ten.eml",
        format!("{head}{}\r\n\r\nbody", "a".repeat(10_000_000)),
    );
    let mut long = File::create(place.path("mail/three-hundred.eml")).unwrap();
    long.write_all(head.as_bytes()).unwrap();
    long.set_len(300_000_000).unwrap();
    assert_eq!(place.run("").status, 0);
    let failures = place.lines("failures");
    assert_eq!((failures.len(), place.lines("emails").len()), (1, 1));
    assert_eq!(failures[0]["source"], "three-hundred.eml");
    let error = failures[0]["error"].as_str().unwrap();
    assert!(
        error.contains("300000000") && error.contains("--max-size"),
        "{error}"
    );
    place.summary();
}

#[test]
fn a_hundred_thousand_recipients() {
    let place = Place::new();
    let cc: Vec<String> = (0..100_000)
        .map(|at| format!("P{at} <p{at}@d.example>"))
        .collect();
    place.write(
        "mail/1.eml",
        message(&format!("Cc: {}\r\n", cc.join(",\r\n ")), ""),
    );
    place.write("o.toml", "[email]\ncreate_for = \"everyone\"\n");
    assert_eq!(place.run("--options o.toml").status, 0);
    place.summary();
    let decision = &place.lines("decisions")[0];
    let not_created = decision["notcreated"].as_array().unwrap();
    assert_eq!(not_created.len(), 100_000);
    assert!(not_created.iter().all(|it| it["why"] == "limit"));
    assert!(place.lines("contacts").is_empty());
    let parties = place.lines("activityparties");
    assert_eq!(
        parties
            .iter()
            .filter(|it| it["participationtypemask"] == 3)
            .count(),
        100_000
    );
}

/// Returns nested multiparts.
fn multiparts(depth: usize) -> String {
    let open: String = (0..depth)
        .map(|at| {
            format!(
                "--b{at}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n",
                at + 1
            )
        })
        .collect();
    message(
        "Content-Type: multipart/mixed; boundary=b0\r\n",
        &format!("{open}--b{depth}\r\n\r\ninner\r\n"),
    )
}

/// Returns nested messages with the media type `kind`.
fn messages(depth: usize, kind: &str) -> String {
    let field = format!("Content-Type: {kind}\r\n");
    let levels = format!("{field}\r\n").repeat(depth);
    message(&field, &format!("{levels}Subject: inner\r\n\r\ninner\r\n"))
}

/// Returns nested digests, whose parts are messages by default.
fn digests(depth: usize) -> String {
    let levels: String = (0..depth)
        .map(|at| {
            format!(
                "--b{at}\r\n\r\nContent-Type: multipart/digest; boundary=b{}\r\n\r\n",
                at + 1
            )
        })
        .collect();
    message("Content-Type: multipart/digest; boundary=b0\r\n", &levels)
}

/// Returns an encoded message that contains nested messages.
fn encoded(depth: usize) -> String {
    let inner = messages(depth, "message/rfc822");
    let body = STANDARD.encode(inner);
    message(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n",
        &body,
    )
}

#[test]
fn nesting_of_any_depth() {
    assert_tracked(&[
        ("multipart 1,000", multiparts(1_000)),
        ("multipart 20,000", multiparts(20_000)),
        ("message 1,000", messages(1_000, "message/rfc822")),
        ("message 100,000", messages(100_000, "message/rfc822")),
        (
            "message 100,000, with spaces",
            messages(100_000, "message / rfc822"),
        ),
        (
            "message 100,000, with comments",
            messages(100_000, "message(x)/rfc822"),
        ),
        (
            "message 100,000, folded",
            messages(100_000, "message\r\n /rfc822"),
        ),
        ("digest 50,000", digests(50_000)),
        ("message 5,000 in base64", encoded(5_000)),
    ]);
}

/// A digest is wide, not deep, and is read completely.
#[test]
fn an_honest_digest_has_its_parts() {
    let part = |at: usize| {
        format!("--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: {at}\r\n\r\ntext {at}\r\n")
    };
    let parts: String = (0..150).map(part).collect();
    let body = format!("--b\r\n\r\nToday's topics\r\n{parts}--b--\r\n");
    let place = Place::new();
    place.write(
        "mail/1.eml",
        message("Content-Type: multipart/mixed; boundary=b\r\n", &body),
    );
    assert_eq!(place.run("").status, 0);
    let email = &place.lines("emails")[0];
    assert_eq!(
        email["description"].as_str().map(str::trim),
        Some("Today's topics")
    );
    assert_eq!(email["attachments"].as_array().map(Vec::len), Some(150));
}

#[test]
fn broken_bodies() {
    let kind = |value: &str| format!("Content-Type: {value}\r\n");
    let with = |encoding: &str| format!("Content-Transfer-Encoding: {encoding}\r\n");
    let boundary = "b".repeat(100_000);
    let calendar = |text: &str| message(&kind("text/calendar; method=REQUEST"), text);
    let request = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n";
    assert_tracked(&[
        ("a boundary of 100 KB", {
            let field = kind(&format!("multipart/mixed; boundary=\"{boundary}\""));
            message(
                &field,
                &format!("--{boundary}\r\n\r\nx\r\n--{boundary}--\r\n"),
            )
        }),
        (
            "no boundary",
            message(&kind("multipart/mixed"), "--b\r\n\r\nx\r\n"),
        ),
        (
            "base64",
            message(&with("base64"), &"!!!!====%%%\u{fc}".repeat(10_000)),
        ),
        (
            "quoted-printable",
            message(&with("quoted-printable"), &"=ZZ==\r\n=".repeat(10_000)),
        ),
        ("unknown encoding", message(&with("x-none"), "x")),
        (
            "charset",
            message(&kind("text/plain; charset=x-none"), "\u{fc}"),
        ),
        ("a bad type", message(&kind(";;==/\"/"), "x")),
        (
            "100,000 parameters",
            message(
                &kind(&format!("text/plain{}", "; a*0=b".repeat(100_000))),
                "x",
            ),
        ),
        ("50,000 parts", {
            message(
                &kind("multipart/mixed; boundary=b"),
                &"--b\r\n\r\nx\r\n".repeat(50_000),
            )
        }),
        ("a zip of 2 MB", {
            message(
                &(kind("application/zip") + &with("base64")),
                &("A".repeat(76) + "\r\n").repeat(25_000),
            )
        }),
        (
            "HTML",
            message(&kind("text/html"), &"<b><!--<a href=\"&amp".repeat(20_000)),
        ),
        (
            "a broken calendar",
            calendar("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nORGANIZER;CN=\""),
        ),
        (
            "an endless calendar",
            calendar(&format!("{request}{}", "BEGIN:VEVENT\r\n".repeat(50_000))),
        ),
        (
            "a calendar's times",
            calendar(&format!(
                "{request}DTSTART:99999999T999999Z\r\nRRULE:FREQ=X;COUNT=-1\r\n"
            )),
        ),
        ("no calendar", calendar("\0\0\0")),
    ]);
}

#[test]
fn broken_heads() {
    let long = 1_000_000;
    let field = |name: &str, value: &str| message(&format!("{name}: {value}\r\n"), "x");
    let id = |at: usize| format!("<{at}@x.example> ");
    assert_tracked(&[
        (
            "names of 1 MB",
            message(
                &format!("{}: x\r\n{} : y\r\n", "X".repeat(long), "Y".repeat(long)),
                "x",
            ),
        ),
        ("no end", format!("{FROM}{}", "no colon\r\n".repeat(10_000))),
        ("100,000 fields", message(&"X: y\r\n".repeat(100_000), "x")),
        (
            "NUL bytes",
            format!("{FROM}\0\0: \0\r\nSub\0ject: \0x\0\r\n\r\n\0\0\0"),
        ),
        (
            "1 MB of References",
            field("References", &(0..50_000).map(id).collect::<String>()),
        ),
        (
            "References never closed",
            field("References", &"<".repeat(long)),
        ),
        (
            "words cut off",
            field(
                "Subject",
                "=?utf-8?q?cut =?utf-8?b?SsO8 =? =?= ?= =?utf-8?q",
            ),
        ),
        ("subject aaa!", field("Subject", &("a".repeat(long) + "!"))),
        ("subject [a]", field("Subject", &"[a] ".repeat(long / 4))),
        ("subject re:", field("Subject", &"re: ".repeat(long / 4))),
        ("subject (", field("Subject", &"(".repeat(long))),
        (
            "subject of spaces",
            field("Subject", &(" ".repeat(long) + "x")),
        ),
        (
            "100 KB of recipients (",
            field("To", &"(".repeat(long / 10)),
        ),
        (
            "100 KB of recipients \"",
            field("To", &"\"\\".repeat(long / 20)),
        ),
        (
            "100 KB of recipients <",
            field("To", &"<a ".repeat(long / 30)),
        ),
        (
            "100 KB of recipients :;",
            field("To", &"a:;@b".repeat(long / 50)),
        ),
    ]);
}

/// 140 KB of unterminated encoded words: a second in linear time, a minute in quadratic time.
#[test]
fn encoded_words_that_never_end() {
    let words = "=?a?q? ".repeat(20_000);
    let place = Place::new();
    for (at, name) in ["Subject", "To", "Auto-Submitted"].into_iter().enumerate() {
        place.write(
            &format!("mail/{at}.eml"),
            message(&format!("{name}: {words}\r\n"), "x"),
        );
    }
    assert_eq!(place.run("").status, 0);
    assert_eq!(place.summary()["messages"]["total"], 3);
}

#[test]
fn dates_out_of_any_calendar() {
    let place = Place::new();
    let cases = [
        ("Thu, 1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z"),
        ("Tue, 19 Jan 2038 03:14:08 +0000", "2038-01-19T03:14:08Z"),
        // For these, no time is right, and so is any time.
        ("Fri, 31 Dec 9999 23:59:59 -2359", ""),
        ("Mon, 1 Jan 0000 00:00:00 +0000", ""),
        ("Mon, 1 Jan 99999 00:00:00 +0000", ""),
        ("Mon, 99 Foo 2026 99:99:99 +9999", ""),
        ("1 Jan 2026 00:00:00 +99999999999999", ""),
        ("\u{1b}[2J", ""),
    ];
    for (at, (date, _)) in cases.iter().enumerate() {
        let text = format!("{FROM}Message-ID: <{at}@x.example>\r\nDate: {date}\r\n\r\nx");
        place.write(&format!("mail/{at}.eml"), text);
    }
    assert_eq!(place.run("").status, 0);
    place.summary();
    let emails = place.lines("emails");
    for (at, (date, want)) in cases.iter().enumerate() {
        let source = format!("{at}.eml");
        let email = emails.iter().find(|it| it["source"] == *source).unwrap();
        match email["senton"].as_str() {
            Some(time) if want.is_empty() => assert!(time.parse::<jiff::Timestamp>().is_ok()),
            time => assert_eq!(time.unwrap_or_default(), *want, "{date}"),
        }
    }
}

#[test]
fn nothing_moves_the_cursor() {
    let place = Place::new();
    let escape = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}";
    for at in 0..3 {
        let head = format!(
            "From: {escape} <{escape}{at}@x{escape}.example>\r\nTo: \"{escape}\" <a@b.example>\r\n"
        );
        place.write(
            &format!("mail/{escape}{at}\n.eml"),
            format!("{head}Subject: {escape}\r\nMessage-ID: <{escape}{at}>\r\n\r\n{escape}"),
        );
    }
    place.write(&format!("mail/{escape}/\n{escape}.eml"), "no header");
    place.write(&format!("mail/{escape}.pdf"), "");
    let name = OsStr::from_bytes(b"mail/\xff\xfe\x1b\n.eml");
    fs::write(place.path("").join(name), format!("{FROM}\r\n")).unwrap();
    place.write(
        "o.toml",
        "[email]\ntrack = \"all\"\ncreate_for = \"everyone\"\n",
    );
    // `run` checks everything that is printed.
    assert_eq!(place.run("--options o.toml").status, 0);
    assert_eq!(place.summary()["messages"]["total"], 5);
    let mut written = place.names("out");
    written.retain(|name| name.ends_with(".jsonl") || name.ends_with(".json"));
    for name in written {
        let bytes = fs::read(place.path(&format!("out/{name}"))).unwrap();
        assert!(!bytes.contains(&0x1b), "{name}");
    }
    let argument = format!("run {escape} --book {escape} --out out");
    assert_eq!(ran(place.command(&argument)).status, 2);
}
