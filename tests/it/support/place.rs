//! A place of its own for each test: a temporary folder with mail, a book and options, and the built program run in it.

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

/// No run of a test takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// The bytes of a page of the state.
const PAGE: usize = 8192;

/// The user to be where root, whom permission bits do not bind, would not do.
const NOBODY: u32 = 65534;

/// A folder that the program runs in; every name below is relative to it.
pub struct Place {
    folder: TempDir,
    is_root: bool,
}

/// What a run left.
pub struct Ran {
    /// The exit status; -1 where a signal ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Place {
    /// A place with an empty `mail` and a `book` of one contact and one user.
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

    /// The path of a name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders that it is in.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The program with these arguments, parted by white space, in this place.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("mailtrack"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path());
        command
    }

    /// As [`command`](Place::command), by a process whose files may have so many blocks of 512 bytes: writing more fails,
    /// as on a full disk.
    pub fn within(&self, blocks: u32, arguments: &str) -> Command {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {arguments}");
        let mut command = Command::new("sh");
        command
            .args(["-c", &script])
            .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
            .current_dir(self.folder.path());
        command
    }

    /// `run mail --book book --out out` and what is added to it.
    pub fn run(&self, more: &str) -> Ran {
        ran(self.command(&format!("run mail --book book --out out {more}")))
    }

    /// As [`command`](Place::command), by a user whom permission bits bind.
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

    /// As [`run`](Place::run), by a user whom permission bits bind.
    pub fn run_bound(&self, more: &str) -> Ran {
        ran(self.bound(&format!("run mail --book book --out out {more}")))
    }

    /// Sets a path's permission bits; gives the path to the user of [`run_bound`](Place::run_bound).
    pub fn permit(&self, name: &str, mode: u32) {
        let path = self.path(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        if self.is_root {
            std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// The lines of `out/NAME.jsonl`.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(&format!("out/{name}.jsonl"))).unwrap();
        schemas::hold(name, &text);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The summary, its counts held against the lines: every message has one outcome.
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

    /// Changes rows of the state as the program would: with the sums of the pages that hold them.
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

    /// The names in the folder `name`, sorted; none where it is not there.
    pub fn names(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// Runs a command; whatever it says is fit for a terminal and for a user.
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

/// What a command says on standard output, having ended well.
pub fn said(place: &Place, arguments: &str) -> String {
    let ran = ran(place.command(arguments));
    assert_eq!(ran.status, 0, "{arguments}: {}", ran.stderr);
    ran.stdout
}

/// A number of rows, as the program says it.
pub fn rows_said(count: usize) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

/// A copy of the program where every user can run it.
fn public_program() -> PathBuf {
    static COPY: OnceLock<TempDir> = OnceLock::new();
    let folder = COPY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // By a process of its own: a copy that this one still has open for writing cannot be run.
        let copied = Command::new("cp")
            .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
            .arg(folder.path().join("mailtrack"))
            .status();
        assert!(copied.unwrap().success());
        folder
    });
    folder.path().join("mailtrack")
}
