//! `watch`: mail that arrives while it runs is tracked once; and how it ends, fails and recovers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::place::{Place, ran};

/// Maximum time to wait for anything that is expected to happen.
const PATIENCE: Duration = Duration::from_secs(20);

const OPTIONS: &str = "[email]\ntrack = \"all\"\n[synchronization]\ninterval = \"1s\"\n";

/// A running `watch`, and its lines as they are printed.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(place: &Place, more: &str) -> Watching {
        let mut command = place.command(&format!(
            "watch mail --book book --options options.toml --out out {more}"
        ));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let errors = sender.clone();
        std::thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)))
        });
        std::thread::spawn(move || {
            stderr
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(errors.send(line)))
        });
        Watching { child, lines }
    }

    /// Returns the next line with these words, within `PATIENCE`.
    fn line(&self, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        while let Ok(line) = self
            .lines
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            if line.contains(words) {
                return line;
            }
            others.push(line);
        }
        panic!("no line has `{words}`: {others:#?}");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Returns the exit status after a signal.
    fn end(mut self, signal: &str) -> i32 {
        self.signal(signal);
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn place() -> Place {
    let place = Place::new();
    place.write("options.toml", OPTIONS);
    place
}

fn deliver(place: &Place, number: usize) {
    let text = format!(
        "From: kim@fabrikam.example\nTo: ann@contoso.example\nMessage-ID: <{number}@x>\nSubject: {number}\n\nHi\n"
    );
    place.write(&format!("aside/{number}.eml"), text);
    fs::rename(
        place.path(&format!("aside/{number}.eml")),
        place.path(&format!("mail/{number}.eml")),
    )
    .unwrap();
}

/// Returns how often each message is tracked.
fn tracked(place: &Place) -> BTreeMap<String, usize> {
    let mut tracked = BTreeMap::new();
    for line in place.lines("emails") {
        *tracked
            .entry(line["messageid"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    tracked
}

/// Asserts that messages 0 to `count` are tracked once each, and that a later run adds nothing.
#[track_caller]
fn assert_once_each(place: &Place, count: usize) {
    let want: BTreeMap<String, usize> = (0..count)
        .map(|number| (format!("{number}@x"), 1))
        .collect();
    assert_eq!(tracked(place), want);
    let again = ran(place.command("run mail --book book --options options.toml --out out"));
    assert_eq!(again.status, 0, "{}", again.stderr);
    assert_eq!(tracked(place), want);
}

#[test]
fn what_arrives_is_tracked_once_and_each_run_is_a_line() {
    let place = place();
    deliver(&place, 0);
    let watching = Watching::start(&place, "");
    let line = watching.line(" tracked, ");
    let (time, rest) = line.split_once(": ").unwrap();
    assert!(
        time.len() == "2026-03-01T09:30:00Z".len() && time.ends_with('Z'),
        "{line}"
    );
    assert!(
        rest.starts_with("1 message, 1 tracked, 0 created, 0 seen, 0 failures, "),
        "{line}"
    );
    assert!(rest.ends_with(" s"), "{line}");
    for number in 1..25 {
        deliver(&place, number);
        std::thread::sleep(Duration::from_millis(100));
    }
    watching.line("25 messages, ");
    // The lock is held only during a run.
    let beside =
        ran(place.command("run mail --book book --options options.toml --out out --dry-run"));
    assert_eq!(beside.status, 0, "{}", beside.stderr);
    assert_eq!(watching.end("-TERM"), 0);
    assert_once_each(&place, 25);
}

#[test]
fn a_signal_during_a_run_leaves_a_committed_folder() {
    for (signal, wait) in [("-TERM", 0), ("-INT", 30), ("-TERM", 60), ("-TERM", 120)] {
        let place = place();
        let count = 1500;
        for number in 0..count {
            deliver(&place, number);
        }
        let watching = Watching::start(&place, "");
        // As soon as the output folder exists, signals are handled and a run is in progress.
        let until = Instant::now() + PATIENCE;
        while !place.path("out").exists() {
            assert!(Instant::now() < until);
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(wait));
        assert_eq!(watching.end(signal), 0, "{signal} after {wait} ms");
        assert_eq!(tracked(&place).len(), count, "{signal} after {wait} ms");
        assert_once_each(&place, count);
    }
}

#[test]
fn a_book_or_mail_that_is_gone_for_a_while_is_reported_and_waited_for() {
    for gone in ["book", "mail"] {
        let place = place();
        deliver(&place, 0);
        let watching = Watching::start(&place, "");
        watching.line("1 message, 1 tracked");
        fs::rename(place.path(gone), place.path("away")).unwrap();
        let first = watching.line("trying again in 1 s");
        assert!(
            first.starts_with("mailtrack: 20") && first.contains(&format!("Z: {gone}: ")),
            "{first}"
        );
        watching.line("trying again in 2 s");
        fs::rename(place.path("away"), place.path(gone)).unwrap();
        deliver(&place, 1);
        watching.line("2 messages, 1 tracked");
        assert_eq!(watching.end("-INT"), 0);
        assert_once_each(&place, 2);
    }
}

#[test]
fn a_book_that_changes_is_read_again() {
    let place = place();
    let watching = Watching::start(&place, "");
    watching.line("0 messages");
    place.write(
        "book/contact.csv",
        "contactid,emailaddress1\nc-1,kim@fabrikam.example\nc-2,kim@fabrikam.example\n",
    );
    place.write(
        "options.toml",
        OPTIONS.replace("all", "leads-contacts-accounts")
            + "[address_book]\nsender_with_several_matches = \"unresolved\"\n",
    );
    deliver(&place, 0);
    watching.line("1 message, 1 tracked");
    let line: Value = place.lines("decisions")[0].clone();
    assert_eq!(
        (&line["reason"], &line["senderrecord"]),
        (&"SenderMatch".into(), &Value::Null)
    );
    place.write("options.toml", "[email]\ntrack = \"al\"\n");
    watching.line("options.toml:2:9: ");
    place.write("options.toml", OPTIONS);
    watching.line("1 message, 0 tracked, 0 created, 1 seen");
    assert_eq!(watching.end("-TERM"), 0);
}

#[test]
fn once_per_change_runs_as_soon_as_mail_arrives() {
    let place = place();
    place.write("options.toml", OPTIONS.replace("1s", "1 day"));
    fs::create_dir(place.path("mail/sub")).unwrap();
    let watching = Watching::start(&place, "--once-per-change");
    watching.line("0 messages");
    deliver(&place, 0);
    watching.line("1 message, 1 tracked");
    // In a subfolder, and in a new one.
    place.write(
        "mail/sub/1.eml",
        "From: kim@fabrikam.example\nMessage-ID: <1@x>\n\nHi\n",
    );
    watching.line("2 messages, 1 tracked");
    place.write(
        "mail/new/2.eml",
        "From: kim@fabrikam.example\nMessage-ID: <2@x>\n\nHi\n",
    );
    watching.line("3 messages, 1 tracked");
    // The mail folder is replaced by another.
    fs::rename(place.path("mail"), place.path("old")).unwrap();
    fs::rename(place.path("old"), place.path("mail")).unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    deliver(&place, 3);
    watching.line("4 messages, 1 tracked");
    assert_eq!(watching.end("-TERM"), 0);
    assert_once_each(&place, 4);
}

#[test]
fn once_per_change_runs_at_most_once_a_second_and_not_for_its_own_output() {
    let place = place();
    place.write("options.toml", OPTIONS.replace("1s", "1 day"));
    let mut command =
        place.command("watch mail --book book --options options.toml --out out --once-per-change");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let (started, mut number) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_secs(4) {
        deliver(&place, number);
        number += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(3500));
    let ended = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(ended.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut said = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    let runs = said.lines().count();
    // The first one, one per second while mail arrived, and one for the last of it.
    assert!((3..=7).contains(&runs), "{runs} runs:\n{said}");
    let tracked: usize = said
        .lines()
        .map(|line| {
            line.split_once(" tracked")
                .unwrap()
                .0
                .rsplit(' ')
                .next()
                .unwrap()
                .parse::<usize>()
                .unwrap()
        })
        .sum();
    assert_eq!(tracked, number, "{said}");
}

#[test]
fn what_is_wrong_at_the_start_ends_it() {
    let place = place();
    for (arguments, want) in [
        ("watch gone --book book --out out", "gone: "),
        (
            "watch gone --book book --out out --once-per-change",
            "gone: ",
        ),
        ("watch mail --book nowhere --out out", "nowhere: "),
        (
            "watch mail --book book --out out --now soon",
            "--now `soon`",
        ),
    ] {
        let failed = ran(place.command(arguments));
        assert_eq!(failed.status, 2, "{arguments}: {}", failed.stderr);
        assert!(
            failed.stderr.contains(want),
            "{arguments}: {}",
            failed.stderr
        );
        assert_eq!(
            failed.stderr.lines().count(),
            1,
            "{arguments}: {}",
            failed.stderr
        );
        assert!(!place.path("out").exists(), "{arguments}");
    }
}

/// Returns the memory of a process, in KiB.
#[cfg(target_os = "linux")]
fn held(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Each run opens every file again on one thread, which uses the same memory every time; `.ci/watch.py` runs longer.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_from_run_to_run() {
    let place = place();
    for number in 0..1700 {
        deliver(&place, number);
    }
    let watching = Watching::start(&place, "--recheck --threads 1");
    let mut held_after = Vec::new();
    for _ in 0..9 {
        watching.line(" tracked, ");
        held_after.push(held(watching.child.id()));
    }
    // A leak of a hundred bytes per message and run would exceed this.
    assert!(held_after[8] < held_after[2] + 1024, "KiB: {held_after:?}");
    assert_eq!(watching.end("-TERM"), 0);
}
