//! Bad arguments, options, books and places: one clear line on standard error, the right exit status, nothing written.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::place::{Place, Ran, ran};

const MESSAGE: &str = "From: Kim <kim@fabrikam.example>\r\nTo: ann@contoso.example\r\nSubject: Offer\r\n\
    Message-ID: <m1@fabrikam.example>\r\nDate: Mon, 2 Mar 2026 09:30:00 +0000\r\n\r\nHello\r\n";

/// Asserts that a run was refused with one line that begins with `mailtrack: ` and `place`, holds `words`, and that
/// it wrote nothing.
#[track_caller]
fn assert_refused(case: &str, place: &Place, ran: &Ran, status: i32, at: &str, words: &[&str]) {
    let Ran { stdout, stderr, .. } = ran;
    assert_eq!(ran.status, status, "{case}: {stderr}");
    assert_eq!(stdout, "", "{case}");
    assert_eq!(stderr.lines().count(), 1, "{case}: {stderr}");
    let start = format!("mailtrack: {at}");
    assert!(stderr.starts_with(&start), "{case}: {stderr} not at {at}");
    for word in words {
        assert!(stderr.contains(word), "{case}: {stderr} lacks {word}");
    }
    assert!(!place.path("out").exists(), "{case}: something was written");
}

/// Runs every case and tells of all that fail, not of the first only.
fn each<T>(cases: &[T], check: impl Fn(&T) + std::panic::RefUnwindSafe)
where
    T: std::panic::RefUnwindSafe,
{
    let failed = cases
        .iter()
        .filter(|case| std::panic::catch_unwind(|| check(case)).is_err())
        .count();
    assert_eq!(failed, 0, "so many cases failed; see above");
}

#[test]
fn mail_that_cannot_be_named() {
    let place = Place::new();
    place.write("a/mail/1.eml", MESSAGE);
    place.write("b/mail/1.eml", MESSAGE);
    let run = |mail: &str| ran(place.command(&format!("run {mail} --book book --out out")));
    assert_refused(
        "none",
        &place,
        &run("gone"),
        2,
        "gone: ",
        &["No such file", "mail"],
    );
    let twice = run("a/mail b/mail");
    assert_refused(
        "one name",
        &place,
        &twice,
        2,
        "b/mail: ",
        &["`mail`", "rename"],
    );
}

#[test]
fn no_mail_is_a_warning() {
    let place = Place::new();
    let ran = place.run("");
    assert_eq!(ran.status, 0);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("no messages"), "{}", ran.stderr);
    assert_eq!(place.summary()["messages"]["total"], 0);
}

#[test]
fn a_file_that_is_named_is_read_where_its_folder_may_not_be_listed() {
    let place = Place::new();
    place.write("closed/1.eml", MESSAGE);
    place.permit("closed/1.eml", 0o444);
    place.permit("closed", 0o311);
    place.permit("", 0o755);
    let named = ran(place.bound("run closed/1.eml --book book --out out"));
    let folder = ran(place.bound("run closed --book book --out other"));
    place.permit("closed", 0o755);
    assert_eq!((named.status, &*named.stderr), (0, ""));
    assert_eq!(place.summary()["messages"]["failures"], 0);
    assert_eq!(place.lines("decisions").len(), 1);
    // The folder itself may not be listed, so this is what was read by name.
    let want = "no messages were found";
    assert!(folder.stderr.contains(want), "{}", folder.stderr);
}

#[test]
fn what_cannot_be_opened_is_a_failure() {
    let place = Place::new();
    place.write("mail/1.eml", MESSAGE);
    place.write("mail/locked.eml", MESSAGE);
    place.write(
        "mail/locked.mbox",
        format!("From a@x Mon Mar  2 09:30:00 2026\n{MESSAGE}"),
    );
    place.write("mail/closed/2.eml", MESSAGE);
    for name in ["mail/locked.eml", "mail/locked.mbox", "mail/closed"] {
        place.permit(name, 0);
    }
    place.permit("", 0o755);
    let first = place.run_bound("");
    assert_eq!((first.status, &*first.stderr), (0, ""));
    let summary = place.summary();
    let failures = place.lines("failures");
    place.permit("mail/closed", 0o755);
    let sources: Vec<&str> = failures
        .iter()
        .map(|it| it["source"].as_str().unwrap())
        .collect();
    assert_eq!(sources, ["closed", "locked.eml", "locked.mbox"]);
    for failure in &failures {
        let error = failure["error"].as_str().unwrap();
        assert!(error.contains("Permission denied"), "{error}");
    }
    let files = &summary["files"];
    assert_eq!(
        (
            &files["total"],
            &files["withmessages"],
            &files["unreadable"]
        ),
        (&4.into(), &1.into(), &3.into())
    );
    fs::remove_dir_all(place.path("out")).unwrap();
    assert_eq!(place.run_bound("--strict").status, 3);
    place.summary();
}

/// Files of the book, where the error is, and what it says.
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
        &["is no built book", "folder", "book build"],
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
fn all_errors_of_a_book_are_told_at_once() {
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
    let want = "mailtrack: warning: book/contact.csv:2: emailaddress1 `no address` is no address and is left out\n";
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

/// An options file, where its error is, and what it says.
type OptionsCase<'a> = (&'a str, &'a str, &'a [&'a str]);

#[test]
fn options_that_are_refused() {
    let folders = |count: usize| -> String {
        (0..count)
            .map(|at| format!("[[email.folder]]\npath = \"f{at}\"\n"))
            .collect()
    };
    let too_many = folders(26);
    let cases: &[OptionsCase<'_>] = &[
        (
            "[email]\ntrak = \"all\"\n",
            ":2:1: ",
            &["`trak`", "`track`"],
        ),
        ("[emial]\n", ":1:2: ", &["`emial`", "`email`"]),
        (
            "[email]\ntrack_sent = \"yes\"\n",
            ":2:14: ",
            &["\"yes\"", "boolean"],
        ),
        ("[email]\ncreate_limit = -1\n", ":2:16: ", &["-1"]),
        (
            "[email]\nblocklist = \"@x.example\"\n",
            ":2:13: ",
            &["sequence"],
        ),
        ("email = 3\n", ":1:9: ", &["3", "expected a table"]),
        (
            "[email]\ntrack = \"al\"\n",
            ":2:9: ",
            &["`al`", "`all`", "`responses`"],
        ),
        (
            "[email]\ncreate_skip = [\"bulk\", \"rolle\"]\n",
            ":2:24: ",
            &["`rolle`", "`role`"],
        ),
        ("[email\n", ":1:7: ", &["table", "`]`"]),
        (
            "[email]\ntrack = \"all\"\ntrack = \"all\"\n",
            ":3:1: ",
            &["duplicate key"],
        ),
        ("[email]\ntrack = all\n", ":2:9: ", &["quote"]),
        (
            "[[email.folder]]\npath = \"Deals\"\nregarding = \"a-17\"\n",
            ":3:13: ",
            &["`a-17`", "type:id", "`account:a-17`"],
        ),
        (
            "[[email.folder]]\npath = \"Deals\"\nregarding = \"contact:c-9\"\n",
            ":3:13: ",
            &["`contact:c-9`", "contact.csv", "no such id"],
        ),
        (
            "[[mailbox]]\nowner = \"contact:c-1\"\n",
            ":2:9: ",
            &["`contact:c-1`", "`systemuser:id`"],
        ),
        (
            "[[mailbox]]\nowner = \"systemuser:u-9\"\n",
            ":2:9: ",
            &["`systemuser:u-9`", "systemuser.csv"],
        ),
        (
            "[[mailbox]]\nowner = \"u-1\"\n",
            ":2:9: ",
            &["`u-1`", "type:id"],
        ),
        (
            "[[mailbox]]\naddresses = [\"ann\"]\n",
            ":2:14: ",
            &["`ann`", "local@domain"],
        ),
        (
            "[[mailbox]]\npath = \"../x\"\n",
            ":2:8: ",
            &["`../x`", "within the mailbox"],
        ),
        (
            "[[email.folder]]\npath = \"a/../../x\"\n",
            ":2:8: ",
            &["`a/../../x`", "`Inbox/Deals`"],
        ),
        (
            "[[email.folder]]\npath = \"/etc\"\n",
            ":2:8: ",
            &["`/etc`", "relative"],
        ),
        (
            "[[email.folder]]\npath = 'In\\Deals'\n",
            ":2:8: ",
            &["`In\\Deals`", "parted by `/`"],
        ),
        (
            "[[email.folder]]\nregarding = \"contact:c-1\"\n",
            ":1:1: ",
            &["missing field `path`"],
        ),
        (&too_many, ":51:1: ", &["26", "at most 25"]),
        (
            "[[email.folder]]\npath = \"a\"\n[[email.folder]]\npath = \"a/\"\n",
            ":4:8: ",
            &["`a`", "already"],
        ),
        (
            "[[mailbox]]\nowner = \"queue:q-1\"\n[[mailbox.email.folder]]\npath = \"a\"\n",
            ":3:1: ",
            &["queue", "no tracked folders", "remove"],
        ),
        (
            "[email]\nblocklist = [\"@x.example\", \"x.example\"]\n",
            ":2:28: ",
            &["`x.example`", "`@domain`"],
        ),
        (
            "[email]\nblocklist = [\"@not a domain\"]\n",
            ":2:14: ",
            &["is no domain", "`contoso.com`"],
        ),
        (
            "[organization]\ndomains = [\"..\"]\n",
            ":2:12: ",
            &["`..`", "is no domain"],
        ),
        (
            "[address_book]\ncontacts = \"synchronized\"\n",
            ":2:12: ",
            &["synchronized", "owner"],
        ),
        (
            "[address_book]\nother_records = \"owned\"\n",
            ":2:17: ",
            &["owned", "owner"],
        ),
        (
            "[address_book]\ndo_not_resolve = [\"fax\"]\n",
            ":2:19: ",
            &["`fax`", "`contact.emailaddress3`"],
        ),
        (
            "[correlation]\ntracking_token = \"yes\"\n",
            ":2:18: ",
            &["boolean"],
        ),
        (
            "[correlation]\nsmart = true\n",
            ":2:9: ",
            &["a table", "[correlation.smart]"],
        ),
        (
            "[correlation.smart]\nnoise = \"(\"\n",
            ":2:9: ",
            &["`(` is no regular expression", "unclosed group"],
        ),
        (
            "[correlation.smart]\nmax_words = 0\n",
            ":2:13: ",
            &["max_words = 0", "from 1 to 50"],
        ),
        (
            "[correlation.smart]\nsubject_delta = -1\n",
            ":2:17: ",
            &["subject_delta = -1", "from 0 to 50"],
        ),
        (
            "[correlation.smart]\nmin_addresses = 21\n",
            ":2:17: ",
            &["min_addresses = 21", "from 1 to 20"],
        ),
        (
            "[correlation]\nsmart.window_days = 0\n",
            ":2:21: ",
            &["window_days = 0", "from 1 to 36500"],
        ),
        (
            "[correlation.smart]\nwindow_days = \"90\"\n",
            ":2:15: ",
            &["expected a number"],
        ),
        (
            "[correlation.smart]\nwindow = 90\n",
            ":2:1: ",
            &["window", "window_days"],
        ),
        (
            "[correlation.token]\nprefix = \"\"\n",
            ":2:10: ",
            &["1 to 20 characters", "has 0"],
        ),
        (
            "[correlation.token]\nprefix = \"ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ\"\n",
            ":2:10: ",
            &["1 to 20 characters", "has 21"],
        ),
        (
            "[correlation.token]\nprefix = \"a\\tb\"\n",
            ":2:10: ",
            &["control characters"],
        ),
        (
            "[correlation.token]\nbase = 2147483648\n",
            ":2:8: ",
            &["base = 2147483648", "from 0 to 2147483647"],
        ),
        (
            "[correlation.token]\nbase = -1\n",
            ":2:8: ",
            &["base = -1", "from 0 to 2147483647"],
        ),
        (
            "[correlation.token]\nuser_digits = 11\n",
            ":2:15: ",
            &["user_digits = 11", "from 1 to 10"],
        ),
        (
            "[correlation.token]\ncounter_digits = 0\n",
            ":2:18: ",
            &["counter_digits = 0", "from 1 to 9"],
        ),
        (
            "[synchronization]\nclient = \"a\\tb\"\n",
            ":2:10: ",
            &["client", "255 characters", "anns-laptop"],
        ),
        (
            "[synchronization]\nclent = \"a\"\n",
            ":2:1: ",
            &["clent", "client"],
        ),
        (
            "[send]\noutbox = \"o\"\nsmtp = { host = \"h\" }\n",
            ":2:10: ",
            &["send.outbox", "send.smtp.host", "not both"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\npassword = \"p\"\n",
            ":4:1: ",
            &["password_file", "password_env"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\n",
            ":3:8: ",
            &["`u`", "password_file"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\npassword_file = \"f\"\n",
            ":4:16: ",
            &["not both"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\npassword_env = \"P\"\n",
            ":1:1: ",
            &["without `user`"],
        ),
        (
            "[send.smtp]\nhost = \"h\"\nuser = \"u\"\npassword_env = \"P\"\nsecurity = \"none\"\n",
            ":5:12: ",
            &["in the clear", "starttls"],
        ),
        (
            "[send.smtp]\nhost = \"http://h\"\n",
            ":2:8: ",
            &["no host's name"],
        ),
        (
            "[send.smtp]\nport = 0\n",
            ":2:8: ",
            &["port = 0", "from 1 to 65535"],
        ),
        (
            "[send.smtp]\nsecurity = \"ssl\"\n",
            ":2:12: ",
            &["ssl", "starttls"],
        ),
        (
            "[local_data]\ninterval = \"soon\"\n",
            ":2:12: ",
            &["`soon` is no duration", "`15m`", "`never`"],
        ),
        (
            "[local_data]\ninterval = \"2 months\"\n",
            ":2:12: ",
            &["`2 months` is no duration"],
        ),
        (
            "[local_data]\ninterval = \"-5m\"\n",
            ":2:12: ",
            &["`-5m` is no duration"],
        ),
        (
            "[local_data]\ninterval = 15\n",
            ":2:12: ",
            &["integer `15`", "a text in quotes"],
        ),
        (
            "[synchronization]\ninterval = \"0.5s\"\n",
            ":2:12: ",
            &["`0.5s` is too short", "`1s`"],
        ),
        (
            "[synchronization]\ninterval = \"often\"\n",
            ":2:12: ",
            &["`often` is no duration"],
        ),
        (
            "[[mailbox]]\n[mailbox.synchronization]\ninterval = \"1h\"\n",
            ":3:1: ",
            &["unknown field `interval`", "`filter`"],
        ),
        (
            "[synchronization.filter]\nname = \"x\"\n",
            ":1:18: ",
            &["[[synchronization.filter]]"],
        ),
        (
            "[[mailbox]]\n[mailbox.synchronization.offline_filter]\nname = \"x\"\n",
            ":2:26: ",
            &["[[mailbox.synchronization.offline_filter]]"],
        ),
        ("[mailbox]\npath = \"a\"\n", ":1:2: ", &["[[mailbox]]"]),
        (
            "[[mailbox]]\npath = \"a\"\n[mailbox.email.folder]\npath = \"x\"\n",
            ":3:16: ",
            &["[[mailbox.email.folder]]"],
        ),
    ];
    each(cases, |(text, at, words)| {
        let place = Place::new();
        place.write("o.toml", text);
        if text.contains("queue:q-1") && text.contains("folder") {
            place.write("book/queue.csv", "queueid\nq-1\n");
        }
        let ran = place.run("--options o.toml");
        assert_refused(text, &place, &ran, 2, &format!("o.toml{at}"), words);
    });
}

/// The rest of a filter about contacts, where the error is, and what it says.
type FilterCase<'a> = (&'a str, &'a str, &'a [&'a str]);

#[test]
fn filters_that_cannot_be() {
    let cases: &[FilterCase<'_>] = &[
        ("", ":1:1: ", &["`Some` has no `where`", "contactid"]),
        ("where = []", ":4:9: ", &["an empty group"]),
        (
            "where = [{ any = [] }]",
            ":4:18: ",
            &["an empty group", "{ field, op, value }"],
        ),
        (
            "where = [{ field = \"a\", op = \"is\", value = 1 }]",
            ":4:30: ",
            &["unknown operator `is`", "`eq`, `ne`, `contains`"],
        ),
        (
            "where = [{ field = \"a\", op = \"eq\" }]",
            ":4:10: ",
            &["`eq` needs a `value`"],
        ),
        (
            "where = [{ field = \"a\", op = \"eq\", value = \" \" }]",
            ":4:44: ",
            &["`eq` needs a `value`", "`null`"],
        ),
        (
            "where = [{ field = \"a\", op = \"not-null\", value = 1 }]",
            ":4:50: ",
            &["`not-null` takes no `value`"],
        ),
        (
            "where = [{ field = \"ownerid\", op = \"eq-user\", value = \"u1\" }]",
            ":4:55: ",
            &["`eq-user` takes no `value`"],
        ),
        (
            "where = [{ field = \"a\", op = \"eq\", value = [1, 2] }]",
            ":4:44: ",
            &["one value", "`any`"],
        ),
        (
            "where = [{ field = \"a\", op = \"on-or-after\", value = \"1.3.2026\" }]",
            ":4:53: ",
            &["`1.3.2026` is no ISO 8601 date"],
        ),
        (
            "where = [{ field = \"a\", op = \"last-x-days\", value = \"ten\" }]",
            ":4:53: ",
            &["`ten` is no number of days", "from 1 to 36500"],
        ),
        (
            "where = [{ field = \"a\", op = \"last-x-days\", value = 0 }]",
            ":4:53: ",
            &["`0` is no number of days"],
        ),
        (
            "where = [{ field = \"a\" }]",
            ":4:10: ",
            &["neither a row nor a group"],
        ),
        (
            "where = [{ any = [{ field = \"a\", op = \"null\" }], all = [{ field = \"a\", op = \"null\" }] }]",
            ":4:10: ",
            &["neither a row nor a group"],
        ),
        (
            "where = [{ all = [{ any = [{ field = \"a\", op = \"nul\" }] }] }]",
            ":4:48: ",
            &["unknown operator `nul`"],
        ),
        (
            "where = [{ feld = \"a\", op = \"null\" }]",
            ":4:12: ",
            &["unknown field `feld`", "`field`"],
        ),
        (
            "where = \"all\"",
            ":4:9: ",
            &["a list of rows { field, op, value }"],
        ),
        (
            "aktiv = false",
            ":4:1: ",
            &["unknown field `aktiv`", "`active`"],
        ),
    ];
    each(cases, |(text, at, words)| {
        for table in ["synchronization.filter", "synchronization.offline_filter"] {
            let place = Place::new();
            let head = format!("[[{table}]]\nname = \"Some\"\nrecord = \"contact\"\n");
            place.write("o.toml", format!("{head}{text}\n"));
            let ran = place.run("--options o.toml");
            let at = format!("o.toml{at}");
            // The filter itself is where its table's name begins.
            let at = at.replace(":1:1: ", ":1:");
            assert_refused(text, &place, &ran, 2, &at, words);
        }
    });
    let types: &[FilterCase<'_>] = &[
        ("", ":1:", &["needs a record type"]),
        ("record = \"con tact\"", ":2:10: ", &["`con tact` is none"]),
        (
            "record = \"email\"",
            ":2:10: ",
            &["email.csv lists activities"],
        ),
    ];
    each(types, |(text, at, words)| {
        let place = Place::new();
        let row = "where = [{ field = \"a\", op = \"null\" }]";
        place.write(
            "o.toml",
            format!("[[synchronization.filter]]\n{text}\n{row}\n"),
        );
        let ran = place.run("--options o.toml");
        assert_refused(text, &place, &ran, 2, &format!("o.toml{at}"), words);
    });
}

#[test]
fn options_and_rules_that_cannot_be_read() {
    let place = Place::new();
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    for to in ["lacking", "regex", "toml", "key", "domain", "bytes"] {
        for entry in fs::read_dir(rules).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            place.write(&format!("{to}/{name}"), fs::read(&path).unwrap());
        }
    }
    fs::remove_file(place.path("lacking/names.toml")).unwrap();
    let bulk = "[[bulk]]\nname = \"x\"\nheader = \"X\"\nmatches = \"(\"\n";
    place.write("regex/automated.toml", bulk);
    place.write("toml/subjects.toml", "forward-prefixes = [\n");
    place.write("key/automated.toml", "[[bulky]]\n");
    place.write(
        "domain/free-mail-domains.txt",
        "# free\nx.example\nnot a domain\n",
    );
    place.write("bytes/role-accounts.txt", b"\xfc\n");
    place.write("latin1.toml", b"# \xfc\n");
    let cases: [(&str, &str, &[&str]); 10] = [
        ("--options gone.toml", "gone.toml: ", &["No such file"]),
        ("--options mail", "mail: ", &["folder"]),
        ("--options latin1.toml", "latin1.toml: ", &["UTF-8"]),
        ("--rules gone", "gone/", &["No such file", "rules"]),
        ("--rules lacking", "lacking/names.toml: ", &["No such file"]),
        (
            "--rules regex",
            "regex/automated.toml:",
            &["`x`", "unclosed group"],
        ),
        ("--rules toml", "toml/subjects.toml:", &["array"]),
        (
            "--rules key",
            "key/automated.toml:1:3: ",
            &["`bulky`", "`bulk`"],
        ),
        (
            "--rules domain",
            "domain/free-mail-domains.txt:3: ",
            &["`not a domain`"],
        ),
        ("--rules bytes", "bytes/role-accounts.txt: ", &["UTF-8"]),
    ];
    each(&cases, |(more, at, words)| {
        assert_refused(more, &place, &place.run(more), 2, at, words);
    });
}

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
