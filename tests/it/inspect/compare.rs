//! `compare`: the differences between two options files on the same mail.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, ran};
use crate::support::comparing::{FROM_KIM, FROM_LEE, compare, demo_place, differences, place};

/// Two options files, a message, and every difference: group, value of A, value of B.
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
fn a_regarding_record_that_only_one_gives_to_what_the_crm_has_is_reported() {
    let rule = "[[email.folder]]\npath = ''\n";
    let mail = [
        ("m.eml", FROM_KIM),
        ("a.eml", &FROM_KIM.replace("<m@x>", "<n@x>")),
    ];
    let place = place(&format!("{rule}regarding = 'account:a1'"), rule, &mail);
    place.write("book/email.csv", "activityid,messageid\nE-1,<m@x>\n");
    let (_, lines) = differences(&place);
    // In the order of decisions, although one is an activity's own record and the other an update.
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
fn records_are_kept_apart_by_their_address() {
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
fn why_the_other_one_created_none_is_reported() {
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

/// Returns what a run over the demo tracks and creates: activities and records by id.
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

/// An administrator must be able to rely on it: the reported differences are those between two runs.
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
