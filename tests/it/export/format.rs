//! `run --format`: the tables in another format beside the JSON lines, rewritten by each run.

use std::fs;

use serde_json::Value;

use crate::place::{Place, Ran, ran};

const MAIL: &str =
    "From: kim@fabrikam.example\nTo: ann@contoso.example\nSubject: =1\nMessage-ID: <1@x>\n\nx\n";

fn place() -> Place {
    let place = Place::new();
    place.write("mail/1.eml", MAIL);
    place
}

#[track_caller]
fn good(ran: Ran) -> Ran {
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
    ran
}

fn count(place: &Place, file: &str) -> usize {
    let mut reader = csv::Reader::from_path(place.path(file)).unwrap();
    reader.records().map(Result::unwrap).count()
}

#[test]
fn every_run_writes_all_rows_of_the_folder() {
    let place = place();
    good(place.run("--format csv"));
    assert_eq!(count(&place, "out/emails.csv"), 1);
    let text = fs::read_to_string(place.path("out/emails.csv")).unwrap();
    assert!(text.contains(",'=1,"), "{text}");
    place.write("mail/2.eml", MAIL.replace("<1@x>", "<2@x>"));
    good(place.run("--format csv"));
    assert_eq!(count(&place, "out/emails.csv"), 2);
    // No mail is new, and the lost file is written again.
    fs::remove_file(place.path("out/emails.csv")).unwrap();
    good(place.run("--format csv --recheck"));
    assert_eq!(count(&place, "out/emails.csv"), 2);
    assert_eq!(place.lines("emails").len(), 2);
    assert_eq!(place.lines("decisions").len(), 2);
    good(ran(place.command("export out --to csv -o sheets")));
    for name in ["emails", "decisions", "failed"] {
        let read = |folder: &str| fs::read(place.path(&format!("{folder}/{name}.csv"))).unwrap();
        assert!(read("out") == read("sheets"), "{name}");
    }
}

#[test]
fn the_json_lines_and_the_state_are_as_without_it() {
    let (with, without) = (place(), place());
    good(with.run("--format csv"));
    good(without.run(""));
    for name in without.names("out") {
        let read = |place: &Place| fs::read(place.path(&format!("out/{name}"))).unwrap();
        if name.ends_with(".jsonl") {
            assert!(read(&with) == read(&without), "{name}");
        }
    }
    assert!(without.names("out").iter().all(|it| !it.ends_with(".csv")));
}

#[test]
fn what_a_plain_run_has_not_brought_up_to_date_is_reported() {
    let place = place();
    good(place.run("--format csv"));
    let later = place.run("");
    assert_eq!(
        (later.status, &*later.stderr),
        (
            0,
            "mailtrack: warning: out/emails.csv: as an earlier run has written it; --format csv brings it up to date\n"
        )
    );
    good(place.run("--format csv"));
}

#[test]
fn a_dry_run_writes_none_and_an_unknown_form_is_refused() {
    let place = place();
    good(place.run("--format csv --dry-run"));
    assert!(!place.path("out").exists());
    let ran = place.run("--format xml");
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("[possible values: csv, parquet]"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_form_that_cannot_be_written_leaves_a_run_that_counts() {
    let place = place();
    fs::create_dir_all(place.path("out/emails.csv")).unwrap();
    let ran = place.run("--format csv");
    assert_eq!((ran.status, ran.stderr.lines().count()), (1, 1));
    let says = "mailtrack: out/emails.csv: cannot be written: is a folder; name a file in it; all else of the run is written, ";
    assert!(ran.stderr.starts_with(says), "{}", ran.stderr);
    assert_eq!(place.lines("emails").len(), 1);
    assert!(
        place
            .names("out")
            .iter()
            .all(|it| !it.starts_with(".mailtrack-export-"))
    );
    fs::remove_dir(place.path("out/emails.csv")).unwrap();
    good(place.run("--format csv"));
    assert_eq!(count(&place, "out/emails.csv"), 1);
    let summary: Value =
        serde_json::from_str(&fs::read_to_string(place.path("out/summary.json")).unwrap()).unwrap();
    assert_eq!(summary["messages"]["seen"], 1);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_too() {
    let place = place();
    good(place.run("--format parquet"));
    good(ran(place.command("export out --to parquet -o tables")));
    for name in ["emails", "decisions"] {
        let read =
            |folder: &str| fs::read(place.path(&format!("{folder}/{name}.parquet"))).unwrap();
        assert!(read("out") == read("tables"), "{name}");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_so_before_anything_is_done() {
    let place = place();
    let ran = place.run("--format parquet");
    let says = "mailtrack: this mailtrack was built without Parquet; build it with `cargo build --release --features parquet`\n";
    assert_eq!((ran.status, &*ran.stderr), (2, says));
    assert!(!place.path("out").exists());
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_build_without_postgres_says_so() {
    let place = place();
    good(place.run(""));
    let ran = ran(place.command("export out --to postgres -o postgres://localhost/x"));
    let says = "mailtrack: this mailtrack was built without PostgreSQL; build it with `cargo build --release --features postgres`\n";
    assert_eq!((ran.status, &*ran.stderr), (2, says));
}
