//! `run --rebuild-state` if lines were cut off or altered, and if mail is gone or was added.

use std::fs;

use crate::place::ran;
use crate::support::rebuilding::{
    ALL, NOW, assert_same_state, copy, dump, good, lines, message, place, rebuild,
};

#[test]
fn what_was_not_written_to_its_end_is_cut_off_and_decided_again() {
    let place = place("[email]\ntrack = \"all\"\ncreate_skip = []\n");
    copy(&place.path("out"), &place.path("whole"));
    let before = lines(&place, "out");
    // The remaining percentage of each file, or the text that is added to it.
    let cases: [&[(&str, usize, &str)]; 12] = [
        &[("decisions", 100, "{\"source\":")],
        &[("emails", 100, "{")],
        &[("activityparties", 100, "{\"activityid\":\"x")],
        &[
            ("updates", 100, "{"),
            ("failures", 100, "{\"so"),
            ("leads", 100, "{"),
            ("duplicates", 100, "{"),
        ],
        &[("decisions", 40, "")],
        &[("emails", 40, "")],
        &[("activityparties", 97, "")],
        &[("activityparties", 30, "")],
        &[("contacts", 50, "")],
        &[("contacts", 0, "")],
        &[
            ("decisions", 70, ""),
            ("emails", 60, ""),
            ("activityparties", 65, ""),
            ("contacts", 0, ""),
        ],
        &[
            ("decisions", 0, ""),
            ("emails", 55, ""),
            ("activityparties", 50, ""),
            ("contacts", 90, ""),
        ],
    ];
    for (case, state) in cases
        .iter()
        .flat_map(|case| [(case, None), (case, Some("no state".repeat(1000)))])
    {
        fs::remove_dir_all(place.path("out")).unwrap();
        copy(&place.path("whole"), &place.path("out"));
        match state {
            None => fs::remove_file(place.path("out/state.db")).unwrap(),
            Some(text) => fs::write(place.path("out/state.db"), text).unwrap(),
        }
        for (name, hundredths, added) in *case {
            let path = place.path(&format!("out/{name}.jsonl"));
            let bytes = fs::read(&path).unwrap();
            let left = &bytes[..bytes.len() * hundredths / 100];
            fs::write(&path, [left, added.as_bytes()].concat()).unwrap();
        }
        let ran = rebuild(&place, "");
        good(&ran);
        assert!(
            ran.stderr
                .contains("note: out: what was not written to its end is cut off from "),
            "{case:?}: {}",
            ran.stderr
        );
        assert!(lines(&place, "out") == before, "{case:?}");
        good(&place.run(&format!("--options o.toml {NOW} --recheck")));
        assert!(lines(&place, "out") == before, "{case:?}");
    }
}

#[test]
fn lines_that_no_run_has_written_are_refused_and_nothing_changes() {
    let place = place(ALL);
    fs::remove_file(place.path("out/state.db")).unwrap();
    let swapped = |text: &str| {
        let (first, rest) = text.split_once('\n').unwrap();
        let (second, rest) = rest.split_once('\n').unwrap();
        format!("{second}\n{first}\n{rest}")
    };
    let garbled = |text: &str| text.replacen(':', "\n", 1);
    let id = |text: &str| text.replacen("\"activityid\":\"", "\"activityid\":\"no", 1);
    type Edit<'e> = &'e dyn Fn(&str) -> String;
    let cases: [(&str, Edit<'_>, &str); 9] = [
        (
            "decisions",
            &garbled,
            "decisions.jsonl:1: is not as mailtrack wrote it: ",
        ),
        (
            "emails",
            &garbled,
            "emails.jsonl:1: is not as mailtrack wrote it: ",
        ),
        (
            "activityparties",
            &garbled,
            "activityparties.jsonl:1: is not as",
        ),
        ("contacts", &garbled, "contacts.jsonl:1: is not as"),
        ("failures", &garbled, "failures.jsonl:1: is not as"),
        (
            "emails",
            &swapped,
            "emails.jsonl:1: is not as mailtrack wrote it: it is not the activity of line ",
        ),
        ("emails", &id, "is not the id of an activity"),
        (
            "emails",
            &|text| format!("{text}{text}"),
            "the activity is there twice",
        ),
        (
            "activityparties",
            &|text| format!("{text}{}\n", text.lines().next().unwrap()),
            "the parties are not in the order of the activities",
        ),
    ];
    for (name, edit, want) in cases {
        let path = place.path(&format!("out/{name}.jsonl"));
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, edit(&whole)).unwrap();
        let before = lines(&place, "out");
        let ran = rebuild(&place, "");
        assert_eq!(
            (ran.status, ran.stderr.lines().count()),
            (2, 1),
            "{want}: {}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains(want) && ran.stderr.contains("nothing was changed"),
            "{want}: {}",
            ran.stderr
        );
        assert!(lines(&place, "out") == before && !place.path("out/state.db").exists());
        fs::write(&path, whole).unwrap();
    }
    good(&rebuild(&place, ""));
}

#[test]
fn mail_that_is_gone_stays_decided() {
    let place = place(ALL);
    let (want, before) = (dump(&place.path("out/state.db")), lines(&place, "out"));
    fs::rename(place.path("mail/Inbox"), place.path("gone")).unwrap();
    // A message that is missing and gone cannot be decided again.
    fs::remove_file(place.path("out/state.db")).unwrap();
    let emails = fs::read(place.path("out/emails.jsonl")).unwrap();
    fs::write(place.path("out/emails.jsonl"), &emails[..emails.len() / 2]).unwrap();
    let ran = rebuild(&place, "");
    assert_eq!(
        (ran.status, ran.stderr.lines().count()),
        (2, 1),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .contains("out: the files lack what belongs to the last ")
            && ran
                .stderr
                .contains("the mail that was given does not have it; nothing was changed"),
        "{}",
        ran.stderr
    );
    assert!(!place.path("out/state.db").exists());
    fs::write(place.path("out/emails.jsonl"), &emails).unwrap();
    good(&rebuild(&place, ""));
    assert!(lines(&place, "out") == before);
    let found = dump(&place.path("out/state.db"));
    for name in [
        "activity",
        "created",
        "token",
        "conversation",
        "failure",
        "counter",
        "output",
    ] {
        assert_eq!(found[name], want[name], "{name}");
    }
    // The mail is back.
    fs::rename(place.path("gone"), place.path("mail/Inbox")).unwrap();
    good(&place.run(&format!("--options o.toml {NOW}")));
    assert!(lines(&place, "out") == before);
}

#[test]
fn a_message_without_an_id_that_is_gone_is_reported() {
    let place = place("");
    fs::remove_file(place.path("mail/Inbox/nameless.eml")).unwrap();
    fs::remove_file(place.path("out/state.db")).unwrap();
    let ran = rebuild(&place, "");
    good(&ran);
    assert!(
        ran.stderr.contains("warning: 1 decision is of a message without a Message-ID that the mail does not have any more"),
        "{}",
        ran.stderr
    );
}

#[test]
fn mail_that_cannot_be_read_just_now_is_not_taken_for_gone() {
    let place = place("");
    let (want, before) = (dump(&place.path("out/state.db")), lines(&place, "out"));
    fs::remove_file(place.path("out/state.db")).unwrap();
    place.permit("out", 0o755);
    for name in place.names("out") {
        place.permit(&format!("out/{name}"), 0o644);
    }
    for (name, mode) in [("mail/Inbox/nameless.eml", 0o644), ("mail/Inbox", 0o755)] {
        place.permit(name, 0);
        let ran = place.run_bound(&format!("--options o.toml {NOW} --rebuild-state"));
        assert_eq!(
            (ran.status, ran.stderr.lines().count()),
            (1, 1),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr
                .contains("cannot be read now, and may hold messages that were decided"),
            "{}",
            ran.stderr
        );
        assert!(!place.path("out/state.db").exists());
        place.permit(name, mode);
    }
    good(&rebuild(&place, ""));
    assert_same_state(&place.path("out/state.db"), &want, "readable again");
    assert!(lines(&place, "out") == before);
}

#[test]
fn mail_that_has_come_since_is_decided_as_with_the_old_state() {
    let place = place(ALL);
    copy(&place.path("out"), &place.path("intact"));
    let late = "Message-ID: <late@x.example>\nIn-Reply-To: <a1@x.example>";
    place.write("mail/Inbox/late.eml", message(50, late));
    let mut grown = fs::read(place.path("mail/box.mbox")).unwrap();
    grown.extend(
        format!(
            "From x@y Mon Mar  2 09:30:00 2026\n{}\n",
            message(51, "Message-ID: <b51@x.example>")
        )
        .bytes(),
    );
    place.write("mail/box.mbox", grown);
    fs::rename(
        place.path("mail/Md/cur/1.host:2,S"),
        place.path("mail/Md/cur/1.host:2,RS"),
    )
    .unwrap();
    fs::rename(
        place.path("mail/Md/new/2.host"),
        place.path("mail/Md/cur/2.host:2,"),
    )
    .unwrap();
    fs::remove_file(place.path("out/state.db")).unwrap();
    good(&rebuild(&place, ""));
    good(&ran(place.command(&format!(
        "run mail --book book --options o.toml {NOW} --out intact"
    ))));
    assert!(lines(&place, "out") == lines(&place, "intact"));
    let decisions = place.lines("decisions");
    assert_eq!(decisions.len(), 26);
}
