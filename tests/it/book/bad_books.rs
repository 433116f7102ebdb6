//! Books that cannot be used: one clear line for each error, and no output.

use std::fs;

use crate::place::{Place, ran};
use crate::support::refusal::{MESSAGE, assert_refused, each};

/// Files of the book, the position of the error, and words of its message.
type BookCase<'a> = (&'a [(&'a str, &'a [u8])], &'a str, &'a [&'a str]);

#[test]
fn books_that_are_refused() {
    const CONTACT: &str = "contact.csv";
    const EMAIL: &str = "email.csv";
    let cases: &[BookCase<'_>] = &[
        (&[], "book: ", &["no record files", "contact.csv"]),
        (&[("readme.txt", b"x")], "book: ", &["no record files"]),
        (
            &[(CONTACT, b"contactid\nc-1\n\"\"\n")],
            "book/contact.csv:3: ",
            &["without an id"],
        ),
        (
            &[(CONTACT, b"contactid,fullname\nc-1,A\nc-2,\"B\nb\"\nc-1,C\n")],
            "book/contact.csv:5: ",
            &["`c-1`", "unique"],
        ),
        (
            &[(CONTACT, b"contactid,createdon\nc-1,01.02.2022\n")],
            "book/contact.csv:2: ",
            &["`01.02.2022`", "ISO 8601", "2026-03-01T09:30:00Z"],
        ),
        (
            &[(CONTACT, b"fullname,lastname\nA,B\n")],
            "book/contact.csv:1: ",
            &["`contactid` or `id`", "`fullname`, `lastname`"],
        ),
        (
            &[(CONTACT, b"contactid,fullname,FullName\nc-1,A,B\n")],
            "book/contact.csv:1: ",
            &["two columns", "`fullname`"],
        ),
        (
            &[(CONTACT, b"contactid,fullname\nc-1,A\nc-2,B,x\n")],
            "book/contact.csv:3: ",
            &["3 cells", "2 columns"],
        ),
        (
            &[(
                CONTACT,
                b"contactid,fullname\nc-1,A\nc-2,\"B\nc-3,C\nc-4,D\n",
            )],
            "book/contact.csv:3: ",
            &["quote"],
        ),
        (
            &[(CONTACT, b"contactid,fullname\r\nc-1,A\r\nc-2,B,x\r\n")],
            "book/contact.csv:3: ",
            &["3 cells", "2 columns"],
        ),
        (
            &[(CONTACT, b"contactid,createdon\n\n\nc-1,soon\n")],
            "book/contact.csv:4: ",
            &["`soon`"],
        ),
        (
            &[(CONTACT, b"contactid,fullname\nc-1,A\nc-2,B\xfc\n")],
            "book/contact.csv:3: ",
            &["UTF-8"],
        ),
        (&[(CONTACT, b"")], "book/contact.csv:1: ", &["empty"]),
        (
            &[(CONTACT, b"contactid;fullname\nc-1;A\n")],
            "book/contact.csv:1: ",
            &["commas", "`;`"],
        ),
        (
            &[("systemuser.csv", b"systemuserid,isdisabled\nu-1,maybe\n")],
            "book/systemuser.csv:2: ",
            &["`maybe`", "`true`", "`false`"],
        ),
        (
            &[
                (CONTACT, b"contactid\nc-1\n"),
                ("contact.jsonl", b"{\"contactid\":\"c-1\"}\n"),
            ],
            "book/contact.",
            &["contact.csv", "contact.jsonl", "keep one"],
        ),
        (
            &[(
                "contact.jsonl",
                b"{\"contactid\":\"c-1\"}\n{\"contactid\":\n",
            )],
            "book/contact.jsonl:2: ",
            &["JSON object"],
        ),
        (
            &[("contact.jsonl", b"{\"contactid\":\"c-1\"}\n[1]\n")],
            "book/contact.jsonl:2: ",
            &["JSON object"],
        ),
        (
            &[(
                "contact.jsonl",
                b"{\"contactid\":\"c-1\"}\n{\"contactid\":\"\xfc\"}\n",
            )],
            "book/contact.jsonl:2: ",
            &["UTF-8"],
        ),
        (
            &[(
                "contact.jsonl",
                b"{\"contactid\":\"c-1\"}\n\n{\"fullname\":\"B\"}\n",
            )],
            "book/contact.jsonl:3: ",
            &["without an id"],
        ),
        (
            &[(EMAIL, b"messageid\n<a@x>\n")],
            "book/email.csv:1: ",
            &["`activityid`", "`messageid`"],
        ),
        (
            &[(EMAIL, b"activityid\ne-1\n")],
            "book/email.csv:1: ",
            &["no column `messageid`"],
        ),
        (
            &[(EMAIL, b"activityid,messageid\n,<a@x>\n")],
            "book/email.csv:2: ",
            &["without an activityid"],
        ),
        (
            &[(EMAIL, b"activityid,messageid\ne-1,<a@x>\ne-1,<b@x>\n")],
            "book/email.csv:3: ",
            &["`e-1`", "unique"],
        ),
        (
            &[(
                EMAIL,
                b"activityid,messageid,regardingobjectid\ne-1,<a@x>,a-17\n",
            )],
            "book/email.csv:2: ",
            &["`a-17`", "`account:a-17`"],
        ),
        (
            &[(EMAIL, b"activityid,messageid,directioncode\ne-1,<a@x>,up\n")],
            "book/email.csv:2: ",
            &["directioncode `up`", "`true`", "`false`"],
        ),
        (
            &[(EMAIL, b"activityid,messageid,createdon\ne-1,<a@x>,soon\n")],
            "book/email.csv:2: ",
            &["createdon `soon`", "ISO 8601"],
        ),
    ];
    each(cases, |(files, at, words)| {
        let place = Place::new();
        fs::remove_dir_all(place.path("book")).unwrap();
        fs::create_dir(place.path("book")).unwrap();
        for (name, bytes) in *files {
            place.write(&format!("book/{name}"), bytes);
        }
        assert_refused(at, &place, &place.run(""), 2, at, words);
    });
}

#[test]
fn books_in_the_wrong_place() {
    let place = Place::new();
    let run = |book: &str| ran(place.command(&format!("run mail --out out --book {book}")));
    let gone = run("gone");
    assert_refused(
        "gone",
        &place,
        &gone,
        2,
        "gone: ",
        &["No such file", "folder", "contact.csv"],
    );
    let file = run("book/contact.csv");
    assert_refused(
        "file",
        &place,
        &file,
        2,
        "book/contact.csv: ",
        &["is not a built book", "folder", "book build"],
    );
    place.permit("book/contact.csv", 0);
    place.permit("", 0o755);
    let locked = place.run_bound("");
    assert_refused(
        "locked",
        &place,
        &locked,
        2,
        "book/contact.csv: ",
        &["Permission denied"],
    );
}

#[test]
fn all_errors_of_a_book_are_reported_at_once() {
    let place = Place::new();
    let rows: String = (0..50).map(|at| format!("c-{at},soon\n")).collect();
    place.write("book/contact.csv", format!("contactid,createdon\n{rows}"));
    place.write("book/account.csv", "name\nA\n");
    let ran = place.run("");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!((ran.status, lines.len()), (2, 21), "{}", ran.stderr);
    assert!(lines[0].starts_with("mailtrack: book/account.csv:1: "));
    assert!(lines[1].starts_with("mailtrack: book/contact.csv:2: "));
    assert!(lines[20].contains("31 more errors"), "{}", lines[20]);
}

#[test]
fn oddities_of_a_book_that_do_no_harm() {
    let place = Place::new();
    place.write("mail/1.eml", MESSAGE);
    let rows = "c-1,kim@fabrikam.example;no address,Do Not Allow\r\nc-2,,Allow\r\n";
    let header = "\u{feff}contactid,EMailAddress1,donotemail\r\n";
    place.write("book/contact.csv", format!("{header}{rows}"));
    let ran = place.run("");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let want = "mailtrack: warning: book/contact.csv:2: emailaddress1 `no address` is not an address and is left out\n";
    assert_eq!(ran.stderr, want);
    assert_eq!(place.lines("decisions")[0]["senderrecord"], "contact:c-1");
    fs::remove_dir_all(place.path("out")).unwrap();
    assert_eq!(
        place.run("--quiet").stderr,
        want,
        "warnings are told to a nightly job too"
    );
}

#[test]
fn an_owner_whose_type_the_book_lacks_is_known_by_the_options() {
    let place = Place::new();
    place.write(
        "mail/1.eml",
        "From: desk@x.example\nTo: kim@y.example\nMessage-ID: <1@x>\n\nx",
    );
    place.write(
        "o.toml",
        "[[mailbox]]\nowner = \"queue:q-1\"\naddresses = [\"desk@x.example\"]\n",
    );
    let ran = place.run("--options o.toml");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("no queue.csv") && ran.stderr.contains("queue:q-1"),
        "{}",
        ran.stderr
    );
    let decision = &place.lines("decisions")[0];
    assert_eq!(
        (&decision["direction"], &decision["senderrecord"]),
        (&"outgoing".into(), &"queue:q-1".into())
    );
}
