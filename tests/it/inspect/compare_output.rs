//! `compare`: what it prints and what it refuses.

use serde_json::{Value, json};

use crate::place::ran;
use crate::support::comparing::{FROM_KIM, compare, demo_place, place};

#[test]
fn the_lines_have_their_shape_and_add_up() {
    let ran = compare(&demo_place("options.toml", "options-sent.toml"), "--json");
    let mut lines = ran.stdout.lines();
    let first = lines.next().unwrap();
    let start = "{\"options\":[\"a.toml\",\"b.toml\"],\"failures\":1,\"messages\":28,\"alike\":2,\
                 \"a\":{\"tracked\":17,\"created\":4},\"b\":{\"tracked\":9,\"created\":12},\
                 \"differences\":{\"tracked-only-a\":9,";
    assert!(first.starts_with(start), "{first}");
    let counts: Value = serde_json::from_str(first).unwrap();
    let counted = counts["differences"].as_object().unwrap();
    assert_eq!(counted.len(), 14);
    let rows: Vec<&str> = lines.collect();
    for (group, count) in counted {
        let start = format!("{{\"group\":\"{group}\",\"source\":\"");
        let of_group = rows.iter().filter(|row| row.starts_with(&start)).count();
        assert_eq!(json!(of_group), *count, "{group}");
    }
    let sum: u64 = counted.values().filter_map(Value::as_u64).sum();
    assert_eq!(rows.len() as u64, sum);
}

#[test]
fn mail_that_is_not_mail_is_reported() {
    let place = place("", "", &[]);
    place.write("mail/a.7z", "7z\u{3}\u{4}");
    let ran = compare(&place, "");
    assert_eq!(ran.status, 0);
    for want in [
        "warning: no messages were found",
        "warning: 1 compressed file",
    ] {
        assert!(ran.stderr.contains(want), "{}", ran.stderr);
    }
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_nothing_is_written() {
    let place = demo_place("options.toml", "options-sent.toml");
    let before = place.names("");
    for json in ["", "--json"] {
        let [one, three] = ["1", "3"].map(|threads| {
            let ran = compare(&place, &format!("--threads {threads} --quiet {json}"));
            assert_eq!((ran.status, &*ran.stderr), (0, ""));
            ran.stdout
        });
        assert!(!one.is_empty() && one == three);
    }
    assert_eq!(place.names(""), before);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let columns = "book.columns.contact.fullname = 'Name'";
    let place = place("", columns, &[("m.eml", FROM_KIM)]);
    place.write("bad.toml", "email.trak = 'all'");
    let cases = [
        (
            "compare mail --book book",
            "compare needs two options files, --options A.toml --options B.toml; none is given",
        ),
        ("compare mail --book book --options a.toml", "one is given"),
        (
            "compare mail --book book --options a.toml --options a.toml --options a.toml",
            "3 are given",
        ),
        (
            "compare mail --book book --options a.toml --options b.toml",
            "b.toml: its [book.columns] are not those of a.toml",
        ),
        (
            "compare mail --book book --options a.toml --options bad.toml",
            "bad.toml:1",
        ),
        (
            "compare mail --book book --options a.toml --options none.toml",
            "none.toml",
        ),
        (
            "compare nowhere --book book --options a.toml --options a.toml",
            "nowhere",
        ),
        (
            "compare mail --book book --options a.toml --options a.toml --rules nowhere",
            "nowhere",
        ),
    ];
    for (arguments, want) in cases {
        let ran = ran(place.command(arguments));
        assert_eq!((ran.status, &*ran.stdout), (2, ""), "{arguments}");
        assert!(ran.stderr.contains(want), "{arguments}: {}", ran.stderr);
    }
    let build = place.command("book build book -o book.mtb");
    assert_eq!(ran(build).status, 0);
    let built =
        ran(place.command("compare mail --book book.mtb --options a.toml --options b.toml"));
    assert_eq!(built.status, 0, "{}", built.stderr);
    assert!(
        built.stdout.contains("no difference: 1 message,"),
        "{}",
        built.stdout
    );
}

/// `ran` checks that everything printed is safe for a terminal.
#[test]
fn nothing_from_mail_moves_the_cursor() {
    let mail = "From: =?utf-8?q?=1B[2J?= <kim@fabrikam.example>\nTo: =?utf-8?q?=07?= <x@y.example>\nMessage-ID: <m@x>\n\
                Subject: =?utf-8?q?=1B[31mred=E2=80=AE?=\n";
    let place = place(
        "email.track = 'all'",
        "email.track = 'none'",
        &[("m.eml", mail)],
    );
    let words = compare(&place, "").stdout;
    assert!(words.contains("m.eml: \u{FFFD}[31mred\u{FFFD}"), "{words}");
}
