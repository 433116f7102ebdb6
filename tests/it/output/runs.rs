//! Repeated runs: what is seen, what is recognized and what is decided again.

use std::fs;

use rusqlite::Connection;

use crate::place::{Place, ran};
use crate::support::running::{ALL, counts, fill, message, output, run};

#[test]
fn a_second_run_adds_nothing_and_a_third_only_what_is_new() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..40);
    place.write(
        "mail/box.mbox",
        format!("From a@x Mon Mar  2 09:30:00 2026\n{}\n", message(500)),
    );
    place.write("mail/In/cur/1.x:2,S", message(501));
    fs::create_dir_all(place.path("mail/In/new")).unwrap();
    place.write("mail/broken.eml", "");
    place.write("mail/notes.pdf", "%PDF");
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [42, 0, 0, 0, 1]);
    let first = output(&place.path("out"));
    for more in ["", "--recheck", "--threads 1", "--again"] {
        run(&place, &format!("--options o.toml {more}"));
        assert_eq!(counts(&place), [0, 0, 0, 42, 1], "{more}");
        assert!(output(&place.path("out")) == first, "{more}");
    }
    // A message of a Maildir is read and flagged, and a message is added to an mbox: the old ones are still seen.
    fs::rename(
        place.path("mail/In/cur/1.x:2,S"),
        place.path("mail/In/cur/1.x:2,RS"),
    )
    .unwrap();
    let two = format!(
        "From a@x Mon Mar  2 09:30:00 2026\n{}\nFrom a@x Mon Mar  2 09:30:00 2026\n{}\n",
        message(500),
        message(502)
    );
    place.write("mail/box.mbox", two);
    fill(&place, 40..45);
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [6, 0, 0, 42, 1]);
    for (after, before) in output(&place.path("out")).iter().zip(&first) {
        assert!(after.1.starts_with(&before.1), "{}", after.0);
    }
    assert_eq!(place.lines("decisions").len(), 48);
}

#[test]
fn with_a_state_of_an_earlier_version_files_are_opened_again_and_nothing_is_decided_anew() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..5);
    place.write("mail/notes.pdf", "%PDF");
    run(&place, "--options o.toml");
    let first = output(&place.path("out"));
    let version_3 = "
        DROP TABLE files;
        DROP TABLE given;
        CREATE TABLE file (place INTEGER PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, messages INTEGER);
        INSERT INTO file VALUES (7, 7, 7, 7);
        PRAGMA user_version = 3;
    ";
    place.alter_state(|state| state.execute_batch(version_3).unwrap());
    for more in ["--dry-run", "", ""] {
        let ran = place.run(&format!("--options o.toml {more}"));
        assert_eq!((ran.status, &*ran.stderr), (0, ""), "{more}");
        assert!(output(&place.path("out")) == first, "{more}");
    }
    assert_eq!(counts(&place), [0, 0, 0, 5, 0]);
    let state = Connection::open(place.path("out/state.db")).unwrap();
    let known: i64 = state
        .query_row("SELECT sum(length(files)) FROM files", [], |row| row.get(0))
        .unwrap();
    assert_eq!(known, 6 * 28);
}

#[test]
fn a_message_that_stands_twice_in_a_maildir_is_seen_twice_in_every_run() {
    let place = Place::new();
    place.write("o.toml", ALL);
    place.write("mail/In/new/1.x", message(0));
    place.write("mail/In/cur/1.x:2,S", message(0) + "longer");
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [1, 0, 1, 0, 0]);
    for _ in 0..3 {
        run(&place, "--options o.toml");
        assert_eq!(counts(&place), [0, 0, 0, 2, 0]);
    }
}

#[test]
fn a_reply_finds_what_an_earlier_run_tracked_and_a_sender_what_it_created() {
    let place = Place::new();
    place.write("o.toml", "[email]\ntrack = \"all\"\n");
    place.write("mail/1.eml", message(0));
    run(&place, "--options o.toml");
    let created = place.lines("contacts");
    assert_eq!(created.len(), 1);
    place.write(
        "mail/2.eml",
        message(1).replace("p1@customer1", "p0@customer0"),
    );
    run(&place, "--options o.toml");
    let emails = place.lines("emails");
    assert_eq!(emails[1]["correlationmethod"], 3);
    assert_eq!(emails[1]["correlatedactivityid"], emails[0]["activityid"]);
    let contact = format!("contact:{}", created[0]["contactid"].as_str().unwrap());
    assert_eq!(
        place.lines("decisions")[1]["senderrecord"],
        contact.as_str()
    );
    assert_eq!(place.lines("contacts").len(), 1);
    // When the book has the address, its record takes the place of the created one (R11).
    place.write(
        "book/lead.csv",
        "leadid,emailaddress1\nl-1,p0@customer0.example\n",
    );
    place.write(
        "mail/3.eml",
        message(6).replace("p6@customer6", "p0@customer0"),
    );
    run(&place, "--options o.toml");
    assert_eq!(place.lines("decisions")[2]["senderrecord"], "lead:l-1");
}

#[test]
fn a_copy_elsewhere_is_a_duplicate_of_an_earlier_runs_message() {
    let place = Place::new();
    place.write("o.toml", "[email]\ntrack = \"all\"\n[[email.folder]]\npath = \"Deals\"\nregarding = \"contact:c-1\"\n");
    place.write("mail/In/1.eml", message(0));
    run(&place, "--options o.toml");
    let id = place.lines("emails")[0]["activityid"].clone();
    place.write("mail/Deals/1.eml", message(0));
    run(&place, "--options o.toml");
    let decisions = place.lines("decisions");
    assert_eq!(
        (&decisions[1]["reason"], &decisions[1]["activityid"]),
        (&"Duplicate".into(), &id)
    );
    let updates = place.lines("updates");
    assert_eq!(updates.len(), 1);
    assert_eq!(
        (&updates[0]["activityid"], &updates[0]["regardingobjectid"]),
        (&id, &"contact:c-1".into())
    );
    // The same folder again, or another folder of the same mailbox with another record (R5).
    place.write("mail/Deals/2.eml", message(0));
    run(&place, "--options o.toml");
    assert_eq!(place.lines("updates").len(), 1);
    place.write("o.toml", "[email]\ntrack = \"all\"\n[[email.folder]]\npath = \"Won\"\nregarding = \"systemuser:u-1\"\n");
    place.write("mail/Won/1.eml", message(0));
    run(&place, "--options o.toml");
    assert_eq!(
        place.lines("updates")[1]["regardingobjectid"],
        "systemuser:u-1"
    );
    // A reply inherits the last folder's record.
    place.write("mail/In/2.eml", message(1));
    run(&place, "--options o.toml");
    assert_eq!(
        place.lines("emails")[1]["regardingobjectid"],
        "systemuser:u-1"
    );
}

#[test]
fn what_was_not_tracked_is_decided_again_on_request() {
    let place = Place::new();
    place.write("o.toml", "[email]\ntrack = \"none\"\n");
    fill(&place, 0..4);
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [0, 4, 0, 0, 0]);
    place.write(
        "o.toml",
        "[email]\ntrack = \"all\"\n[[email.folder]]\npath = \"00\"\nregarding = \"contact:c-1\"\n",
    );
    let told = place.run("--options o.toml");
    assert!(
        told.stdout
            .contains("4 messages keep the decisions of earlier runs"),
        "{}",
        told.stdout
    );
    assert_eq!(counts(&place), [0, 0, 0, 4, 0]);
    run(&place, "--options o.toml --again");
    assert_eq!(counts(&place), [4, 0, 0, 0, 0]);
    let again = place.run("--options o.toml --again");
    assert!(
        !again.stdout.contains("keep the decisions of earlier runs"),
        "{}",
        again.stdout
    );
    assert_eq!(counts(&place), [0, 0, 0, 4, 0]);
    // A changed rule of a folder is applied to tracked messages.
    place.write("o.toml", "[email]\ntrack = \"all\"\n[[email.folder]]\npath = \"00\"\nregarding = \"systemuser:u-1\"\n");
    run(&place, "--options o.toml");
    assert_eq!(place.lines("updates").len(), 0);
    run(&place, "--options o.toml --again");
    assert_eq!(place.lines("updates").len(), 4);
    run(&place, "--options o.toml --again");
    assert_eq!(
        (place.lines("updates").len(), place.lines("decisions").len()),
        (4, 8)
    );
}

#[test]
fn a_failure_is_tried_again_and_reported_again_only_when_it_is_another() {
    let place = Place::new();
    place.write("mail/1.eml", "");
    for _ in 0..2 {
        run(&place, "");
        assert_eq!(
            (counts(&place), place.lines("failures").len()),
            ([0, 0, 0, 0, 1], 1)
        );
    }
    place.write("mail/1.eml", message(0));
    run(&place, "--max-size 10");
    assert_eq!(
        (counts(&place), place.lines("failures").len()),
        ([0, 0, 0, 0, 1], 2)
    );
    run(&place, "");
    assert_eq!(counts(&place), [0, 1, 0, 0, 0]);
    place.write("mail/1.eml", "");
    run(&place, "");
    assert_eq!(place.lines("failures").len(), 3);
}

#[test]
fn a_dry_run_knows_the_earlier_runs_and_writes_nothing() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..3);
    run(&place, "--options o.toml");
    fill(&place, 3..5);
    let before: Vec<(String, Vec<u8>)> = place
        .names("out")
        .into_iter()
        .map(|name| {
            let bytes = fs::read(place.path("out").join(&name)).unwrap();
            (name, bytes)
        })
        .collect();
    let dry = place.run("--options o.toml --dry-run");
    assert!(
        dry.stdout
            .contains("5 messages in 5 files: 3 seen before, 2 tracked"),
        "{}",
        dry.stdout
    );
    for (name, bytes) in before {
        assert!(
            fs::read(place.path("out").join(&name)).unwrap() == bytes,
            "{name}"
        );
    }
}

#[test]
fn a_folder_that_was_moved_goes_on() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..3);
    run(&place, "--options o.toml");
    fs::rename(place.path("out"), place.path("elsewhere")).unwrap();
    let ran = ran(place.command("run mail --book book --options o.toml --out elsewhere"));
    assert!(ran.stdout.contains("3 seen before"), "{}", ran.stdout);
}

#[test]
fn what_one_batch_has_written_is_not_written_with_the_next() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..2_100);
    // Its buffer is not kept, and shorter lines follow.
    let long = format!("{}{}\n", message(2_100), "long line\n".repeat(200_000));
    place.write("mail/00/long.eml", long);
    run(&place, "--options o.toml --threads 1");
    let one = output(&place.path("out"));
    let mut sources: Vec<String> = place
        .lines("emails")
        .iter()
        .map(|row| row["source"].as_str().unwrap().to_owned())
        .collect();
    sources.sort();
    sources.dedup();
    assert_eq!(
        (sources.len(), place.lines("decisions").len()),
        (2_101, 2_101)
    );
    place.summary();
    fs::remove_dir_all(place.path("out")).unwrap();
    run(&place, "--options o.toml --threads 4");
    assert!(output(&place.path("out")) == one);
}

#[test]
fn every_method_of_correlation_reaches_over_runs() {
    let place = Place::new();
    place.write(
        "o.toml",
        "[email]\ntrack = \"all\"\n[correlation]\nsmart_matching = true\n",
    );
    let message = |name: &str, subject: &str, more: &str, hour: u32| {
        let text = format!(
            "From: Kim Abel <kim@fabrikam.example>\nTo: ann@contoso.example\nSubject: {subject}\n\
             Date: Mon, 2 Mar 2026 {hour:02}:30:00 +0000\nMessage-ID: <{name}@x.example>\n{more}\nHello\n"
        );
        place.write(&format!("mail/{name}.eml"), text);
    };
    let index = |tail: &str| format!("Thread-Index: AdqrXYZ0AAAAAAAAAAAAAAAAAAAAAA{tail}\n");
    message("token", "Quote CRM:0001042", "", 8);
    message("thread", "First", &index(""), 8);
    message("smart", "Forty coffee machines", "", 8);
    run(&place, "--options o.toml");
    message("of-token", "AW: Quote crm:0001042", "", 9);
    message("of-thread", "Second", &index("AAAAAQ"), 9);
    message("of-smart", "Re: forty coffee machines", "", 9);
    run(&place, "--options o.toml");
    let emails = place.lines("emails");
    let id = |name: &str| {
        let source = format!("{name}.eml");
        emails
            .iter()
            .find(|it| it["source"] == source.as_str())
            .unwrap()["activityid"]
            .clone()
    };
    for (name, code) in [("token", 4), ("thread", 5), ("smart", 6)] {
        let source = format!("of-{name}.eml");
        let answer = emails
            .iter()
            .find(|it| it["source"] == source.as_str())
            .unwrap();
        assert_eq!(
            (
                &answer["correlationmethod"],
                &answer["correlatedactivityid"]
            ),
            (&code.into(), &id(name)),
            "{name}"
        );
    }
}

/// Two different messages with one Message-ID: the second is a duplicate by rule, and `explain` names the first.
#[test]
fn a_duplicate_names_the_first_ones_source() {
    let place = Place::new();
    place.write("o.toml", ALL);
    place.write("mail/1.eml", message(0));
    place.write(
        "mail/2.eml",
        message(0).replace("Number 0", "Something else"),
    );
    let ran = ran(place.command("explain mail/2.eml --mail mail --book book --options o.toml"));
    assert!(
        ran.stdout.contains(", of 1.eml, has the same identity"),
        "{}",
        ran.stdout
    );
}

#[test]
fn odd_message_ids_are_known_again() {
    let place = Place::new();
    place.write("o.toml", ALL);
    let ids = [
        "x".repeat(1 << 20),
        "\u{1}\u{7f}\t\u{1b}[2J".into(),
        "ü@x".into(),
    ];
    for (number, id) in ids.iter().enumerate() {
        place.write(
            &format!("mail/{number}.eml"),
            message(0).replace("m0@x.example", id),
        );
    }
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [3, 0, 0, 0, 0]);
    for (number, id) in ids.iter().enumerate() {
        place.write(
            &format!("mail/copy{number}.eml"),
            message(0).replace("m0@x.example", id),
        );
    }
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [0, 0, 3, 3, 0]);
}

#[test]
fn what_is_compressed_is_reported_in_every_run() {
    let place = Place::new();
    place.write("mail/1.eml", message(0));
    place.write("mail/old.7z", "packed");
    for _ in 0..2 {
        let ran = place.run("");
        assert!(
            ran.stderr
                .contains("1 compressed file or archive was skipped"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn the_summary_names_those_who_wrote_most_and_have_no_record() {
    let place = Place::new();
    place.write("o.toml", "[email]\ntrack = \"all\"\ncreate = \"none\"\n");
    let senders = [
        ("b@y.example", 2, ""),
        ("a@y.example", 2, ""),
        // A role account, and a machine.
        ("no-reply@y.example", 9, ""),
        ("robot@y.example", 9, "Auto-Submitted: auto-generated\n"),
        ("c@z.example", 3, ""),
        ("f@z.example", 1, ""),
        ("e@z.example", 1, ""),
        ("d@z.example", 1, ""),
    ];
    for (sender, count, more) in senders {
        for number in 0..count {
            let text = format!(
                "From: <{sender}>\nTo: ann@contoso.example\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\
                 Message-ID: <{number}.{sender}>\n{more}\nHello\n"
            );
            place.write(&format!("mail/{sender}.{number}.eml"), text);
        }
    }
    run(&place, "--options o.toml");
    let summary = place.summary();
    let named = summary["senderswithoutrecord"].as_array().unwrap().iter();
    let named: Vec<String> = named
        .map(|it| format!("{} {}", it["address"].as_str().unwrap(), it["messages"]))
        .collect();
    // The most frequent first; equal ones by address.
    let want = [
        "c@z.example 3",
        "a@y.example 2",
        "b@y.example 2",
        "d@z.example 1",
        "e@z.example 1",
    ];
    assert_eq!(named, want);
}
