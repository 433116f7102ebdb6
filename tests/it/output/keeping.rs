//! Data is not lost: paths that cannot be examined, altered states, and leftovers of killed commands.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::Stdio;

use rusqlite::Connection;

use crate::place::{Place, Ran, ran};

const ALL: &str = "[email]\ntrack = \"all\"\n";

/// Creates a place with mail, after a first run.
fn place() -> Place {
    let place = Place::new();
    place.write("o.toml", ALL);
    for number in 0..30 {
        let text = format!(
            "From: P {number} <p{number}@x.example>\nTo: ann@contoso.example\nSubject: N {number}\n\
             Date: Mon, 2 Mar 2026 09:{number:02}:00 +0000\nMessage-ID: <m{number}@x.example>\n\nHello\n"
        );
        place.write(&format!("mail/{number}.eml"), text);
    }
    let first = place.run("--options o.toml");
    assert_eq!((first.status, &*first.stderr), (0, ""));
    place
}

/// Returns every file of the output folder with its bytes.
fn output(place: &Place) -> Vec<(String, Vec<u8>)> {
    let names = place.names("out");
    let read = |name: String| (fs::read(place.path("out").join(&name)).unwrap(), name);
    names
        .into_iter()
        .map(read)
        .map(|(bytes, name)| (name, bytes))
        .collect()
}

/// Asserts that the command ended with an error of one line that contains `names`.
fn assert_refused(ran: &Ran, names: &str, what: &str) {
    assert!(
        [1, 2].contains(&ran.status),
        "{what}: {} {}",
        ran.status,
        ran.stdout
    );
    assert_eq!(ran.stderr.lines().count(), 1, "{what}: {}", ran.stderr);
    assert!(ran.stderr.contains(names), "{what}: {}", ran.stderr);
}

/// Creates a circular link: the system cannot say what is there, but something is.
fn in_a_circle(place: &Place, name: &str) {
    let path = place.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    symlink(path.file_name().unwrap(), &path).unwrap();
}

#[test]
fn what_the_system_cannot_tell_is_not_absent() {
    let run = "run mail --book book --options o.toml --out out";
    let cases = [
        ("book/contact.csv", run),
        ("book/email.csv", run),
        ("book/lead.jsonl", run),
        ("book/systemuser.csv", run),
        ("book/email.csv", "book build book -o there.mtb"),
        ("book/account.csv", "resolve a@x.example --book book"),
        (
            "crm.db-wal",
            "run mail --book sqlite:crm.db --options q.toml --out out",
        ),
        (
            "lists/names.toml",
            "run mail --book book --options o.toml --rules lists --out out",
        ),
        ("out/state.db", run),
        ("out/state.db", "export out --to csv -o there"),
        ("out/.mailtrack.lock", "export empty --to csv -o there"),
        ("out/sent.jsonl", run),
        ("out/emails.jsonl", run),
        ("built", "book build book -o built/book.mtb"),
        ("sheets", "export out --to csv -o sheets"),
        ("crm.sqlite", "export out --to sqlite -o crm.sqlite"),
        ("page.html", "report out -o page.html"),
        ("new.toml", "init mail --book book -o new.toml"),
        ("message.eml", "explain message.eml --book book"),
    ];
    for (name, command) in cases {
        let place = place();
        place.write(
            "q.toml",
            "[book.query]\ncontact = \"select 1 as contactid, 'a@x.example' as email\"\n",
        );
        Connection::open(place.path("crm.db"))
            .unwrap()
            .execute_batch("create table t (a)")
            .unwrap();
        in_a_circle(&place, name);
        if command.contains(" empty ") {
            in_a_circle(&place, "empty/.mailtrack.lock");
        }
        let lines = fs::read(place.path("out/decisions.jsonl")).unwrap();
        // The report's own message names the file, the others the path that they examine.
        let names = name.rsplit('/').next().unwrap();
        let words = match names {
            "names.toml" | ".mailtrack.lock" | "page.html" | "new.toml" => "",
            names => names,
        };
        assert_refused(
            &ran(place.command(command)),
            words,
            &format!("{name}, {command}"),
        );
        assert!(
            fs::read(place.path("out/decisions.jsonl")).unwrap() == lines,
            "{name}"
        );
    }
}

#[test]
fn a_link_that_leads_nowhere_is_absent() {
    let place = place();
    symlink("gone", place.path("book/email.csv")).unwrap();
    let ran = place.run("--options o.toml");
    assert_eq!((ran.status, &*ran.stderr), (0, ""));
}

#[test]
fn a_state_that_was_altered_is_refused_and_nothing_changes() {
    let place = place();
    place.write(
        "mail/new.eml",
        "From: p3@x.example\nTo: ann@contoso.example\nMessage-ID: <new@x.example>\nIn-Reply-To: <m3@x.example>\n\
         Date: Tue, 3 Mar 2026 09:30:00 +0000\n\nHi\n",
    );
    let whole = fs::read(place.path("out/state.db")).unwrap();
    let before = output(&place);
    // Every page, at its beginning, in its middle and in its checksum; and the fields of the first page's header.
    let header = [3, 20, 63, 8100];
    let offsets =
        (0..whole.len() / 8192).flat_map(|page| [0, 4000, 8191].map(|at| page * 8192 + at));
    let offsets = header.into_iter().chain(offsets);
    let (mut refused, mut unread) = (0, 0);
    for at in offsets {
        let mut altered = whole.clone();
        altered[at] ^= 0x11;
        fs::write(place.path("out/state.db"), &altered).unwrap();
        let dry = place.run("--options o.toml --dry-run");
        if dry.status == 0 {
            unread += 1;
            assert!(
                dry.stdout.contains("30 seen before, 1 tracked"),
                "{at}: {}",
                dry.stdout
            );
            continue;
        }
        refused += 1;
        let ran = place.run("--options o.toml");
        assert_refused(&ran, "out/state.db: ", &format!("byte {at}"));
        for (name, bytes) in before.iter().filter(|(name, _)| name.ends_with("jsonl")) {
            assert!(
                fs::read(place.path("out").join(name)).unwrap() == *bytes,
                "{at}: {name}"
            );
        }
    }
    // An altered page that is never read is not noticed.
    assert!(
        2 * refused > unread,
        "{refused} were refused, {unread} were not read"
    );
    fs::write(place.path("out/state.db"), &whole).unwrap();
    assert_eq!(place.run("--options o.toml").status, 0);
}

#[test]
fn pages_of_the_state_that_changed_places_are_refused() {
    let place = place();
    let whole = fs::read(place.path("out/state.db")).unwrap();
    let mut altered = whole.clone();
    let (first, second) = altered.split_at_mut(2 * 8192);
    first[8192..].swap_with_slice(&mut second[..8192]);
    assert!(altered != whole);
    fs::write(place.path("out/state.db"), &altered).unwrap();
    assert_refused(
        &place.run("--options o.toml"),
        "out/state.db: is damaged",
        "changed places",
    );
    // A row written by another program has no checksum either.
    fs::write(place.path("out/state.db"), &whole).unwrap();
    let state = Connection::open(place.path("out/state.db")).unwrap();
    state.execute("UPDATE output SET length = 0", []).unwrap();
    drop(state);
    assert_refused(
        &place.run("--options o.toml"),
        "out/state.db: is damaged",
        "another program",
    );
}

#[test]
fn files_that_are_shorter_than_the_state_counts_report_how_to_go_on() {
    let place = place();
    for (name, length) in [
        ("emails", 100),
        ("decisions", 0),
        ("activityparties", 1),
        ("contacts", 7),
    ] {
        let path = place.path(&format!("out/{name}.jsonl"));
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..length]).unwrap();
        let ran = place.run("--options o.toml");
        assert_refused(&ran, "or run over all of the mail with another --out", name);
        fs::write(&path, &whole).unwrap();
    }
    // That is true: another folder gets what was there.
    let first = output(&place);
    let again = ran(place.command("run mail --book book --options o.toml --out other"));
    assert_eq!(again.status, 0, "{}", again.stderr);
    for (name, bytes) in first.iter().filter(|(name, _)| name.ends_with("jsonl")) {
        assert!(
            fs::read(place.path("other").join(name)).unwrap() == *bytes,
            "{name}"
        );
    }
}

#[test]
fn a_reader_of_the_state_is_waited_for() {
    let place = place();
    place.write(
        "mail/new.eml",
        "From: p3@x.example\nMessage-ID: <new@x.example>\nDate: Tue, 3 Mar 2026 09:30:00 +0000\n\nHi\n",
    );
    let reader = Connection::open(place.path("out/state.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM output").unwrap();
    let mut command = place.command("run mail --book book --options o.toml --out out --quiet");
    let mut run = command.stderr(Stdio::piped()).spawn().unwrap();
    // Long enough for the run to reach its commit and wait there.
    std::thread::sleep(std::time::Duration::from_millis(900));
    assert!(run.try_wait().unwrap().is_none(), "it has not waited");
    drop(reader);
    let ended = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    assert_eq!(place.lines("emails").len(), 31);
}

#[test]
fn what_killed_commands_left_behind_is_removed_by_the_next() {
    let place = place();
    let left = [
        "a/.mailtrack-book-aB3dE6",
        "a/.mailtrack-export-1b3D5f",
        "a/.mailtrack-export-ZZZZZZ",
    ];
    let stays = [
        "a/.mailtrack-book-notes.txt",
        "a/.mailtrack-export-",
        "a/.mailtrack-other-123456",
    ];
    let used = "a/.mailtrack-export-inUse1";
    for command in [
        "book build book -o a/book.mtb",
        "export out --to csv -o a",
        "export out --to dataverse -o a",
        "export out --to vcard -o a/cards.vcf",
        "report out -o a/page.html",
    ] {
        for name in left.iter().chain(&stays).chain([&used]) {
            place.write(name, "half");
        }
        let lock = File::options().write(true).open(place.path(used)).unwrap();
        lock.lock().unwrap();
        let ran = ran(place.command(command));
        assert_eq!(ran.status, 0, "{command}: {}", ran.stderr);
        let kind = match command.starts_with("book") {
            true => "book",
            false => "export",
        };
        for name in left {
            let is_there = place.path(name).exists();
            assert_eq!(is_there, !name.contains(kind), "{command}: {name}");
        }
        for name in stays.iter().chain([&used]) {
            assert!(place.path(name).exists(), "{command}: {name}");
        }
    }
}

#[test]
fn an_export_that_was_stopped_among_its_names_is_carried_out_first() {
    let list = r#"{"put":[[".mailtrack-export-aaaaaa","emails.csv"],[".mailtrack-export-bbbbbb","contacts.csv"]],"remove":["00009-emails.json"]}"#;
    for command in [
        "export out --to dataverse -o there",
        "export out --to vcard -o there/cards.vcf",
        "export out --to parquet -o there",
        "report out -o there/page.html",
    ] {
        let place = place();
        // The first file has already been renamed.
        for (name, text) in [
            ("emails.csv", "new"),
            ("contacts.csv", "old"),
            (".mailtrack-export-bbbbbb", "new"),
            ("00009-emails.json", "old"),
            (".mailtrack-export-list", list),
        ] {
            place.write(&format!("there/{name}"), text);
        }
        let done = ran(place.command(command));
        assert_eq!(done.status, 0, "{command}: {}", done.stderr);
        let text = |name: &str| fs::read_to_string(place.path("there").join(name)).unwrap();
        assert_eq!(
            (&*text("emails.csv"), &*text("contacts.csv")),
            ("new", "new"),
            "{command}"
        );
        let names = place.names("there");
        assert!(
            names
                .iter()
                .all(|name| !name.starts_with(".mailtrack") && name != "00009-emails.json"),
            "{names:?}"
        );
    }
}

#[test]
fn a_password_is_not_repeated_however_the_url_is_mistyped() {
    let urls = [
        "POSTGRES://ann:s3cret@db.example/crm",
        " postgres://ann:s3cret@db.example/crm",
        "Postgresql://ann:s3cret@db.example/crm",
        "postgres:/ann:s3cret@db.example/crm",
        "postgres:ann:s3cret@db.example/crm",
        "postgresq://ann:s3cret@db.example/crm",
        "pg://ann:s3cret@db.example/crm",
        "mysql://ann:s3cret@db.example/crm",
        "host=db.example user=ann password=s3cret",
    ];
    let place = place();
    for url in urls {
        for words in [
            &[
                "run",
                "mail",
                "--options",
                "o.toml",
                "--verbose",
                "--book",
                url,
            ][..],
            &["resolve", "a@x.example", "--book", url],
            &["book", "build", url, "-o", "there.mtb"],
            &["book", "check", url],
            &["book", "info", url],
            &[
                "compare",
                "mail",
                "--options",
                "o.toml",
                "--options",
                "o.toml",
                "--book",
                url,
            ],
            &["export", "out", "--to", "postgres", "-o", url],
            &["export", "out", "--to", "csv", "-o", url],
            &["export", "out", "--to", "sqlite", "-o", url],
            &["run", "mail", "--book", "book", "--out", url],
        ] {
            let mut command = place.command("");
            command.args(words);
            let ran = ran(command);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!said.contains("s3cret"), "{words:?}: {said}");
            assert_eq!(ran.status, 2, "{words:?}: {said}");
        }
    }
    assert!(
        place
            .names("")
            .iter()
            .all(|name| !name.contains("s3cret") && !name.contains(':'))
    );
}
