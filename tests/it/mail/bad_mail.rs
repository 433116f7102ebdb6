//! Mail that cannot be named, found or opened.

use std::fs;

use crate::place::{Place, ran};
use crate::support::refusal::{MESSAGE, assert_refused};

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
    // The folder itself yields nothing, so the file above was read by its name.
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
