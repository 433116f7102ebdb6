//! `init`: the options file that it writes names the mailbox owners, and `run` reads it without changes.

use std::fs;

use crate::place::{Place, ran};

fn message(number: usize, from: &str, to: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nSubject: Number {number}\nMessage-ID: <m{number}@x.example>\n\
         Date: Mon, 2 Mar 2026 09:30:{number:02} +0000\n\nBody\n"
    )
}

const ANN: &str = "ann@contoso.example";
const BO: &str = "bo@contoso.example";
const KIM: &str = "kim@fabrikam.example";

/// Creates a place with mail in folders: each message with its folder, sender and recipient.
fn place(mail: &[(&str, &str, &str)]) -> Place {
    let place = Place::new();
    place.write(
        "book/systemuser.csv",
        "systemuserid,fullname,internalemailaddress\nu-1,Ann Beck,ann@contoso.example\nu-2,Bo \"B\" Ek,bo@contoso.example\n",
    );
    for (number, (folder, from, to)) in mail.iter().enumerate() {
        place.write(
            &format!("mail/{folder}/{number}.eml"),
            message(number, from, to),
        );
    }
    place
}

/// Returns what `init` wrote and printed.
fn written(place: &Place) -> (String, String) {
    let ran = ran(place.command("init mail --book book"));
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    (
        fs::read_to_string(place.path("options.toml")).unwrap(),
        ran.stdout,
    )
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|it| it == *line),
            "{line} is not in:\n{text}"
        );
    }
}

#[test]
fn one_mailbox_is_its_users() {
    let place = place(&[
        ("Inbox", KIM, ANN),
        ("Inbox", BO, ANN),
        (
            "Inbox/Deals",
            "kim+offer@fabrikam.example",
            "ann@contoso.example, bo@contoso.example",
        ),
        ("Sent Items", ANN, KIM),
    ]);
    let (text, said) = written(&place);
    has(
        &text,
        &[
            "# Found: 4 messages; in the book 1 contact, 2 systemuser.",
            "domains = [\"contoso.example\"]",
            "track_sent = true   # 1 message lies in folders of sent mail; false: what is there is left alone",
            "# path = \"Inbox/Deals\"   # 1 message",
            "# 1 address of the mail with a +tag is that of a record without it.",
            "equivalence = [\"plus-tag\"]",
            "path = \"\"",
            "owner = \"systemuser:u-1\"   # Ann Beck: takes part in 4 of 4 messages",
        ],
    );
    assert!(
        !text.contains("\"Inbox\"") && !text.contains("Sent Items"),
        "{text}"
    );
    let first = "options.toml: 1 mailbox with an owner; 3 of 4 messages would be tracked\n";
    let next = "read it, then: mailtrack run mail --book book --options options.toml --dry-run\n";
    assert_eq!(said, format!("{first}{next}"));
    // A run tracks as many messages as `init` predicted.
    assert_eq!(place.run("--options options.toml").status, 0);
    assert_eq!(place.summary()["messages"]["tracked"], 3);
}

#[test]
fn folders_of_several_users_are_mailboxes() {
    let place = place(&[
        ("Ann/Inbox", KIM, ANN),
        ("Bo/Inbox", KIM, BO),
        ("Bo/Gesendet", BO, KIM),
        ("Old", KIM, "x@y.example"),
    ]);
    let (text, _) = written(&place);
    has(
        &text,
        &[
            "path = \"Ann\"",
            "owner = \"systemuser:u-1\"   # Ann Beck: takes part in 1 of 1 message",
            "path = \"Bo\"",
            "owner = \"systemuser:u-2\"   # Bo \"B\" Ek: takes part in 2 of 2 messages",
            "# The owner of \"Old\" could not be determined.",
        ],
    );
}

#[test]
fn without_users_the_addresses_of_sent_mail_are_named() {
    let place = place(&[
        ("Sent", "me@own.example", KIM),
        ("Inbox", KIM, "me@own.example"),
    ]);
    fs::remove_file(place.path("book/systemuser.csv")).unwrap();
    let (text, _) = written(&place);
    has(
        &text,
        &[
            "# domains = [\"yours.example\"]",
            "addresses = [\"me@own.example\"]   # sent 1 of the messages",
        ],
    );
}

#[test]
fn mistakes_are_reported_and_nothing_is_written_over() {
    let place = place(&[("Inbox", KIM, ANN)]);
    place.write("there.toml", "mine");
    place.write("empty/x.bin", "\u{0}");
    for (args, told) in [
        (
            "init mail --book book -o there.toml",
            "there.toml: exists already and was not changed",
        ),
        ("init empty --book book", "no messages were found"),
        ("init mail --book nowhere", "nowhere"),
        ("init mail", "--book <BOOK>"),
    ] {
        let ran = ran(place.command(args));
        assert_eq!(ran.status, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    assert_eq!(
        fs::read_to_string(place.path("there.toml")).unwrap(),
        "mine"
    );
    assert!(!place.path("options.toml").exists());
}
