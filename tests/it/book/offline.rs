//! Offline books: only records that the offline filters pass, and bare addresses of all others.

use std::fs;

use serde_json::{Value, json};

use crate::place::{Place, ran, said};

const CONTACTS: [&str; 5] = [
    "contactid,fullname,emailaddress1,ownerid,city,createdon",
    "c-1,Kim Abel,kim@fabrikam.example,u-1,Berlin,2026-01-01",
    "c-zweiundzwanzig,Waldemar Wegelassen,wal+crm@gmail.com,team:t-9,Bonn,2026-01-02",
    "c-dreiunddreissig,Xaver Wegelassen,xaver@fabrikam.example;Both@Fabrikam.example,u-verborgen,Bonn,2026-01-03",
    "c-4,Di Dorn,both@fabrikam.example,u-1,berlin,2026-01-04",
];

const OPTIONS: &str = r#"
[email]
track = "all"
create_for = "everyone"
[address_book]
equivalence = ["plus-tag", "gmail-dots"]
[[synchronization.offline_filter]]
name = "Berlin"
record = "contact"
where = [{ field = "city", op = "eq", value = "Berlin" }]
"#;

fn place() -> Place {
    let place = Place::new();
    place.write("book/contact.csv", CONTACTS.join("\n"));
    place.write(
        "book/account.csv",
        "accountid,name,emailaddress1\na-1,Fabrikam,info@fabrikam.example\n",
    );
    place.write("options.toml", OPTIONS);
    let to = "ann@contoso.example, kim@fabrikam.example, both@fabrikam.example, w.a.l@googlemail.com, info@fabrikam.example";
    let message = |id: &str, from: &str| {
        format!(
            "From: {from}\nTo: {to}\nMessage-ID: <{id}@x>\nSubject: Hi\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n\nHi\n"
        )
    };
    place.write("mail/1.eml", message("1", "Xaver <XAVER@fabrikam.example>"));
    place.write("mail/2.eml", message("2", "Nora New <nora@new.example>"));
    place
}

fn lines(place: &Place, out: &str, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(place.path(&format!("{out}/{name}.jsonl"))).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_run_is_as_with_those_records_only_but_creates_nothing_that_is_left_out() {
    let place = place();
    assert_eq!(
        said(
            &place,
            "book build book --offline --options options.toml -o local.mtb"
        ),
        "local.mtb: 4 records, 4 addresses, 2 addresses of records that were left out\n"
    );
    let kept = [CONTACTS[0], CONTACTS[1], CONTACTS[4]].join("\n");
    for file in ["account.csv", "systemuser.csv"] {
        place.write(
            &format!("only/{file}"),
            fs::read(place.path(&format!("book/{file}"))).unwrap(),
        );
    }
    place.write("only/contact.csv", kept);
    for book in ["only", "local.mtb"] {
        let out = book.split('.').next().unwrap();
        said(
            &place,
            &format!("run mail --book {book} --options options.toml --out out-{out}"),
        );
    }
    let created = |out| -> Vec<String> {
        let all = lines(&place, out, "contacts");
        all.iter()
            .map(|it| it["emailaddress1"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        created("out-only"),
        [
            "XAVER@fabrikam.example",
            "w.a.l@googlemail.com",
            "nora@new.example"
        ]
    );
    assert_eq!(created("out-local"), ["nora@new.example"]);
    let decisions = lines(&place, "out-local", "decisions");
    let [xaver, wal] = ["XAVER@fabrikam.example", "w.a.l@googlemail.com"]
        .map(|address| json!({ "address": address, "why": "outofscope" }));
    assert_eq!(decisions[0]["notcreated"], json!([xaver, wal]));
    assert_eq!(decisions[1]["notcreated"], json!([wal]));
    // Everything else is the same, except that people without a created record are unresolved and out of scope.
    for name in ["emails", "activityparties", "decisions"] {
        let (of_only, of_local) = (
            lines(&place, "out-only", name),
            lines(&place, "out-local", name),
        );
        assert_eq!(of_only.len(), of_local.len(), "{name}");
        for (mut a, mut b) in of_only.into_iter().zip(of_local) {
            let hidden = ["xaver@fabrikam.example", "w.a.l@googlemail.com"];
            let used = a["addressused"].as_str().unwrap_or("").to_lowercase();
            if hidden.contains(&used.as_str()) {
                assert_eq!(
                    (&b["partyid"], &b["outofscope"]),
                    (&Value::Null, &true.into())
                );
                continue;
            }
            for line in [&mut a, &mut b] {
                let line = line.as_object_mut().unwrap();
                for key in ["created", "notcreated", "senderrecord"] {
                    line.remove(key);
                }
            }
            assert_eq!(a, b, "{name}");
        }
    }
}

#[test]
fn nothing_but_their_addresses_is_carried_of_what_is_left_out() {
    let place = place();
    said(
        &place,
        "book build book --offline --options options.toml -o local.mtb",
    );
    let bytes = fs::read(place.path("local.mtb")).unwrap();
    let has = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    for carried in ["Kim Abel", "c-1", "Di Dorn", "c-4", "u-1", "Fabrikam"] {
        assert!(has(carried), "{carried}");
    }
    for left_out in [
        "zweiundzwanzig",
        "dreiunddreissig",
        "Wegelassen",
        "Waldemar",
        "Xaver",
        "verborgen",
        "t-9",
        "Bonn",
        "2026-01-02",
    ] {
        assert!(!has(left_out), "{left_out}");
    }
    let info: Value = serde_json::from_str(&said(&place, "book info local.mtb --json")).unwrap();
    assert_eq!(
        (
            &info["offline"],
            &info["records"],
            &info["addresses"],
            &info["leftoutaddresses"],
            &info["sharedaddresses"]
        ),
        (
            &true.into(),
            &json!({ "account": 1, "contact": 2, "systemuser": 1 }),
            &4.into(),
            &2.into(),
            &0.into()
        )
    );
    assert!(said(&place, "book info local.mtb").contains("records that were left out: 2\n"));
    let asked = |address: &str| {
        said(
            &place,
            &format!("resolve --book local.mtb --options options.toml {address}"),
        )
    };
    assert_eq!(
        asked("xaver@fabrikam.example"),
        "xaver@fabrikam.example: as sender none; as recipient none; not linked: a record that the offline book has left out\n"
    );
    assert!(
        asked("both@fabrikam.example")
            .starts_with("both@fabrikam.example: as sender contact:c-4; as recipient contact:c-4")
    );
    let json: Value = serde_json::from_str(&asked("xaver@fabrikam.example --json")).unwrap();
    assert_eq!(json["candidates"], json!([]));
    let explained = said(
        &place,
        "explain mail/1.eml --book local.mtb --options options.toml",
    );
    assert!(
        explained.contains("(left out)") && explained.contains("the offline book has left out"),
        "{explained}"
    );
}

#[test]
fn which_records_are_taken() {
    let owned = "[[synchronization.offline_filter]]\nname = \"Mine\"\nrecord = \"contact\"\nwhere = [{ field = \"ownerid\", op = \"eq-user\" }]\n";
    let two = "[[mailbox]]\npath = \"A\"\nowner = \"systemuser:u-1\"\n[[mailbox]]\npath = \"B\"\nowner = \"systemuser:u-2\"\n";
    let of_b = |record: &str, rest: &str| {
        format!(
            "[[mailbox.synchronization.offline_filter]]\nrecord = \"{record}\"\n{rest}\nwhere = [{{ field = \"fullname\", op = \"begins-with\", value = \"K\" }}]\n"
        )
    };
    let team = "[[synchronization.offline_filter]]\nrecord = \"contact\"\nwhere = [{ field = \"ownerid\", op = \"eq\", value = \"team:t-1\" }]\n";
    let recent = "[[synchronization.offline_filter]]\nrecord = \"contact\"\nwhere = [{ field = \"createdon\", op = \"last-x-days\", value = 2 }]\n";
    let users = "[[synchronization.offline_filter]]\nrecord = \"systemuser\"\nwhere = [{ field = \"systemuserid\", op = \"eq\", value = \"u-2\" }]\n";
    let cases = [
        (
            "no filter",
            String::new(),
            &["c-1", "c-2", "c-3", "u-1", "u-2"][..],
        ),
        (
            "the owners of all mailboxes",
            format!("{owned}{two}"),
            &["c-1", "c-2", "u-1", "u-2"],
        ),
        (
            "another filter in one mailbox",
            format!("{owned}{two}{}", of_b("contact", "")),
            &["c-1", "u-1", "u-2"],
        ),
        (
            "no filter for the type in one mailbox",
            format!("{owned}{two}{}", of_b("lead", "")),
            &["c-1", "c-2", "c-3", "u-1", "u-2"],
        ),
        (
            "an inactive filter in one mailbox",
            format!("{owned}{two}{}", of_b("contact", "active = false")),
            &["c-1", "u-1", "u-2"],
        ),
        (
            "a team that is named by its id alone",
            team.into(),
            &["c-3", "u-1", "u-2"],
        ),
        (
            "the last days",
            recent.into(),
            &["c-2", "c-3", "u-1", "u-2"],
        ),
        ("users", users.into(), &["c-1", "c-2", "c-3", "u-2"]),
    ];
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1,ownerid,createdon\nc-1,Kim,kim@x.example,u-1,2026-02-27\nc-2,Bo,bo@x.example,u-2,2026-02-28\nc-3,Di,di@x.example,t-1,2026-03-02T07:00:00Z\n",
    );
    place.write(
        "book/systemuser.csv",
        "systemuserid,internalemailaddress\nu-1,ann@x.example\nu-2,uma@x.example\n",
    );
    place.write("book/team.csv", "teamid,name\nt-1,Team\n");
    for (case, options, want) in cases {
        place.write("options.toml", options);
        said(
            &place,
            "book build book --offline --options options.toml -o local.mtb --now 2026-03-02T08:00:00Z",
        );
        let mut command = place.command("resolve --book local.mtb --json");
        command.args(["kim", "bo", "di", "ann", "uma"].map(|name| format!("{name}@x.example")));
        let answers = ran(command).stdout;
        let sender = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            Some(row["sender"].as_str()?.split_once(':')?.1.to_owned())
        };
        let found: Vec<String> = answers.lines().filter_map(sender).collect();
        assert_eq!(found, want, "{case}");
    }
    let refused = [(
        owned.to_owned(),
        "the offline filter `Mine` asks for the mailbox's owner, and no mailbox has one",
    )];
    for (options, want) in refused {
        place.write("options.toml", options);
        let failed =
            ran(place.command("book build book --offline --options options.toml -o other.mtb"));
        assert_eq!(failed.status, 2);
        assert!(failed.stderr.contains(want), "{}", failed.stderr);
        assert!(!place.path("other.mtb").exists());
    }
}

#[test]
fn a_row_that_is_left_out_is_checked_as_any_other() {
    let place = place();
    let bad = CONTACTS.join("\n").replace("2026-01-02", "2.1.2026");
    place.write("book/contact.csv", bad);
    let failed =
        ran(place.command("book build book --offline --options options.toml -o local.mtb"));
    assert_eq!(failed.status, 2);
    assert!(
        failed
            .stderr
            .contains("book/contact.csv:3: createdon `2.1.2026`"),
        "{}",
        failed.stderr
    );
}

#[test]
fn a_record_that_was_created_stays_linked_where_the_crm_has_it_outside_of_the_book() {
    let place = place();
    place.write("only/contact.csv", [CONTACTS[0], CONTACTS[1]].join("\n"));
    let run = |book: &str| {
        said(
            &place,
            &format!("run mail --book {book} --options options.toml --out out"),
        )
    };
    run("only");
    said(
        &place,
        "book build book --offline --options options.toml -o local.mtb",
    );
    place.write(
        "mail/3.eml",
        "From: xaver@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <3@x>\n\nHi\n",
    );
    run("local.mtb");
    let last = lines(&place, "out", "decisions").pop().unwrap();
    let created = lines(&place, "out", "contacts");
    let xaver = created
        .iter()
        .find(|it| it["emailaddress1"] == "XAVER@fabrikam.example")
        .unwrap();
    assert_eq!(
        last["senderrecord"],
        format!("contact:{}", xaver["contactid"].as_str().unwrap())
    );
}
