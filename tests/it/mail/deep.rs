//! Folders nested deeper than a path can be, and deeper than they are read: each file is read, or its folder is a
//! failure that says how many files are left out.

use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::process::Command;

use crate::place::{Place, ran};
use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat, renameat};

/// A place with deeply nested mail. It is removed separately, because the standard library needs a descriptor per
/// level.
struct Deep(Place);

impl Drop for Deep {
    fn drop(&mut self) {
        let mail = self.0.path("mail");
        let _ = Command::new("rm").arg("-rf").arg(mail).status();
    }
}

impl Deep {
    fn new() -> Deep {
        let place = Place::new();
        place.write("o.toml", "email.track = \"all\"\n");
        Deep(place)
    }

    fn mail(&self) -> OwnedFd {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        openat(CWD, self.0.path("mail"), flags, Mode::empty()).unwrap()
    }

    /// Runs, and returns the sources of tracked messages; nothing may fail.
    fn sources(&self) -> Vec<String> {
        let run = self.0.run("--options o.toml");
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert_eq!(self.0.summary()["messages"]["failures"], 0);
        let lines = self.0.lines("emails");
        let sources = lines.iter().map(|it| it["source"].as_str().unwrap());
        let mut sources: Vec<String> = sources.map(Into::into).collect();
        sources.sort_unstable();
        sources
    }

    /// Runs over the mail, named by its whole path: one message is tracked, and `source` fails. Returns the reason.
    fn failure(&self, source: &str) -> String {
        let mail = self.0.path("mail");
        let run = format!(
            "run {} --book book --out out --options o.toml",
            mail.display()
        );
        let run = ran(self.0.command(&run));
        assert_eq!(run.status, 0, "{}", run.stderr);
        let summary = self.0.summary();
        assert_eq!(summary["messages"]["tracked"], 1);
        assert_eq!(summary["files"]["unreadable"], 1);
        let failures = self.0.lines("failures");
        let [failure] = &failures[..] else {
            panic!("{failures:?}");
        };
        assert_eq!(failure["source"], source);
        failure["error"].as_str().unwrap().to_owned()
    }
}

/// Creates a folder in an open one.
fn folder(within: &OwnedFd, name: &str) -> OwnedFd {
    let _ = mkdirat(within, name, Mode::from_raw_mode(0o755));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    openat(within, name, flags, Mode::empty()).unwrap()
}

fn folders(mut within: OwnedFd, name: &str, count: usize) -> OwnedFd {
    for _ in 0..count {
        within = folder(&within, name);
    }
    within
}

fn message(within: &OwnedFd, name: &str, id: &str) {
    let flags = OFlags::WRONLY | OFlags::CREATE;
    let file = openat(within, name, flags, Mode::from_raw_mode(0o644)).unwrap();
    let mut file = std::fs::File::from(file);
    write!(
        file,
        "From: kim@fabrikam.example\nMessage-ID: <{id}@x.example>\n\nHi\n"
    )
    .unwrap();
}

#[test]
fn what_lies_too_deep_is_a_failure_that_counts_it() {
    let long = "long".repeat(50);
    // Files and folders below the deepest folder that is read, and the expected message.
    type Below = (usize, usize, &'static str);
    let cases: [(&str, &[Below]); 2] = [
        (
            "d",
            &[
                (0, 0, "0 files and 0 folders; "),
                (1, 0, "1 file and 0 folders; "),
                (3, 1, "6 files and 1 folder; "),
                (2, 40, "82 files and 40 folders; "),
            ],
        ),
        (&long, &[(2, 2, "6 files and 2 folders; ")]),
    ];
    for (name, cases) in cases {
        let deep = Deep::new();
        let mail = deep.0.path("mail");
        let above = mail.to_str().unwrap();
        let read = match name {
            "d" => 2048 - above.matches('/').count(),
            _ => (32_768 - above.len()) / (name.len() + 1),
        };
        let last = folders(deep.mail(), name, read);
        message(&last, "last.eml", "last");
        for (files, subfolders, words) in cases {
            fill(folder(&last, name), *files, *subfolders);
            let error = deep.failure(&vec![name; read + 1].join("/"));
            assert!(error.contains(words), "{error}");
            // Moved out of the mail, because its own path is longer than the system allows.
            let aside = deep.0.path(&format!("{files}-{subfolders}"));
            renameat(&last, name, CWD, aside).unwrap();
            std::fs::remove_dir_all(deep.0.path("out")).unwrap();
        }
    }
}

/// Fills a folder, and nested folders in it, with messages.
fn fill(mut at: OwnedFd, files: usize, subfolders: usize) {
    for level in 0..=subfolders {
        for number in 0..files {
            message(&at, &format!("{number}.eml"), &format!("{level}-{number}"));
        }
        if level < subfolders {
            at = folder(&at, "e");
        }
    }
}

#[test]
fn a_maildir_is_one_however_deep_it_lies() {
    let name = "a".repeat(200);
    for depth in [0, 5, 19, 20, 21, 25, 60] {
        let deep = Deep::new();
        let at = folders(deep.mail(), &name, depth);
        let whole = folder(&at, "Mail");
        message(&folder(&whole, "cur"), "1.a:2,S", "1");
        message(&folder(&whole, "new"), "2.b", "2");
        message(&folder(&whole, "tmp"), "3.c", "3");
        let within = folder(&whole, ".Sub.Folder");
        message(&folder(&within, "cur"), "4.d:2,RS", "4");
        folder(&within, "new");
        // Recognized as a Maildir only by names with flags.
        message(&folder(&folder(&at, "Flags"), "cur"), "5.e:2,S", "5");
        message(&folder(&folder(&at, "Plain"), "cur"), "6.eml", "6");
        drop((at, whole, within));
        let above = format!("{name}/").repeat(depth);
        let want = [
            "Flags/5.e",
            "Mail/1.a",
            "Mail/2.b",
            "Mail/Sub/Folder/4.d",
            "Plain/cur/6.eml",
        ];
        let want: Vec<String> = want.iter().map(|it| format!("{above}{it}")).collect();
        assert_eq!(deep.sources(), want, "{depth}");
    }
}
