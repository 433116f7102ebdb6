//! Mail and books that other programs change while they are read: nothing waits for what replaced a file, truncated
//! mail is one failure or one line, and what is read is what was listed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::{Place, ran};

const MANY: usize = 2_500;

/// Number of files for each kind of change.
const EACH: usize = 5;

/// Maximum time for anything that is not waiting forever.
const PATIENCE: Duration = Duration::from_secs(60);

fn message(number: usize) -> String {
    format!(
        "From: kim@fabrikam.example\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nMessage-ID: <{number}@fabrikam.example>\n\
         Subject: {number}\n\n{}\n",
        "body ".repeat(40)
    )
}

fn mbox(messages: usize) -> String {
    let one = |number| format!("From kim Mon Mar  2 09:30:00 2026\n{}\n", message(number));
    (0..messages).map(one).collect()
}

/// Creates a place with many files of mail.
fn of_files() -> Place {
    let place = Place::new();
    for number in 0..MANY {
        place.write(&format!("mail/{number:05}.eml"), message(number));
    }
    place
}

/// Starts a run on one thread.
fn begun(place: &Place, more: &str) -> Child {
    let arguments = format!("run mail --book book --out out --threads 1 --quiet {more}");
    let mut command = place.command(&arguments);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped());
    child.spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let status = Command::new("kill").args([name, &id]).status();
    assert!(status.unwrap().success());
}

/// Returns the exit status of a process, and what it printed.
fn ended(child: Child) -> (i32, String) {
    let (sender, said) = std::sync::mpsc::channel();
    let id = child.id();
    std::thread::spawn(move || drop(sender.send(child.wait_with_output().unwrap())));
    let Ok(output) = said.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill")
            .args(["-KILL", &id.to_string()])
            .status();
        panic!("it hangs");
    };
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap_or(-1), said)
}

/// Stops a run over many files as soon as it has one of them open, when all are listed.
#[allow(clippy::zombie_processes, reason = "whoever calls waits for it")]
fn stopped_at_files(place: &Place) -> Child {
    let child = begun(place, "");
    let folder = format!("/proc/{}/fd", child.id());
    let mail = place.path("mail");
    let is_mail = |path: &Path| path.starts_with(&mail) && path != mail;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let open = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
        if targets.any(|target| is_mail(&target)) {
            signal(&child, "-STOP");
            return child;
        }
    }
    panic!("no file was opened");
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_taken_a_files_place_is_neither_waited_for_nor_followed() {
    type Change = fn(&Path, &Place);
    let changes: [(&str, Change); 6] = [
        ("a FIFO", |path, _| {
            let made = Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        }),
        ("a folder", |path, _| fs::create_dir(path).unwrap()),
        ("a link", |path, place| {
            symlink(place.path("other.eml"), path).unwrap();
        }),
        ("a link", |path, _| symlink("nowhere", path).unwrap()),
        ("a link", |path, _| symlink("/dev/zero", path).unwrap()),
        ("a device or a socket", |path, _| {
            let listener = std::os::unix::net::UnixListener::bind(path).unwrap();
            drop(listener);
        }),
    ];
    let place = of_files();
    place.write("other.eml", message(MANY));
    let child = stopped_at_files(&place);
    // In the order in which the system lists them and the program reads them.
    let listed = fs::read_dir(place.path("mail")).unwrap();
    let listed: Vec<_> = listed.map(|entry| entry.unwrap().path()).collect();
    let last = &listed[MANY - changes.len() * EACH..];
    let mut want = BTreeMap::new();
    for (paths, (what, change)) in last.chunks(EACH).zip(changes) {
        for path in paths {
            fs::remove_file(path).unwrap();
            change(path, &place);
            let source = path.file_name().unwrap().to_str().unwrap();
            want.insert(source.to_owned(), what);
        }
    }
    signal(&child, "-CONT");
    let (status, said) = ended(child);
    assert_eq!(status, 0, "{said}");
    assert_eq!(place.summary()["messages"]["failures"], want.len());
    for failure in place.lines("failures") {
        let (source, error) = (&failure["source"], failure["error"].as_str().unwrap());
        let what = want[source.as_str().unwrap()];
        assert!(error.contains(what), "{source}: {what}: {error}");
    }
}

/// Stops a run while it reads an mbox, which must be large for that.
#[cfg(target_os = "linux")]
fn stopped_at_mbox(place: &Place, wait: Duration, more: &str) -> Child {
    let child = begun(place, more);
    std::thread::sleep(wait);
    signal(&child, "-STOP");
    child
}

#[cfg(target_os = "linux")]
#[test]
fn an_mbox_that_is_cut_off_while_it_is_read_is_at_most_one_failure() {
    let text = mbox(15_000);
    for (wait, left) in [(30, 0), (60, 0), (100, 1_000_000), (200, 5_000), (400, 0)] {
        let place = Place::new();
        place.write("mail/all.mbox", &text);
        let child = stopped_at_mbox(&place, Duration::from_millis(wait), "");
        let file = File::options()
            .write(true)
            .open(place.path("mail/all.mbox"));
        file.unwrap().set_len(left).unwrap();
        signal(&child, "-CONT");
        let (status, said) = ended(child);
        assert_eq!(status, 0, "{wait}: {said}");
        let failures = place.summary()["messages"]["failures"].clone();
        assert!(failures == 0 || failures == 1, "{wait}: {failures}");
        let again = place.run("");
        assert_eq!(again.status, 0, "{}", again.stderr);
    }
}

#[test]
fn a_book_that_is_cut_off_or_written_over_ends_the_run_before_anything_is_written() {
    let contacts: String = (0..60_000)
        .map(|number| format!("c-{number},Kim {number},kim{number}@fabrikam.example\n"))
        .collect();
    type Change = fn(&Path);
    let changes: [(&str, Change); 5] = [
        ("emptied", |path| {
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(0)
                .unwrap();
        }),
        ("shortened", |path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        }),
        ("one byte shorter", |path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_len(file.metadata().unwrap().len() - 1).unwrap();
        }),
        ("copied over", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, bytes).unwrap();
        }),
        ("written over", |path| {
            let length = fs::metadata(path).unwrap().len() as usize;
            fs::write(path, vec![0xFF; length]).unwrap();
        }),
    ];
    let place = of_files();
    place.write(
        "book/contact.csv",
        format!("contactid,fullname,emailaddress1\n{contacts}"),
    );
    let built = ran(place.command("book build book -o b.mtb"));
    assert_eq!(built.status, 0, "{}", built.stderr);
    fs::remove_dir_all(place.path("book")).unwrap();
    for (what, change) in changes {
        fs::copy(place.path("b.mtb"), place.path("book")).unwrap();
        let child = stopped_at_files(&place);
        change(&place.path("book"));
        signal(&child, "-CONT");
        let (status, said) = ended(child);
        assert_eq!(status, 2, "{what}: {said}");
        assert_eq!(said.lines().count(), 1, "{what}: {said}");
        assert!(said.contains("book: "), "{what}: {said}");
        let is_empty = |name: &str| {
            fs::read(place.path(&format!("out/{name}.jsonl"))).is_ok_and(|it| !it.is_empty())
        };
        assert!(!is_empty("decisions"), "{what}");
        let _ = fs::remove_dir_all(place.path("out"));
    }
}

#[test]
fn files_deeper_than_a_path_can_be_are_read() {
    let place = Place::new();
    let folder = "a".repeat(100);
    // From within each folder, because no system call takes the whole path.
    let script = format!(
        "cd mail && for at in $(seq 60); do mkdir {folder} && cd -P {folder} 2>/dev/null || exit 1; \
         printf 'From: kim@fabrikam.example\\nMessage-ID: <%s@x.example>\\n\\nHi\\n' $at > $at.eml; done"
    );
    let made = Command::new("sh")
        .args(["-c", &script])
        .current_dir(place.path("."))
        .status();
    assert!(made.unwrap().success());
    let run = place.run("");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let summary = place.summary();
    assert_eq!(summary["messages"]["total"], 60);
    assert_eq!(summary["messages"]["failures"], 0);
    assert_eq!(place.lines("emails").len(), 60);
}

#[test]
fn files_that_are_holes_are_refused_or_skipped() {
    let holes = |place: &Place, name: &str, begins: &str| {
        place.write(name, begins);
        let file = File::options().write(true).open(place.path(name)).unwrap();
        file.set_len(1 << 40).unwrap();
    };
    let place = Place::new();
    holes(&place, "mail/all.mbox", &mbox(3));
    holes(&place, "mail/one.eml", &message(1));
    holes(&place, "mail/disk.img", "no mail");
    holes(&place, "mail/zeros", "");
    holes(&place, "mail/all.tar", "");
    holes(&place, "mail/more.tar", &"x".repeat(4096));
    holes(&place, "mail/all.mbox.zst", "\u{50}*M\u{18}");
    place.write("mail/good.eml", message(2));
    let run = place.run("");
    assert_eq!(run.status, 0, "{}", run.stderr);
    place.summary();
    assert_eq!(place.lines("emails").len(), 1);
    let failures = place.lines("failures");
    let failed = |name: &str| failures.iter().any(|it| it["source"] == name);
    assert!(failed("all.mbox") && failed("one.eml"), "{failures:?}");
}

#[test]
fn a_link_that_the_user_has_named_is_followed() {
    let place = Place::new();
    place.write("real/all.mbox", mbox(2));
    place.write("real/one.eml", message(5));
    symlink(place.path("real/all.mbox"), place.path("mail/linked.mbox")).unwrap();
    symlink(place.path("real"), place.path("folder")).unwrap();
    symlink(place.path("real/one.eml"), place.path("one.eml")).unwrap();
    for (mail, messages) in [
        ("folder", 3),
        ("one.eml", 1),
        ("mail/linked.mbox", 2),
        ("mail", 0),
    ] {
        let run = ran(place.command(&format!(
            "run {mail} --book book --out out-{messages} --dry-run"
        )));
        assert_eq!(run.status, 0, "{mail}: {}", run.stderr);
        let said = format!("{messages} message");
        assert!(run.stdout.contains(&said), "{mail}: {}", run.stdout);
    }
}
