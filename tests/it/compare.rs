//! `compare`: what two options files do differently with the same mail.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::place::{Place, Ran, ran};

const EML: &str = "Subject: Hello\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n";

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

fn compare(place: &Place, more: &str) -> Ran {
    let command = format!("compare mail --book book --options a.toml --options b.toml {more}");
    ran(place.command(&command))
}

/// The counts and the differences that `--json` gives.
fn differences(place: &Place) -> (Value, Vec<Value>) {
    let ran = compare(place, "--json");
    assert_eq!((ran.status, &*ran.stderr), (0, ""), "{}", ran.stdout);
    let mut lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    (lines.next().unwrap(), lines.collect())
}

/// A place with two options files, and mail whose first lines are these.
fn place(a: &str, b: &str, mail: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.write("a.toml", a);
    place.write("b.toml", b);
    for (name, head) in mail {
        place.write(&format!("mail/{name}"), format!("{head}{EML}\nHi.\n"));
    }
    place
}

fn demo_place(a: &str, b: &str) -> Place {
    let place = Place::new();
    fs::remove_dir_all(place.path("book")).unwrap();
    for folder in ["book", "mail"] {
        copy(&place, folder);
    }
    place.write("a.toml", fs::read(demo(a)).unwrap());
    place.write("b.toml", fs::read(demo(b)).unwrap());
    place
}

fn copy(place: &Place, folder: &str) {
    for entry in fs::read_dir(demo(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{folder}/{}", path.file_name().unwrap().display());
        if path.is_dir() {
            copy(place, &name);
        } else {
            place.write(&name, fs::read(&path).unwrap());
        }
    }
}

const FROM_KIM: &str = "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <m@x>\n";
const FROM_LEE: &str = "From: Jo Lee <jo@adatum.example>\nTo: kim@fabrikam.example\n\
                        Message-ID: <m@x>\nIn-Reply-To: <r1@x>\nReferences: <r2@x>\n";

/// Two options files, a message, and every difference: group, what A says, what B says.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    Vec<(&'static str, Value, Value)>,
);

fn cases() -> Vec<Case> {
    let all = "email = { track = 'all', create = 'none' }\n";
    let hidden = "email = { track = 'all', create = 'none' }\naddress_book.do_not_resolve = ['contact.emailaddress1']\n";
    let party = |partyid: Value, outofscope: bool| {
        json!([{"participationtypemask": 2, "addressused": "kim@fabrikam.example", "partyid": partyid,
                "equivalence": null, "outofscope": outofscope}])
    };
    vec![
        (
            all,
            "email.track = 'none'",
            FROM_KIM,
            vec![("tracked-only-a", json!("AcceptAll"), json!("NoFilter"))],
        ),
        (
            "email.track = 'none'",
            all,
            FROM_KIM,
            vec![("tracked-only-b", json!("NoFilter"), json!("AcceptAll"))],
        ),
        (
            all,
            "",
            FROM_KIM,
            vec![("reason", json!("AcceptAll"), json!("SenderMatch"))],
        ),
        (
            "email.track = 'none'",
            "email.track = 'responses'",
            FROM_KIM,
            vec![(
                "not-tracked",
                json!("NoFilter"),
                json!("NoCorrelationMatch"),
            )],
        ),
        (
            "email = { track = 'all', create = 'none' }\n[[mailbox]]\naddresses = ['jo@adatum.example']",
            all,
            FROM_LEE,
            vec![("direction", json!("outgoing"), json!("incoming"))],
        ),
        (
            "email.track = 'all'\n[[mailbox]]\nowner = 'systemuser:u-1'",
            "email.track = 'all'",
            FROM_KIM,
            vec![(
                "accepting",
                json!({"mailbox": "", "acceptingentityid": "systemuser:u-1"}),
                json!({"mailbox": "", "acceptingentityid": null}),
            )],
        ),
        (
            all,
            hidden,
            FROM_KIM,
            vec![("sender", json!("contact:c-1"), Value::Null)],
        ),
        (
            all,
            hidden,
            FROM_LEE,
            vec![(
                "recipients",
                party(json!("contact:c-1"), false),
                party(Value::Null, true),
            )],
        ),
        (
            "[[email.folder]]\npath = ''\nregarding = 'account:a1'",
            "[[email.folder]]\npath = ''\nregarding = 'account:a2'",
            FROM_KIM,
            vec![("regarding", json!("account:a1"), json!("account:a2"))],
        ),
        (
            all,
            "email = { track = 'all', create = 'none' }\ncorrelation.in_reply_to = false",
            FROM_LEE,
            vec![(
                "correlation",
                json!({"correlationmethod": 3, "correlatedactivityid": "E-1"}),
                json!({"correlationmethod": 7, "correlatedactivityid": "E-2"}),
            )],
        ),
    ]
}

#[test]
fn each_group_has_what_differs() {
    for (a, b, head, want) in cases() {
        let place = place(a, b, &[("m.eml", head)]);
        place.write(
            "book/email.csv",
            "activityid,messageid\nE-1,<r1@x>\nE-2,<r2@x>\n",
        );
        let (counts, lines) = differences(&place);
        let want: Vec<Value> = want
            .into_iter()
            .map(|(group, a, b)| {
                json!({"group": group, "source": "m.eml", "messageid": "m@x", "a": a, "b": b})
            })
            .collect();
        assert_eq!(lines, want, "{a} and {b}");
        assert_eq!(
            (&counts["messages"], &counts["alike"]),
            (&json!(1), &json!(0))
        );
    }
}

#[test]
fn a_message_is_tracked_by_both_also_where_the_copies_are_others() {
    let rule =
        |folder: &str| format!("email.track = 'none'\nemail.folder = [{{ path = '{folder}' }}]\n");
    let mail = [("X/m.eml", FROM_KIM), ("Y/m.eml", FROM_KIM)];
    let (counts, lines) = differences(&place(&rule("X"), &rule("Y"), &mail));
    let want = json!({"group": "copy", "source": "X/m.eml", "messageid": "m@x", "a": "X/m.eml", "b": "Y/m.eml"});
    assert_eq!(lines, [want]);
    assert_eq!(counts["alike"], 1);
}

#[test]
fn a_regarding_record_that_only_one_gives_to_what_the_crm_has_is_told() {
    let rule = "[[email.folder]]\npath = ''\n";
    let mail = [
        ("m.eml", FROM_KIM),
        ("a.eml", &FROM_KIM.replace("<m@x>", "<n@x>")),
    ];
    let place = place(&format!("{rule}regarding = 'account:a1'"), rule, &mail);
    place.write("book/email.csv", "activityid,messageid\nE-1,<m@x>\n");
    let (_, lines) = differences(&place);
    // In the order of decisions, though one is an activity's own record and the other an update.
    for (line, source) in lines.iter().zip(["m.eml", "a.eml"]) {
        let want = [
            json!("regarding"),
            json!(source),
            json!("account:a1"),
            Value::Null,
        ];
        assert_eq!(
            ["group", "source", "a", "b"].map(|key| line[key].clone()),
            want
        );
    }
    assert_eq!(lines.len(), 2);
}

#[test]
fn records_are_told_apart_by_their_address() {
    let owned = "email.track = 'all'\n[[mailbox]]\nowner = 'systemuser:u-1'";
    let cases = [
        (
            "email.track = 'all'",
            "email = { track = 'all', create = 'none' }",
            "created-only-a",
        ),
        (
            "email.track = 'none'",
            "email.track = 'all'",
            "created-only-b",
        ),
        (
            "email.track = 'all'",
            "email = { track = 'all', create = 'lead' }",
            "created",
        ),
        ("email.track = 'all'", owned, "created"),
        (
            "email.track = 'all'",
            "email = { track = 'all', create_skip = ['role'] }",
            "",
        ),
    ];
    for (a, b, group) in cases {
        let (counts, lines) = differences(&place(a, b, &[("m.eml", FROM_LEE)]));
        let of_records: Vec<&Value> = lines
            .iter()
            .filter(|line| line["group"].as_str().unwrap().starts_with("created"))
            .collect();
        assert_eq!(
            of_records.len(),
            usize::from(!group.is_empty()),
            "{a} and {b}"
        );
        let Some(line) = of_records.first() else {
            assert_eq!(counts["alike"], 1);
            continue;
        };
        assert_eq!(line["group"], group, "{a} and {b}");
        let has = |side: &Value| side["emailaddress1"] == "jo@adatum.example";
        assert_eq!(
            (has(&line["a"]), has(&line["b"])),
            (group != "created-only-b", group != "created-only-a")
        );
        match group {
            "created-only-a" => assert_eq!(line["b"], Value::Null),
            "created-only-b" => assert_eq!(line["a"], "NoFilter"),
            _ if b == owned => {
                let keys: Vec<&String> = line["a"].as_object().unwrap().keys().collect();
                assert_eq!(keys, ["emailaddress1", "fullname", "ownerid", "record"]);
                assert_eq!(
                    (&line["a"]["ownerid"], &line["b"]["ownerid"]),
                    (&Value::Null, &json!("systemuser:u-1"))
                );
            }
            _ => assert!(line["b"]["record"].as_str().unwrap().starts_with("lead:")),
        }
    }
}

#[test]
fn why_the_other_one_created_none_is_told() {
    let b = "email = { track = 'all', create_skip = ['free-mail'] }";
    let mail = "From: Jo Lee <jo@gmail.com>\nTo: ann@contoso.example\nMessage-ID: <m@x>\n";
    let place = place("email.track = 'all'", b, &[("m.eml", mail)]);
    let (_, lines) = differences(&place);
    let line = lines.iter().find(|line| line["group"] == "created-only-a");
    assert_eq!(line.unwrap()["b"], "free-mail");
    let words = compare(&place, "").stdout;
    assert!(words.contains("A  contact Jo Lee jo@gmail.com"), "{words}");
    assert!(
        words.contains("B  not created: the address is of a free-mail"),
        "{words}"
    );
}

#[test]
fn the_same_options_twice_differ_in_nothing() {
    for options in ["options.toml", "options-sent.toml"] {
        let place = demo_place(options, options);
        let (counts, lines) = differences(&place);
        assert!(lines.is_empty(), "{options}: {lines:?}");
        assert_eq!(counts["alike"], counts["messages"]);
        let words = compare(&place, "").stdout;
        assert!(words.contains("no difference: 28 messages"), "{words}");
    }
}

/// What a run over the demo tracks and creates: activities and records by id.
fn run(place: &Place, options: &str) -> [BTreeSet<String>; 2] {
    let arguments = format!("run mail --book book --options {options} --out {options}.out --quiet");
    assert_eq!(ran(place.command(&arguments)).status, 0);
    let ids = |table: &str, key: &str| -> Vec<String> {
        let text = fs::read_to_string(place.path(&format!("{options}.out/{table}.jsonl"))).unwrap();
        let rows = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| row[key].as_str().unwrap().to_owned())
            .collect()
    };
    let mut created: BTreeSet<String> = BTreeSet::new();
    for kind in ["contact", "lead"] {
        let of_kind = ids(&format!("{kind}s"), &format!("{kind}id"));
        created.extend(of_kind.iter().map(|id| format!("{kind}:{id}")));
    }
    [ids("emails", "activityid").into_iter().collect(), created]
}

/// An administrator must be able to rely on it: what is told is what two runs would do.
#[test]
fn what_differs_is_what_two_runs_do_differently() {
    for (a, b) in [
        ("options.toml", "options-sent.toml"),
        ("options-responses.toml", "options.toml"),
        ("options-none.toml", "options-responses.toml"),
    ] {
        let place = demo_place(a, b);
        let (counts, lines) = differences(&place);
        let [(tracked_a, created_a), (tracked_b, created_b)] =
            ["a.toml", "b.toml"].map(|options| run(&place, options).into());
        let count = |group: &str| counts["differences"][group].as_u64().unwrap() as usize;
        for (side, tracked, created) in
            [("a", &tracked_a, &created_a), ("b", &tracked_b, &created_b)]
        {
            assert_eq!(counts[side]["tracked"], tracked.len(), "{a} and {b}");
            assert_eq!(counts[side]["created"], created.len(), "{a} and {b}");
        }
        assert_eq!(
            count("tracked-only-a"),
            tracked_a.difference(&tracked_b).count()
        );
        assert_eq!(
            count("tracked-only-b"),
            tracked_b.difference(&tracked_a).count()
        );
        let only_a: BTreeSet<String> = lines
            .iter()
            .filter(|line| line["group"] == "created-only-a")
            .map(|line| line["a"]["record"].as_str().unwrap().to_owned())
            .collect();
        let of_another_type = lines.iter().filter(|line| {
            line["group"] == "created" && line["a"]["record"] != line["b"]["record"]
        });
        let gone: BTreeSet<String> = of_another_type
            .map(|line| line["a"]["record"].as_str().unwrap().to_owned())
            .chain(only_a)
            .collect();
        assert_eq!(gone, created_a.difference(&created_b).cloned().collect());
    }
}

#[test]
fn the_lines_have_their_shape_and_add_up() {
    let ran = compare(&demo_place("options.toml", "options-sent.toml"), "--json");
    let mut lines = ran.stdout.lines();
    let first = lines.next().unwrap();
    let start = "{\"options\":[\"a.toml\",\"b.toml\"],\"failures\":1,\"messages\":28,\"alike\":2,\
                 \"a\":{\"tracked\":18,\"created\":4},\"b\":{\"tracked\":9,\"created\":12},\
                 \"differences\":{\"tracked-only-a\":10,";
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
fn counts_come_first_then_a_few_examples() {
    let words = compare(&demo_place("options.toml", "options-sent.toml"), "").stdout;
    let wanted = [
        "A is a.toml: 18 messages tracked, 4 records created\nB is b.toml: 9 messages tracked, 12 records created\n",
        "28 messages: 2 decided and linked alike, 26 otherwise\n1 message or file could not be read\n",
        "    10  tracked only by A\n        Archive.mbox#1: Your offer\n            A  SenderMatch: its sender is a record\n            B  CheckIncomingOff: ",
        "(email.check_incoming = false)\n        ... and 5 more, with --json\n\n     1  tracked only by B\n",
    ];
    for want in wanted {
        assert!(words.contains(want), "{want:?} is not in\n{words}");
    }
}

#[test]
fn mail_that_is_none_is_told() {
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

/// `ran` holds what it says against what is fit for a terminal.
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
