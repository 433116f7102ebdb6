//! `run --rebuild-state`: a state that is altered or gone is made anew, and says what the old one said.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::place::{Place, Ran, ran};

const NOW: &str = "--now 2026-04-01T00:00:00Z";

const ALL: &str = "[email]\ntrack = \"all\"\n";

/// Options by a name.
const OPTIONS: [(&str, &str); 6] = [
    ("none", ""),
    ("all", ALL),
    (
        "leads",
        "[email]\ntrack = \"all\"\ncreate = \"lead\"\ncreate_skip = []\n",
    ),
    (
        "smart",
        "[email]\ntrack = \"all\"\n[correlation]\nsmart_matching = true\n",
    ),
    (
        "internal",
        "[email]\ntrack = \"all\"\n[organization]\ndomains = [\"contoso.example\"]\ninternal_email = \"track\"\n",
    ),
    (
        "rule",
        "[email]\ntrack = \"responses\"\n[[email.folder]]\npath = \"Deals\"\nregarding = \"contact:c-1\"\n",
    ),
];

fn message(number: usize, more: &str) -> String {
    format!(
        "From: Pat Number{number} <p{number}@x{}.example>\nTo: ann@contoso.example\nCc: kim@fabrikam.example\n\
         Subject: About the offer {number}\nDate: Mon, 2 Mar 2026 09:{:02}:00 +0000\n{more}\n\nHello {number}\n",
        number % 4,
        number % 60,
    )
}

/// Mail of every kind: files, an mbox, a Maildir; with and without ids; answers, copies, and what cannot be read.
fn mail(place: &Place) {
    for number in 0..12 {
        let id = format!("Message-ID: <m{number}@x.example>");
        place.write(&format!("mail/Inbox/{number}.eml"), message(number, &id));
    }
    let answer = "Message-ID: <a1@x.example>\nIn-Reply-To: <m3@x.example>\nThread-Index: AdkAAAAAAQIDBAUGBwgJCgsMDQ4P";
    for (name, text) in [
        ("Inbox/answer", message(20, answer)),
        (
            "Inbox/token",
            message(21, "Message-ID: <t@x.example>").replace("offer 21", "offer CRM:0001042"),
        ),
        ("Inbox/nameless", message(22, "X-No: id")),
        ("Inbox/nameless2", message(23, "X-No: id")),
        ("Deals/copy", message(4, "Message-ID: <m4@x.example>")),
        ("Deals/new", message(24, "Message-ID: <d24@x.example>")),
        ("Inbox/empty", String::new()),
        (
            "Inbox/internal",
            "From: ann@contoso.example\nTo: bob@contoso.example\nMessage-ID: <i@contoso.example>\n\
             Date: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: Inside\n\nHi\n"
                .into(),
        ),
    ] {
        place.write(&format!("mail/{name}.eml"), text);
    }
    let boxed = |number: usize, more: &str| {
        format!(
            "From x@y Mon Mar  2 09:30:00 2026\n{}\n",
            message(number, more)
        )
    };
    place.write(
        "mail/box.mbox",
        [
            boxed(30, "Message-ID: <b30@x.example>"),
            boxed(31, "X-No: id"),
            boxed(30, "Message-ID: <b30@x.example>"),
        ]
        .concat(),
    );
    place.write(
        "mail/Md/cur/1.host:2,S",
        message(40, "Message-ID: <c40@x.example>"),
    );
    place.write("mail/Md/new/2.host", message(41, "X-No: id"));
    place.write("mail/notes.bin", [0, 1, 2, 3]);
}

/// A place with mail, after one run.
fn place(options: &str) -> Place {
    let place = Place::new();
    mail(&place);
    place.write("o.toml", options);
    good(&place.run(&format!("--options o.toml {NOW}")));
    place
}

#[track_caller]
fn good(ran: &Ran) {
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}

/// Every row of every table of a state.
fn dump(state: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let state = Connection::open_with_flags(state, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = state
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap();
    let names = tables.query_map([], |row| row.get(0)).unwrap();
    let rows = |name: &String| {
        let mut all = state.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = all.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let value = |at| format!("{:?}", row.get::<_, Value>(at).unwrap());
            Ok((0..columns).map(value).collect::<Vec<String>>())
        };
        let mut rows: Vec<Vec<String>> = all
            .query_map([], row)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        rows.sort();
        rows
    };
    names
        .map(Result::unwrap)
        .map(|name| (rows(&name), name))
        .map(|(rows, name)| (name, rows))
        .collect()
}

#[track_caller]
fn assert_same_state(state: &Path, want: &BTreeMap<String, Vec<Vec<String>>>, what: &str) {
    let found = dump(state);
    assert!(found.keys().eq(want.keys()), "{what}");
    for (name, rows) in want {
        assert_eq!(&found[name], rows, "{what}: {name}");
    }
}

/// The files of JSON lines with their bytes.
fn lines(place: &Place, out: &str) -> BTreeMap<String, Vec<u8>> {
    let names = place
        .names(out)
        .into_iter()
        .filter(|it| it.ends_with(".jsonl"));
    let read = |name: String| (fs::read(place.path(out).join(&name)).unwrap(), name);
    names.map(read).map(|(bytes, name)| (name, bytes)).collect()
}

fn rebuild(place: &Place, more: &str) -> Ran {
    place.run(&format!("--options o.toml {NOW} --rebuild-state {more}"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn an_altered_state_is_made_anew_and_is_the_same() {
    for (options, text) in OPTIONS {
        let place = place(text);
        let state = place.path("out/state.db");
        let whole = fs::read(&state).unwrap();
        let (want, before) = (dump(&state), lines(&place, "out"));
        assert!(want["decided"].len() > 20, "{options}");
        let edit = |at: usize| {
            let mut altered = whole.clone();
            altered[at] ^= 0x11;
            altered
        };
        let page = |number: usize| number * 8192 + 4000;
        let altered = [
            ("the magic", edit(3)),
            ("the version", edit(63)),
            ("the room of sums", edit(20)),
            ("the application", edit(69)),
            ("page 1", edit(page(0))),
            ("page 3", edit(page(2))),
            ("page 6", edit(page(5))),
            ("page 9", edit(page(8))),
            ("a sum", edit(8191)),
            ("cut off", whole[..20_000].to_vec()),
            ("no database", b"no database at all ".repeat(2000)),
            ("zeros", vec![0; whole.len()]),
            ("intact", whole.clone()),
        ];
        for (what, bytes) in altered {
            let what = format!("{options}: {what}");
            fs::write(&state, &bytes).unwrap();
            let ran = rebuild(&place, "");
            good(&ran);
            assert!(
                ran.stderr
                    .contains("note: out/state.db was made anew from ")
                    && ran
                        .stderr
                        .contains("; the old one is kept as state.db.altered"),
                "{what}: {}",
                ran.stderr
            );
            assert_same_state(&state, &want, &what);
            assert!(lines(&place, "out") == before, "{what}");
            assert!(
                fs::read(place.path("out/state.db.altered")).unwrap() == bytes,
                "{what}"
            );
            fs::remove_file(place.path("out/state.db.altered")).unwrap();
            assert!(
                place
                    .names("out")
                    .iter()
                    .all(|it| !it.starts_with(".mailtrack-")),
                "{what}"
            );
        }
        fs::remove_file(&state).unwrap();
        let ran = rebuild(&place, "");
        good(&ran);
        assert!(!ran.stderr.contains("old one"), "{}", ran.stderr);
        assert_same_state(&state, &want, &format!("{options}: missing"));
        good(&place.run(&format!("--options o.toml {NOW} --recheck")));
        assert!(lines(&place, "out") == before, "{options}");
    }
}

#[test]
fn every_command_that_refuses_a_state_names_the_way_out() {
    let place = place(ALL);
    let state = place.path("out/state.db");
    let mut altered = fs::read(&state).unwrap();
    (0..altered.len() / 8192).for_each(|page| altered[page * 8192 + 5000] ^= 1);
    let send = format!("{ALL}[send]\nallow = true\noutbox = \"Maildir\"\n");
    place.write("send.toml", send);
    place.write("outbox.jsonl", "");
    let commands = [
        "run mail --book book --options o.toml --out out",
        "run mail --book book --options o.toml --out out --dry-run",
        "watch mail --book book --options o.toml --out out",
        "send outbox.jsonl --book book --options send.toml --out out",
        "export out --to csv -o there",
        "report out -o page.html",
        "explain <m3@x.example> --out out",
    ];
    for bytes in [&altered[..], b"no database at all".repeat(1000).as_slice()] {
        fs::write(&state, bytes).unwrap();
        for command in commands {
            let ran = ran(place.command(command));
            assert_eq!(
                (ran.status, ran.stderr.lines().count()),
                (2, 1),
                "{command}: {}",
                ran.stderr
            );
            assert!(
                ran.stderr.contains("out/state.db: is "),
                "{command}: {}",
                ran.stderr
            );
            assert!(
                ran.stderr.contains("`mailtrack run --rebuild-state`"),
                "{command}: {}",
                ran.stderr
            );
        }
    }
    fs::remove_file(&state).unwrap();
    for command in [commands[0], commands[2], commands[3]] {
        let ran = ran(place.command(command));
        assert_eq!(ran.status, 2, "{command}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("`mailtrack run --rebuild-state`"),
            "{command}: {}",
            ran.stderr
        );
    }
}

#[test]
fn what_was_not_written_to_its_end_is_cut_off_and_decided_again() {
    let place = place("[email]\ntrack = \"all\"\ncreate_skip = []\n");
    copy(&place.path("out"), &place.path("whole"));
    let before = lines(&place, "out");
    // How much of each file is left, in hundredths of its length; or what is added to it.
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
    // What is missing and gone cannot be decided again.
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
    // It turns up again.
    fs::rename(place.path("gone"), place.path("mail/Inbox")).unwrap();
    good(&place.run(&format!("--options o.toml {NOW}")));
    assert!(lines(&place, "out") == before);
}

#[test]
fn a_message_without_an_id_that_is_gone_is_told_of() {
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

/// Deals files out over runs, in an order that is not that of their times.
fn in_portions(place: &Place, options: &str, portions: usize) {
    mail(place);
    place.write("o.toml", options);
    fs::rename(place.path("mail"), place.path("store")).unwrap();
    let mut files = Vec::new();
    let mut folders = vec![place.path("store")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    for portion in 0..portions {
        for (number, file) in files.iter().enumerate() {
            if number * 7 % portions != portion {
                continue;
            }
            let to = place
                .path("mail")
                .join(file.strip_prefix(place.path("store")).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::rename(file, to).unwrap();
        }
        good(&place.run(&format!("--options o.toml {NOW}")));
    }
}

#[test]
fn what_several_runs_have_left_gives_a_state_that_says_the_same() {
    for (options, text) in OPTIONS {
        let place = Place::new();
        in_portions(&place, text, 4);
        copy(&place.path("out"), &place.path("intact"));
        let (want, before) = (dump(&place.path("out/state.db")), lines(&place, "out"));
        fs::remove_file(place.path("out/state.db")).unwrap();
        good(&rebuild(&place, ""));
        assert!(lines(&place, "out") == before, "{options}");
        let found = dump(&place.path("out/state.db"));
        // Which run decided what is not known any more: all of it stands under one number. What runs were given stands
        // from the first line on.
        for name in want
            .keys()
            .filter(|it| !["run", "decided", "given"].contains(&&***it))
        {
            assert_eq!(found[name], want[name], "{options}: {name}");
        }
        let no_run = |rows: &[Vec<String>]| -> Vec<Vec<String>> {
            let rows = rows.iter().map(|row| [&row[..2], &row[3..]].concat());
            rows.collect()
        };
        assert_eq!(
            no_run(&found["decided"]),
            no_run(&want["decided"]),
            "{options}"
        );
        let explain =
            |out: &str| ran(place.command(&format!("explain <a1@x.example> --out {out}"))).stdout;
        assert_eq!(explain("out"), explain("intact"), "{options}");
        good(&place.run(&format!("--options o.toml {NOW} --recheck")));
        assert!(lines(&place, "out") == before, "{options}");
        let late = "Message-ID: <late@x.example>\nIn-Reply-To: <m3@x.example>";
        place.write("mail/Inbox/late.eml", message(50, late));
        place.write(
            "mail/Deals/again.eml",
            message(7, "Message-ID: <m7@x.example>"),
        );
        for more in ["", "--again"] {
            for out in ["out", "intact"] {
                good(&ran(place.command(&format!(
                    "run mail --book book --options o.toml {NOW} --out {out} {more}"
                ))));
            }
            assert!(
                lines(&place, "out") == lines(&place, "intact"),
                "{options} {more}"
            );
        }
        // What was decided several times, and what a rule has changed.
        let (want, before) = (dump(&place.path("intact/state.db")), lines(&place, "out"));
        fs::write(place.path("out/state.db"), "x".repeat(9000)).unwrap();
        good(&rebuild(&place, ""));
        assert!(lines(&place, "out") == before, "{options}");
        let found = dump(&place.path("out/state.db"));
        for name in [
            "activity",
            "created",
            "failure",
            "files",
            "token",
            "conversation",
            "output",
            "counter",
        ] {
            assert_eq!(found[name], want[name], "{options}: {name}");
        }
    }
}

#[test]
fn what_other_options_have_decided_is_decided_anew_on_request() {
    let place = place("");
    let before = lines(&place, "out");
    fs::remove_file(place.path("out/state.db")).unwrap();
    place.write("all.toml", ALL);
    let ran = place.run(&format!("--options all.toml {NOW} --rebuild-state"));
    good(&ran);
    assert!(lines(&place, "out") == before);
    let summary = fs::read_to_string(place.path("out/summary.json")).unwrap();
    assert!(summary.contains("\"decidedunderothers\": 24"), "{summary}");
    // Under the first options all comes out the same.
    fs::remove_file(place.path("out/state.db")).unwrap();
    good(&rebuild(&place, "--again"));
    assert!(lines(&place, "out") == before);
    good(&place.run(&format!("--options all.toml {NOW} --again")));
    assert_eq!(place.lines("emails").len(), 22);
}

fn outbox(place: &Place, more: &[(&str, &str)]) {
    let line = |(id, subject): &(&str, &str)| {
        let mut line = json!({"from": "Ann Beck <ann@contoso.example>", "to": "kim@fabrikam.example", "subject": subject});
        if !id.is_empty() {
            line["id"] = json!(id);
        }
        format!("{line}\n")
    };
    let wrong =
        "{\"id\": \"w\", \"from\": \"nobody@nowhere.example\", \"to\": \"kim@fabrikam.example\"}\n";
    let text: String = more.iter().map(line).collect();
    place.write("outbox.jsonl", text + wrong);
}

fn send(place: &Place) -> Ran {
    ran(place.command(&format!(
        "send outbox.jsonl --book book --options o.toml --out out {NOW}"
    )))
}

#[test]
fn what_was_sent_is_not_sent_again() {
    let options = format!("{ALL}[send]\nallow = true\noutbox = \"Maildir\"\n");
    let place = place(&options);
    let first = [("a", "One"), ("", "Two")];
    outbox(&place, &first);
    assert_eq!(send(&place).stdout, "3 messages: 2 sent, 1 failed\n");
    let (state, handed) = (place.path("out/state.db"), || {
        place.names("Maildir/new").len()
    });
    let whole = fs::read(&state).unwrap();
    let (want, before) = (dump(&state), lines(&place, "out"));
    let mut kept = 0;
    for page in 0..whole.len() / 8192 {
        let mut altered = whole.clone();
        altered[page * 8192 + 5000] ^= 1;
        fs::write(&state, altered).unwrap();
        let ran = rebuild(&place, "");
        good(&ran);
        assert!(lines(&place, "out") == before, "{page}");
        if ran.stderr.contains("warning") {
            continue;
        }
        kept += 1;
        assert_same_state(&state, &want, &format!("page {page}"));
        assert_eq!(
            send(&place).stdout,
            "3 messages: 0 sent, 2 sent before, 1 failed before\n",
            "{page}"
        );
    }
    assert!(kept > 5, "{kept}");
    // Nothing says what became of them but the lines.
    fs::remove_file(&state).unwrap();
    let ran = rebuild(&place, "");
    good(&ran);
    assert!(
        ran.stderr.contains(
            "warning: what `send` has handed over is known from sent.jsonl and failed.jsonl alone"
        ),
        "{}",
        ran.stderr
    );
    // One that was begun may have gone out.
    outbox(&place, &[&first[..], &[("c", "Three")]].concat());
    let doubtful = send(&place);
    assert_eq!(
        doubtful.stdout,
        "4 messages: 0 sent, 1 doubtful, 2 sent before, 1 failed before\n"
    );
    assert!(
        doubtful
            .stderr
            .contains("outbox.jsonl:3: doubtful: the state was made anew"),
        "{}",
        doubtful.stderr
    );
    assert_eq!(handed(), 2);
    // What comes into the outbox later was not.
    outbox(
        &place,
        &[
            &first[..],
            &[("c", "Three"), ("c-2", "Three"), ("", "Four")],
        ]
        .concat(),
    );
    assert_eq!(
        send(&place).stdout,
        "6 messages: 2 sent, 1 doubtful, 2 sent before, 1 failed before\n"
    );
    assert_eq!(handed(), 4);
    let mut tokens: Vec<String> = place
        .lines("sent")
        .iter()
        .map(|it| it["trackingtoken"].to_string())
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 4, "{tokens:?}");
}

#[test]
fn the_option_is_refused_if_it_cannot_be_followed() {
    let place = place("[synchronization]\nclient = \"ann\"\n");
    let state = place.path("out/state.db");
    let whole = fs::read(&state).unwrap();
    let dry = rebuild(&place, "--dry-run");
    assert_eq!(dry.status, 2);
    assert!(dry.stderr.contains("cannot be used with"), "{}", dry.stderr);
    let watch = ran(place.command("watch mail --book book --out out --rebuild-state"));
    assert_eq!(watch.status, 2);
    // Whose it is, is known as long as the state says it.
    place.write("bob.toml", "[synchronization]\nclient = \"bob\"\n");
    let bob = place.run("--options bob.toml --rebuild-state");
    assert_eq!(bob.status, 2);
    assert!(
        bob.stderr.contains("belongs to the client `ann`"),
        "{}",
        bob.stderr
    );
    // A state of a newer version is not an altered one.
    place.alter_state(|state| state.pragma_update(None, "user_version", 99).unwrap());
    let newer = rebuild(&place, "");
    assert_eq!(newer.status, 2);
    assert!(
        newer.stderr.contains("is of version 99"),
        "{}",
        newer.stderr
    );
    assert!(!place.path("out/state.db.altered").exists());
    let lock = fs::File::options()
        .write(true)
        .open(place.path("out/.mailtrack.lock"))
        .unwrap();
    lock.lock().unwrap();
    let busy = rebuild(&place, "");
    assert!(
        busy.stderr.contains("another run of mailtrack"),
        "{}",
        busy.stderr
    );
    drop(lock);
    fs::write(&state, whole).unwrap();
    good(&rebuild(&place, ""));
}

#[test]
fn altered_states_are_kept_each_under_its_own_name() {
    let place = place(ALL);
    let state = place.path("out/state.db");
    place.write("out/.mailtrack-state-aB3dE6", "half");
    for (number, name) in [
        "state.db.altered",
        "state.db.altered.2",
        "state.db.altered.3",
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("altered {number}").repeat(1000);
        fs::write(&state, &text).unwrap();
        let ran = rebuild(&place, "");
        good(&ran);
        assert!(
            ran.stderr
                .ends_with(&format!("; the old one is kept as {name}\n")),
            "{}",
            ran.stderr
        );
        assert_eq!(
            fs::read_to_string(place.path("out").join(name)).unwrap(),
            text
        );
    }
    assert!(
        place
            .names("out")
            .iter()
            .all(|it| !it.starts_with(".mailtrack-state-"))
    );
    // A folder that holds nothing has nothing to be made anew of.
    let new = ran(place.command(&format!(
        "run mail --book book --options o.toml {NOW} --out new --rebuild-state"
    )));
    good(&new);
    assert_eq!(new.stderr, "");
    assert!(lines(&place, "new") == lines(&place, "out"));
    // Nothing is said with --quiet.
    fs::write(&state, "altered".repeat(1000)).unwrap();
    let quiet = rebuild(&place, "--quiet");
    assert_eq!((quiet.status, &*quiet.stderr, &*quiet.stdout), (0, "", ""));
}
