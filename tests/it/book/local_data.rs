//! Built books that follow their source: `local_data.interval`.

use std::fs;

use serde_json::Value;

use crate::place::{Place, Ran, ran, said};

const BEFORE: &str = "Record ID,Mail,city\nc-1,kim@x.example,Berlin\nc-2,bo@x.example,Bonn\n";
const AFTER: &str = "Record ID,Mail,city\nc-1,kim@x.example,Berlin\nc-9,new@x.example,Berlin\nc-8,far@x.example,Bonn\n";

/// A book that was built with other options than those of the runs, and whose source has changed since.
fn place() -> Place {
    let place = Place::new();
    place.write("book/contact.csv", BEFORE);
    place.write(
        "build.toml",
        "[book.columns.contact]\nid = \"Record ID\"\nemailaddress1 = \"Mail\"\n\
         [[synchronization.offline_filter]]\nname = \"Berlin\"\nrecord = \"contact\"\nwhere = [{ field = \"city\", op = \"eq\", value = \"berlin\" }]\n",
    );
    place.write("options.toml", "[local_data]\ninterval = \"0s\"\n");
    place.write(
        "mail/1.eml",
        "From: New <new@x.example>\nTo: ann@contoso.example\nMessage-ID: <1@x>\n\nHi\n",
    );
    said(
        &place,
        "book build book -o book.mtb --options build.toml --offline",
    );
    place.write("book/contact.csv", AFTER);
    place
}

fn run(place: &Place, more: &str) -> Ran {
    let ran = ran(place.command(&format!(
        "run mail --book book.mtb --out out --options options.toml {more}"
    )));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran
}

#[test]
fn a_book_whose_source_has_changed_is_built_again_as_it_was_built() {
    let place = place();
    let info = |key: &str| {
        let info: Value = serde_json::from_str(&said(&place, "book info book.mtb --json")).unwrap();
        info[key].clone()
    };
    assert_eq!(
        (info("sourcechanged"), info("records")["contact"].clone()),
        (true.into(), 1.into())
    );
    assert!(said(&place, "book info book.mtb").contains("\nits source has changed since\n"));
    let first = run(&place, "");
    let folder = place.path("book");
    let want = format!(
        "mailtrack: note: book.mtb: was built again, because its source, the folder {}, has changed since 20",
        folder.display()
    );
    assert!(first.stderr.starts_with(&want), "{}", first.stderr);
    assert_eq!(first.stderr.lines().count(), 1, "{}", first.stderr);
    let summary = place.summary();
    assert!(
        summary["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("book.mtb: was built again"),
        "{summary}"
    );
    assert_eq!(place.lines("decisions")[0]["senderrecord"], "contact:c-9");
    assert_eq!(
        (
            info("offline"),
            info("records")["contact"].clone(),
            info("leftoutaddresses")
        ),
        (true.into(), 2.into(), 1.into())
    );
    assert_eq!(info("sourcechanged"), false);
    assert!(
        place
            .names("")
            .iter()
            .all(|name| !name.starts_with(".mailtrack")),
        "{:?}",
        place.names("")
    );
    // Nothing has changed, so nothing is built.
    let built = info("builton");
    assert_eq!(run(&place, "").stderr, "");
    assert_eq!(info("builton"), built);
    // A file that is added or removed is a change too.
    place.write("book/lead.csv", "leadid\nl-1\n");
    assert!(run(&place, "").stderr.contains("was built again"));
    assert_eq!(info("records")["lead"], 1);
}

#[test]
fn only_a_book_that_is_older_than_the_interval_is_built_again() {
    let place = place();
    let before = fs::read(place.path("book.mtb")).unwrap();
    for text in [
        "",
        "[local_data]\ninterval = \"never\"\n",
        "[local_data]\ninterval = \"7 days\"\n",
    ] {
        place.write("options.toml", text);
        assert_eq!(run(&place, "").stderr, "", "{text}");
    }
    place.write("options.toml", "[local_data]\ninterval = \"7d\"\n");
    assert_eq!(run(&place, "--now 2020-01-01T00:00:00Z").stderr, "");
    assert!(fs::read(place.path("book.mtb")).unwrap() == before);
    assert!(
        run(&place, "--now 2100-01-01T00:00:00Z")
            .stderr
            .contains("was built again")
    );
}

#[test]
fn what_cannot_be_built_again_is_reported_and_used_as_it_is() {
    let place = place();
    let before = fs::read(place.path("book.mtb")).unwrap();
    place.write(
        "book/contact.csv",
        format!("{AFTER},nobody@x.example,Berlin\n"),
    );
    let failed = run(&place, "");
    assert_eq!(failed.stderr.lines().count(), 1, "{}", failed.stderr);
    for want in [
        "mailtrack: warning: book.mtb: is used as it was built 20",
        "it cannot be built again: ",
        "book/contact.csv:5: a contact without an id",
    ] {
        assert!(failed.stderr.contains(want), "{want}: {}", failed.stderr);
    }
    assert_eq!(place.summary()["warnings"].as_array().unwrap().len(), 1);
    fs::remove_dir_all(place.path("book")).unwrap();
    let gone = run(&place, "");
    assert!(
        gone.stderr.contains("its source, the folder ") && gone.stderr.contains(", is gone"),
        "{}",
        gone.stderr
    );
    assert!(said(&place, "book info book.mtb").contains("\nits source is gone\n"));
    fs::create_dir(place.path("book")).unwrap();
    let empty = run(&place, "");
    assert!(
        empty.stderr.contains("has no record files"),
        "{}",
        empty.stderr
    );
    assert!(fs::read(place.path("book.mtb")).unwrap() == before);
}

#[test]
fn what_writes_nothing_reports_that_the_book_is_old() {
    let place = place();
    let before = fs::read(place.path("book.mtb")).unwrap();
    for arguments in [
        "run mail --book book.mtb --options options.toml --dry-run",
        "explain mail/1.eml --book book.mtb --options options.toml",
        "resolve kim@x.example --book book.mtb --options options.toml",
        "compare mail --book book.mtb --options build.toml --options options.toml",
    ] {
        let ran = ran(place.command(arguments));
        assert_eq!(ran.status, 0, "{arguments}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{arguments}: {}", ran.stderr);
        assert!(
            ran.stderr
                .contains("has changed since; the next `run` builds it again"),
            "{arguments}: {}",
            ran.stderr
        );
    }
    assert!(fs::read(place.path("book.mtb")).unwrap() == before);
}
