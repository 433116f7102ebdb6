//! A separate place for each test: a temporary folder with mail, a book and options, in which the built program runs.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::schemas;

/// Maximum time of a run; a longer one hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Size in bytes of a page of the state.
const PAGE: usize = 8192;

/// The user for tests in which root, whom permission bits do not bind, cannot be used.
const NOBODY: u32 = 65534;

/// A folder that the program runs in; all names below are relative to it.
pub struct Place {
    folder: TempDir,
    is_root: bool,
}

/// The result of a run.
pub struct Ran {
    /// The exit status; -1 if a signal ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Place {
    /// Creates a place with an empty `mail` and a `book` of one contact and one user.
    pub fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let place = Place { folder, is_root };
        fs::create_dir(place.path("mail")).unwrap();
        place.write(
            "book/contact.csv",
            "contactid,fullname,emailaddress1\nc-1,Kim Abel,kim@fabrikam.example\n",
        );
        place.write(
            "book/systemuser.csv",
            "systemuserid,fullname,internalemailaddress\nu-1,Ann Beck,ann@contoso.example\n",
        );
        place
    }

    /// Returns the path of a name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and creates its folders.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Returns a command with these arguments, separated by white space, in this place.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mailtrack"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path());
        command
    }

    /// Like [`command`](Place::command), in a process whose files may have at most `blocks` blocks of 512 bytes:
    /// writing more fails as on a full disk.
    pub fn within(&self, blocks: u32, arguments: &str) -> Command {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {arguments}");
        let mut command = Command::new("sh");
        command
            .args(["-c", &script])
            .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
            .current_dir(self.folder.path());
        command
    }

    /// Runs `run mail --book book --out out` with further arguments.
    pub fn run(&self, more: &str) -> Ran {
        ran(self.command(&format!("run mail --book book --out out {more}")))
    }

    /// Like [`command`](Place::command), as a user whom permission bits bind.
    pub fn bound(&self, arguments: &str) -> Command {
        if !self.is_root {
            return self.command(arguments);
        }
        let mut command = Command::new(public_program());
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .uid(NOBODY)
            .gid(NOBODY);
        command
    }

    /// Like [`run`](Place::run), as a user whom permission bits bind.
    pub fn run_bound(&self, more: &str) -> Ran {
        ran(self.bound(&format!("run mail --book book --out out {more}")))
    }

    /// Sets a path's permission bits, and makes the user of [`run_bound`](Place::run_bound) its owner.
    pub fn permit(&self, name: &str, mode: u32) {
        let path = self.path(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        if self.is_root {
            std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// Returns the lines of `out/NAME.jsonl`.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(&format!("out/{name}.jsonl"))).unwrap();
        schemas::hold(name, &text);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Returns the summary, after comparing its counts with the lines: every message has one outcome.
    pub fn summary(&self) -> Value {
        let text = fs::read_to_string(self.path("out/summary.json")).unwrap();
        assert_eq!(schemas::fault("summary", &text), None);
        let summary: Value = serde_json::from_str(&text).unwrap();
        let messages = |name: &str| summary["messages"][name].as_u64().unwrap();
        let outcomes = ["tracked", "nottracked", "duplicates", "seen"].map(messages);
        let decided: u64 = outcomes.iter().sum();
        let failures = messages("failures");
        assert_eq!(messages("total"), decided + failures);
        assert_eq!(self.lines("decisions").len() as u64, decided);
        assert_eq!(self.lines("failures").len() as u64, failures);
        assert_eq!(self.lines("emails").len() as u64, messages("tracked"));
        let files = |name: &str| summary["files"][name].as_u64().unwrap();
        let fates = ["withmessages", "skipped", "unreadable"].map(files);
        assert_eq!(files("total"), fates.iter().sum::<u64>());
        summary
    }

    /// Changes rows of the state as the program would, with correct checksums of the pages.
    pub fn alter_state(&self, alter: impl FnOnce(&rusqlite::Connection)) {
        let path = self.path("out/state.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        alter(&connection);
        drop(connection);
        let mut bytes = fs::read(&path).unwrap();
        for (number, page) in (0u64..).zip(bytes.chunks_exact_mut(PAGE)) {
            let (content, sum) = page.split_last_chunk_mut::<8>().unwrap();
            let place = (number * PAGE as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *sum = (mailtrack::bench::checksum(content) ^ place).to_le_bytes();
        }
        fs::write(path, bytes).unwrap();
    }

    /// Returns the names in the folder `name`, sorted; none if it does not exist.
    pub fn names(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// Runs a command, and checks that everything it prints is fit for a terminal and for a user.
pub fn ran(command: Command) -> Ran {
    let mut command = assert_cmd::Command::from_std(command);
    let output = command.timeout(PATIENCE).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran = Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(
        !said.contains(|c: char| c.is_control() && c != '\n'),
        "{said:?}"
    );
    let internals = [
        "panicked",
        "BACKTRACE",
        "src/",
        "Error {",
        "Os {",
        "Some(",
        "Err(",
        "kind:",
    ];
    let found = internals.iter().find(|word| said.contains(**word));
    assert_eq!(found, None, "{said}");
    ran
}

/// Returns what a command prints on standard output; it must succeed.
pub fn said(place: &Place, arguments: &str) -> String {
    let ran = ran(place.command(arguments));
    assert_eq!(ran.status, 0, "{arguments}: {}", ran.stderr);
    ran.stdout
}

/// Returns a number of rows as the program prints it.
pub fn rows_said(count: usize) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

/// Returns a copy of the program that every user can run.
fn public_program() -> PathBuf {
    static COPY: OnceLock<TempDir> = OnceLock::new();
    let folder = COPY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // By another process: a copy that this one still has open for writing could not be run.
        let copied = Command::new("cp")
            .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
            .arg(folder.path().join("mailtrack"))
            .status();
        assert!(copied.unwrap().success());
        folder
    });
    folder.path().join("mailtrack")
}
