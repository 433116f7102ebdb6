//! The output of runs that were stopped or could not continue.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::{Place, ran};
use crate::support::running::{ALL, counts, fill, output, run};

#[test]
fn what_the_state_cannot_commit_is_not_there() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..5);
    run(&place, "--options o.toml");
    let all = || {
        (
            place.names("out"),
            output(&place.path("out")),
            counts(&place),
        )
    };
    let before = all();
    fill(&place, 5..8);
    // Only the state's file is longer than this.
    let refused = ran(place.within(100, "run mail --book book --options o.toml --out out"));
    assert_eq!(refused.status, 1, "{}", refused.stdout);
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    let want = "out/state.db: cannot be written: ";
    assert!(refused.stderr.contains(want), "{}", refused.stderr);
    assert!(all() == before);
    run(&place, "--options o.toml");
    assert_eq!(counts(&place), [3, 0, 0, 5, 0]);
}

#[test]
fn two_runs_at_once_are_one_too_many() {
    let place = Place::new();
    fill(&place, 0..3);
    run(&place, "");
    let lock = File::options()
        .write(true)
        .open(place.path("out/.mailtrack.lock"))
        .unwrap();
    lock.lock().unwrap();
    let refused = place.run("");
    assert_eq!(
        (refused.status, refused.stderr.lines().count()),
        (2, 1),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.starts_with("mailtrack: out: another run"),
        "{}",
        refused.stderr
    );
    drop(lock);
    run(&place, "");
}

#[test]
fn a_state_or_output_that_is_not_as_it_was_is_refused() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..30);
    run(&place, "--options o.toml");
    let whole = fs::read(place.path("out/state.db")).unwrap();
    let emails = fs::read(place.path("out/emails.jsonl")).unwrap();
    let version = |number: u8| {
        let mut bytes = whole.clone();
        bytes[63] = number;
        bytes
    };
    let mut altered = whole.clone();
    altered[8192..].iter_mut().for_each(|byte| *byte ^= 0x55);
    let states = [
        (whole[..10_000].to_vec(), "state.db: is damaged"),
        (whole[..100].to_vec(), "state.db: is "),
        (
            b"no database, but long enough to look like one: 0123456789".repeat(40),
            "state.db: is not a state of mailtrack",
        ),
        (
            version(99),
            "state.db: is of version 99, and this program knows up to 5",
        ),
        (altered, "state.db: is damaged"),
    ];
    for (bytes, want) in states {
        fs::write(place.path("out/state.db"), bytes).unwrap();
        let refused = place.run("--options o.toml");
        assert!(
            [1, 2].contains(&refused.status),
            "{want}: {}",
            refused.stdout
        );
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        assert!(refused.stderr.contains(want), "{want}: {}", refused.stderr);
        assert!(fs::read(place.path("out/emails.jsonl")).unwrap() == emails);
    }
    fs::write(place.path("out/state.db"), &whole).unwrap();
    fs::write(place.path("out/emails.jsonl"), &emails[..100]).unwrap();
    let refused = place.run("--options o.toml");
    assert!(
        refused
            .stderr
            .contains("out/emails.jsonl: has 100 bytes, and earlier runs had written"),
        "{}",
        refused.stderr
    );
    fs::remove_file(place.path("out/emails.jsonl")).unwrap();
    assert_eq!(place.run("--options o.toml").status, 1);
    fs::write(place.path("out/emails.jsonl"), &emails).unwrap();
    run(&place, "--options o.toml");
    // Without a state, the meaning of the files is unknown.
    fs::remove_file(place.path("out/state.db")).unwrap();
    let refused = place.run("--options o.toml");
    assert_eq!(refused.status, 2);
    assert!(
        refused
            .stderr
            .contains("out: holds emails.jsonl and no state.db"),
        "{}",
        refused.stderr
    );
    assert!(fs::read(place.path("out/emails.jsonl")).unwrap() == emails);
}

#[test]
fn what_a_stopped_run_has_written_is_cut_off() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..3);
    run(&place, "--options o.toml");
    let before = output(&place.path("out"));
    for (name, bytes) in &before {
        let more = [bytes.as_slice(), b"{\"half\":"].concat();
        fs::write(place.path("out").join(name), more).unwrap();
    }
    run(&place, "--options o.toml");
    assert!(output(&place.path("out")) == before);
}

#[test]
fn a_full_disk_changes_nothing() {
    let place = Place::new();
    fill(&place, 0..5);
    place.write("o.toml", ALL);
    run(&place, "--options o.toml");
    let before = output(&place.path("out"));
    fill(&place, 5..700);
    let program = assert_cmd::cargo::cargo_bin!("mailtrack")
        .display()
        .to_string();
    // The limit is in blocks of 512 bytes.
    let script = format!("trap '' XFSZ; ulimit -f 300; exec '{program}' \"$@\"");
    let mut command = Command::new("sh");
    let args = "sh run mail --book book --out out --options o.toml";
    command
        .args(["-c", &script])
        .args(args.split(' '))
        .current_dir(place.path(""));
    let failed = ran(command);
    let told = (failed.status, failed.stderr.lines().count());
    assert_eq!(told, (1, 1), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("cannot be written"),
        "{}",
        failed.stderr
    );
    assert!(output(&place.path("out")) == before);
    run(&place, "--options o.toml");
    assert_eq!(place.lines("decisions").len(), 700);
}

#[test]
fn a_summary_that_cannot_be_put_there_undoes_nothing() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..3);
    place.write("out/summary.json/in-the-way", "");
    let failed = place.run("--options o.toml");
    assert_eq!(failed.status, 1, "{}", failed.stderr);
    let says = "mailtrack: out/summary.json: cannot be written: ";
    assert!(failed.stderr.contains(says), "{}", failed.stderr);
    assert_eq!(place.lines("emails").len(), 3);
    assert!(!place.path("out/.summary.json.partial").exists());
    fs::remove_dir_all(place.path("out/summary.json")).unwrap();
    let before = output(&place.path("out"));
    run(&place, "--options o.toml");
    assert!(output(&place.path("out")) == before);
    assert_eq!(counts(&place), [0, 0, 0, 3, 0]);
}

#[test]
fn a_run_that_cannot_begin_leaves_no_folder() {
    let place = Place::new();
    fill(&place, 0..5);
    let program = assert_cmd::cargo::cargo_bin!("mailtrack")
        .display()
        .to_string();
    let script = format!("trap '' XFSZ; ulimit -f 8; exec '{program}' \"$@\"");
    let mut command = Command::new("sh");
    command
        .args([
            "-c", &script, "sh", "run", "mail", "--book", "book", "--out", "out",
        ])
        .current_dir(place.path(""));
    let failed = ran(command);
    assert_eq!(
        (failed.status, failed.stderr.lines().count()),
        (1, 1),
        "{}",
        failed.stderr
    );
    assert!(!place.path("out").exists());
}

/// A run that is killed at any moment and started again ends with the same bytes as one that was not killed.
#[test]
fn a_run_killed_at_any_moment_is_made_good() {
    let place = Place::new();
    place.write("o.toml", ALL);
    fill(&place, 0..300);
    let arguments =
        |out: &str| format!("run mail --book book --options o.toml --quiet --out {out}");
    let started = Instant::now();
    assert_eq!(ran(place.command(&arguments("whole"))).status, 0);
    let mut whole = started.elapsed();
    let want = output(&place.path("whole"));
    let (mut killed, mut at) = (0, Duration::ZERO);
    let mut fresh = 0;
    while killed < 200 {
        // Every fortieth time from nothing, otherwise over what the last kill left.
        if killed % 40 == 0 && fresh <= killed / 40 {
            let _ = fs::remove_dir_all(place.path("out"));
            fresh += 1;
        }
        at += whole / 37 + Duration::from_micros(311);
        if at > whole + whole / 4 {
            at = Duration::from_micros(at.as_micros() as u64 % 997);
        }
        let is_new = !place.path("out").exists();
        let mut child = place
            .command(&arguments("out"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(at);
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        match ended {
            None => killed += 1,
            // It finished first: its output is complete, and the next one begins from nothing.
            Some(status) => {
                assert!(status.success());
                assert!(output(&place.path("out")) == want, "after {killed} kills");
                fs::remove_dir_all(place.path("out")).unwrap();
                // The first run may have been slower than this one, because other tests were running. A run over one
                // that was killed after its commit has less to do.
                if is_new {
                    whole = whole.min(at);
                }
            }
        }
    }
    assert_eq!(ran(place.command(&arguments("out"))).status, 0);
    assert!(output(&place.path("out")) == want);
}
