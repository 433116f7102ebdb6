//! Filters: what `book info --filters` prints, and that a folder and a built book pass the same records.

use std::fs;

use serde_json::Value;

use crate::place::{Place, ran, said};

/// Creates contacts of two users, with columns that only filters use.
fn place() -> Place {
    let place = Place::new();
    place.write(
        "book/contact.csv",
        "contactid,fullname,emailaddress1,ownerid,city,revenue\n\
         c-1,Kim Abel,kim@fabrikam.example,u-1,Berlin,900\n\
         c-2,Bo Cole,bo@fabrikam.example,systemuser:u-2,BERLIN,1000\n\
         c-3,Di Dorn,di@fabrikam.example,u-2,,\n",
    );
    place.write(
        "book/systemuser.csv",
        "systemuserid,internalemailaddress\nu-1,ann@contoso.example\nu-2,uma@contoso.example\n",
    );
    // The only column is the id: its records have no cells, but those of the next type do.
    place.write(
        "book/audit.csv",
        "id,email\na-1,a1@x.example\na-2,a2@x.example\n",
    );
    place.write("options.toml", OPTIONS);
    place
}

const OPTIONS: &str = r#"
[email]
track = "all"
create = "none"
[address_book]
contacts = "synchronized"
[[synchronization.filter]]
name = "Berlin"
record = "contact"
where = [{ field = "city", op = "eq", value = "berlin" }, { field = "revenue", op = "ge", value = 1000 }]
[[synchronization.filter]]
name = "Mine"
record = "contact"
where = [{ field = "ownerid", op = "eq-user" }]
[[synchronization.filter]]
name = "Nobody"
record = "contact"
active = false
where = [{ field = "city", op = "null" }]
[[synchronization.offline_filter]]
name = "No one"
record = "systemuser"
where = [{ field = "fullname", op = "not-null" }]
[[mailbox]]
path = "A"
owner = "systemuser:u-1"
[[mailbox]]
path = "B"
owner = "systemuser:u-2"
[[mailbox.synchronization.filter]]
name = "Rest"
record = "contact"
where = { any = [{ field = "city", op = "null" }, { field = "revenue", op = "lt", value = "1000" }] }
"#;

#[test]
fn info_reports_how_many_records_pass_each_filter() {
    let place = place();
    said(&place, "book build book -o book.mtb");
    for book in ["book", "book.mtb"] {
        let words = said(
            &place,
            &format!("book info {book} --filters --options options.toml"),
        );
        let told = words.split_once("filters:\n").unwrap().1;
        assert_eq!(
            told,
            "  online `Berlin` (contact): 1 of 3 records pass\n  \
             online `Nobody` (contact): 1 of 3 records would pass, but it is not active\n  \
             offline `No one` (systemuser): 0 of 2 records pass\n  \
             online `Mine` (contact, mailbox `A`): 1 of 3 records pass\n  \
             online `Rest` (contact, mailbox `B`): 2 of 3 records pass\n",
            "{book}"
        );
        let json = said(
            &place,
            &format!("book info {book} --filters --options options.toml --json"),
        );
        let info: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            info["filters"][3],
            serde_json::json!({
                "filter": "Mine", "of": "synchronization.filter", "record": "contact", "active": true,
                "mailbox": "A", "passes": 1, "records": 3
            })
        );
        let warned = ran(place.command(&format!(
            "book info {book} --filters --options options.toml"
        )));
        assert!(
            warned
                .stderr
                .contains("the filter `No one` asks for the column `systemuser.fullname`"),
            "{}",
            warned.stderr
        );
    }
    place.write("none.toml", "[[mailbox]]\nowner = \"systemuser:u-2\"\n");
    let words = said(&place, "book info book --filters --options none.toml");
    let want = "filters:\n  online `active contacts that I own, by default` (contact, all mail): 2 of 3 records pass\n";
    assert!(words.ends_with(want), "{words}");
    assert!(!said(&place, "book info book").contains("filters"));
    assert!(said(&place, "book info book --filters").ends_with("filters: none\n"));
}

#[test]
fn a_check_against_a_book_reports_columns_that_no_record_has() {
    let place = place();
    place.write(
        "options.toml",
        OPTIONS.replace("\"revenue\"", "\"turnover\""),
    );
    let checked = ran(place.command("options check options.toml --book book"));
    assert_eq!(checked.status, 0, "{}", checked.stderr);
    let want = "the filter `Berlin` asks for the column `contact.turnover`, which no record has, so that its cells are empty; there are `contactid`, `fullname`, `emailaddress1`, `ownerid`, `city`, `revenue`";
    assert!(checked.stderr.contains(want), "{}", checked.stderr);
}

#[test]
fn ids_are_named_by_either_name() {
    let place = place();
    let filter = |field: &str| {
        format!(
            "[[synchronization.offline_filter]]\nname = \"{field}\"\nrecord = \"audit\"\nwhere = [{{ field = \"{field}\", op = \"eq\", value = \"a-2\" }}]\n"
        )
    };
    for field in ["id", "auditid"] {
        place.write("options.toml", filter(field));
        let told = ran(place.command("book info book --filters --options options.toml"));
        assert!(
            told.stdout.ends_with("(audit): 1 of 2 records pass\n"),
            "{}",
            told.stdout
        );
        assert_eq!(told.stderr, "", "{field}");
        said(
            &place,
            "book build book --offline --options options.toml -o local.mtb",
        );
        let told = said(
            &place,
            "book info local.mtb --filters --options options.toml",
        );
        assert!(told.ends_with("(audit): 1 of 1 records pass\n"), "{told}");
    }
}

#[test]
fn info_counts_days_from_now() {
    let place = place();
    place.write(
        "book/contact.csv",
        "contactid,emailaddress1,lastmet\nc-1,kim@x.example,2026-03-01\nc-2,bo@x.example,2026-03-08\n",
    );
    place.write(
        "options.toml",
        "[[synchronization.filter]]\nname = \"Met\"\nrecord = \"contact\"\nwhere = [{ field = \"lastmet\", op = \"last-x-days\", value = 5 }]\n",
    );
    for (now, want) in [("2026-03-10", 1), ("2026-03-05", 1), ("2026-04-10", 0)] {
        let arguments =
            format!("book info book --filters --options options.toml --now {now}T08:00:00Z");
        let want = format!("`Met` (contact): {want} of 2 records pass\n");
        assert!(said(&place, &arguments).ends_with(&want), "{now}");
    }
}

#[test]
fn a_folder_and_a_built_book_pass_the_same() {
    let place = place();
    said(&place, "book build book -o book.mtb");
    let to = "kim@fabrikam.example, bo@fabrikam.example, di@fabrikam.example";
    for mailbox in ["A", "B"] {
        let message =
            format!("From: x@y.example\nTo: {to}\nMessage-ID: <{mailbox}@x>\nSubject: Hi\n\nHi\n");
        place.write(&format!("mail/{mailbox}/1.eml"), message);
    }
    let linked = |book: &str| {
        let out = book.replace("book", "out");
        said(
            &place,
            &format!("run mail --book {book} --options options.toml --out {out}"),
        );
        fs::read_to_string(place.path(&format!("{out}/activityparties.jsonl"))).unwrap()
    };
    let of_folder = linked("book");
    assert_eq!(of_folder, linked("book.mtb"));
    let resolved: Vec<&str> = of_folder
        .lines()
        .filter_map(|line| line.split_once("\"partyid\":\"contact:")?.1.get(..3))
        .collect();
    assert_eq!(resolved, ["c-1", "c-2", "c-1", "c-3"]);
    for (mailbox, want) in [("A", "contact:c-2"), ("B", "none")] {
        let asked = format!(
            "resolve --book book.mtb --options options.toml --mailbox {mailbox} bo@fabrikam.example"
        );
        let answer = said(&place, &asked);
        assert!(answer.contains(&format!("as sender {want};")), "{answer}");
    }
    let explained = said(
        &place,
        "explain mail/B/1.eml --mail mail --book book.mtb --options options.toml",
    );
    assert!(
        explained.contains("a contact that no active synchronization filter of the mailbox passes"),
        "{explained}"
    );
}
