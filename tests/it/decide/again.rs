//! `--again`: decides again what was decided with other options or another book, and nothing else.

use serde_json::Value;

use crate::place::Place;

const NONE: &str = "[email]\ncreate = \"none\"\nblocklist = [\"@spam.example\"]\n";

fn message(from: &str, id: &str) -> String {
    let head = if id.is_empty() {
        String::new()
    } else {
        format!("Message-ID: <{id}@x.example>\n")
    };
    format!("From: {from}\nTo: ann@contoso.example\nSubject: {from}\n{head}\nHi\n")
}

fn place() -> Place {
    let place = Place::new();
    place.write("o.toml", NONE);
    for (name, from, id) in [
        ("a", "stranger@nowhere.example", "a"),
        ("b", "sue@spam.example", "b"),
        ("c", "ann@contoso.example", "c"),
        ("d", "kim@fabrikam.example", "d"),
        ("copy", "kim@fabrikam.example", "d"),
        ("e", "", "e"),
        ("f", "bo@nowhere.example", ""),
    ] {
        place.write(&format!("mail/Inbox/{name}.eml"), message(from, id));
    }
    place.write(
        "mail/box.mbox",
        format!(
            "From x@y Mon Mar  2 09:30:00 2026\n{}\n",
            message("cy@nowhere.example", "g")
        ),
    );
    place
}

/// Runs, and returns the number of new lines of decisions and the summary's count of messages decided under others.
fn added(place: &Place, more: &str) -> (usize, Value) {
    let lines = || std::fs::read_to_string(place.path("out/decisions.jsonl")).unwrap_or_default();
    let before = lines().lines().count();
    let ran = place.run(more);
    assert_eq!(ran.status, 0, "{more}: {}", ran.stderr);
    let summary = std::fs::read(place.path("out/summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    (
        lines().lines().count() - before,
        summary["decidedunderothers"].clone(),
    )
}

#[test]
fn what_these_options_and_this_book_have_decided_stays() {
    let place = place();
    assert_eq!(added(&place, "--options o.toml"), (8, 0.into()));
    for more in [
        "--again",
        "--again --recheck",
        "--again --body none",
        "--again --threads 1",
        "",
    ] {
        assert_eq!(
            added(&place, &format!("--options o.toml {more}")),
            (0, 0.into()),
            "{more}"
        );
    }
    let said = place.run("--options o.toml --again --dry-run").stdout;
    assert!(
        said.contains("8 seen before, 0 tracked, 0 not tracked, 0 duplicates"),
        "{said}"
    );
}

#[test]
fn only_what_others_have_decided_is_decided_anew() {
    let place = place();
    place.write("all.toml", format!("{NONE}track = \"responses\"\n"));
    assert_eq!(added(&place, "--options o.toml"), (8, 0.into()));
    // New mail is decided with the new options; then only old mail is decided again, once each.
    place.write("mail/Inbox/new.eml", message("new@nowhere.example", "new"));
    assert_eq!(added(&place, "--options all.toml"), (1, 8.into()));
    // One is tracked and one is its duplicate; both are final.
    assert_eq!(added(&place, "--options all.toml --again"), (6, 2.into()));
    assert_eq!(added(&place, "--options all.toml --again"), (0, 2.into()));
    // Back to the first options: now the other decisions are old.
    assert_eq!(added(&place, "--options o.toml --again"), (7, 0.into()));
    assert_eq!(added(&place, "--options o.toml --again"), (0, 0.into()));
    // Another book.
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\nc-2,Bo,bo@nowhere.example\n",
    );
    let (count, _) = added(&place, "--options o.toml --again");
    assert_eq!(count, 7);
    assert_eq!(added(&place, "--options o.toml --again").0, 0);
}

#[test]
fn a_changed_folder_rule_still_applies_to_what_stands() {
    let place = place();
    place.write(
        "book/account.csv",
        "accountid,name,emailaddress1\na-1,Fabrikam,info@fabrikam.example\n",
    );
    assert_eq!(added(&place, "--options o.toml").0, 8);
    let rule = "[[email.folder]]\npath = \"Inbox\"\nregarding = \"account:a-1\"\n";
    place.write("rule.toml", format!("{NONE}{rule}"));
    assert_eq!(place.run("--options rule.toml --again").status, 0);
    let updates = place.lines("updates");
    assert!(
        updates
            .iter()
            .any(|it| it["regardingobjectid"] == "account:a-1"),
        "{updates:?}"
    );
    let before = updates.len();
    assert_eq!(place.run("--options rule.toml --again").status, 0);
    assert_eq!(place.lines("updates").len(), before);
}

#[test]
fn other_rules_are_other_options() {
    let place = place();
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    for entry in std::fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        place.write(&format!("rules/{name}"), std::fs::read(&path).unwrap());
    }
    assert_eq!(added(&place, "--options o.toml"), (8, 0.into()));
    assert_eq!(
        added(&place, "--options o.toml --rules rules"),
        (0, 8.into())
    );
    assert_eq!(added(&place, "--options o.toml --rules rules --again").0, 6);
    assert_eq!(added(&place, "--options o.toml --rules rules --again").0, 0);
    place.write("rules/role-accounts.txt", "stranger\n");
    assert_eq!(added(&place, "--options o.toml --rules rules --again").0, 6);
}
