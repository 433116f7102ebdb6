//! `run --rebuild-state`: a state that was altered or lost is rebuilt with the content of the old one.

use std::fs;

use crate::place::{Place, ran};
use crate::support::rebuilding::{
    ALL, NOW, OPTIONS, assert_same_state, copy, dump, good, lines, mail, message, place, rebuild,
};

#[test]
fn an_altered_state_is_made_anew_and_is_the_same() {
    for (number, (options, text)) in OPTIONS.into_iter().enumerate() {
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
        // The rebuilt state depends on the options, not on how the old one was altered. So all alterations are tried
        // with `ALL`, and the other options share them.
        let altered = altered.into_iter().enumerate();
        let altered = altered.filter(|(at, _)| text == ALL || at % OPTIONS.len() == number);
        for (_, (what, bytes)) in altered {
            let what = format!("{options}: {what}");
            fs::write(&state, &bytes).unwrap();
            let ran = rebuild(&place, "");
            good(&ran);
            assert!(
                ran.stderr.contains("note: out/state.db was rebuilt from ")
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

/// Distributes files over runs, in an order other than that of their times.
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
        // Which run decided what is no longer known: everything has one number. The arguments of runs apply from the
        // first line on.
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
        // Messages that were decided several times, and a record that a rule has changed.
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
    // With the first options, everything comes out the same.
    fs::remove_file(place.path("out/state.db")).unwrap();
    good(&rebuild(&place, "--again"));
    assert!(lines(&place, "out") == before);
    good(&place.run(&format!("--options all.toml {NOW} --again")));
    assert_eq!(place.lines("emails").len(), 22);
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
    // The client is known as long as the old state has it.
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
    // An empty folder has nothing to rebuild.
    let new = ran(place.command(&format!(
        "run mail --book book --options o.toml {NOW} --out new --rebuild-state"
    )));
    good(&new);
    assert_eq!(new.stderr, "");
    assert!(lines(&place, "new") == lines(&place, "out"));
    // With --quiet, nothing is printed.
    fs::write(&state, "altered".repeat(1000)).unwrap();
    let quiet = rebuild(&place, "--quiet");
    assert_eq!((quiet.status, &*quiet.stderr, &*quiet.stdout), (0, "", ""));
}
