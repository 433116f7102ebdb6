//! Paths that are not regular files where the program reads one: the program neither waits for them nor reads forever,
//! and reports each in one line. What another program writes into a pipe is nevertheless read.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::place::{Place, ran};

/// What is in the place of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Odd {
    /// A FIFO that no process has open for writing.
    Fifo,
    Folder,
    /// A device that never ends.
    Device,
    Socket,
}

impl Odd {
    const ALL: [Odd; 4] = [Odd::Fifo, Odd::Folder, Odd::Device, Odd::Socket];

    fn put(self, path: &Path) {
        let _ = fs::remove_file(path);
        match self {
            Odd::Fifo => {
                let made = Command::new("mkfifo").arg(path).status();
                assert!(made.unwrap().success());
            }
            Odd::Folder => fs::create_dir(path).unwrap(),
            Odd::Device => symlink("/dev/zero", path).unwrap(),
            Odd::Socket => {
                UnixListener::bind(path).unwrap();
            }
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Odd::Fifo => "is a FIFO",
            Odd::Folder => "is a folder",
            Odd::Device => "is a device",
            Odd::Socket => "is a socket",
        }
    }
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// A file that a command reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    command: String,
    status: i32,
    /// Words of the message about a device.
    device: Option<String>,
    /// Words of the message about all of them.
    all: Option<String>,
    #[serde(default = "yes")]
    folder: bool,
}

fn yes() -> bool {
    true
}

impl Case {
    /// Returns what is wrong with the message.
    fn fault(&self, odd: Odd) -> Option<String> {
        let place = place();
        if self.command.split(' ').any(|word| word == "out") {
            assert_eq!(place.run("--quiet --options good.toml").status, 0);
        }
        odd.put(&place.path(&self.file));
        let ran = ran(place.command(&self.command));
        let of_device = self.device.as_deref().filter(|_| odd == Odd::Device);
        let said = self.all.as_deref().or(of_device);
        let wants = [said.unwrap_or(odd.noun()), &self.file];
        let is_good = ran.status == self.status
            && ran.stderr.lines().count() == 1
            && wants.iter().all(|want| ran.stderr.contains(want))
            && !place.path("new").exists();
        let Case { file, command, .. } = self;
        (!is_good).then(|| {
            format!(
                "{odd:?} as {file}: {command}: {} {}",
                ran.status, ran.stderr
            )
        })
    }
}

const OUTBOX: &str =
    r#"{"from":"ann@contoso.example","to":"kim@fabrikam.example","subject":"Hi","body":"Hi"}"#;

const CARD: &str = "BEGIN:VCARD\nVERSION:3.0\nFN:Kim Abel\nEMAIL:kim@fabrikam.example\nEND:VCARD\n";

/// Creates a place with everything that the commands of the cases read.
fn place() -> Place {
    let place = Place::new();
    place.write(
        "mail/1.eml",
        "From: Kim <kim@fabrikam.example>\nTo: ann@contoso.example\nMessage-ID: <1@x.example>\n\nHi\n",
    );
    for name in ["o.toml", "good.toml"] {
        place.write(name, "email.track = \"all\"\n");
    }
    place.write(
        "files.toml",
        "[book.files]\nperson = \"people.txt\"\n[book]\npreset = \"generic\"\n",
    );
    place.write(
        "query.toml",
        "[book.query]\ncontact = \"select id, mail as emailaddress1 from people\"\n",
    );
    let database = rusqlite::Connection::open(place.path("crm.db")).unwrap();
    database
        .execute_batch("create table people (id text, mail text)")
        .unwrap();
    place.write("send.toml", "[send]\nallow = true\noutbox = \"pickup\"\n");
    let login = "user = \"ann\"\npassword_file = \"password\"\n";
    place.write(
        "smtp.toml",
        format!("[send]\nallow = true\n[send.smtp]\nhost = \"127.0.0.1\"\nport = 1\n{login}"),
    );
    place.write("pending.jsonl", OUTBOX);
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    for entry in fs::read_dir(rules).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        place.write(&format!("rules/{name}"), fs::read(&path).unwrap());
    }
    fs::create_dir(place.path("t")).unwrap();
    place
}

#[test]
fn what_is_not_a_plain_file_is_reported_in_a_line_and_never_waited_for() {
    let cases: Cases = toml::from_str(include_str!("odd_files.toml")).unwrap();
    let faults_of = |cases: &[Case]| -> Vec<String> {
        let each = cases
            .iter()
            .flat_map(|case| Odd::ALL.map(|odd| (case, odd)));
        let each = each.filter(|(case, odd)| case.folder || *odd != Odd::Folder);
        each.filter_map(|(case, odd)| case.fault(odd)).collect()
    };
    // In parallel, because most of the time is spent waiting for a writer.
    let faults: Vec<String> = std::thread::scope(|scope| {
        let parts = cases.case.chunks(2);
        let running: Vec<_> = parts.map(|it| scope.spawn(move || faults_of(it))).collect();
        let found = running.into_iter().flat_map(|it| it.join().unwrap());
        found.collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[cfg(feature = "postgres")]
#[test]
fn authorities_and_passwords_of_a_database_are_plain_files() {
    let authorities = "postgres://127.0.0.1:1/crm?sslmode=verify-full&sslrootcert=ca.pem";
    for odd in Odd::ALL {
        let case = Case {
            file: "ca.pem".into(),
            command: format!("book check {authorities} --options query.toml"),
            status: 2,
            device: None,
            all: None,
            folder: true,
        };
        assert_eq!(case.fault(odd), None);
        let place = place();
        odd.put(&place.path("pgpass"));
        let mut command =
            place.command("book check postgres://127.0.0.1:1/crm --options query.toml");
        command.env("PGPASSFILE", "pgpass");
        let ran = ran(command);
        assert_eq!(ran.status, 2, "{odd:?}: {}", ran.stderr);
    }
}

#[test]
fn what_a_program_writes_into_a_pipe_is_read_even_if_it_comes_late() {
    let cases = [
        (
            "",
            "run mail --book book --out n1 --options <(cat good.toml)",
            0,
        ),
        (
            "",
            "run mail --book book --out n2 --options <(sleep 0.3; cat good.toml)",
            0,
        ),
        ("", "run mail --book book --out n3 --options <(true)", 0),
        ("", "run mail --book book --out n4 --options /dev/null", 0),
        (
            "",
            "run mail --book book --out n5 --options /dev/stdin <good.toml",
            0,
        ),
        (
            "",
            "run mail --book book --out n6 --vcards <(cat cards.vcf)",
            0,
        ),
        (
            "",
            "run mail --book book --out n7 --options <(cat /dev/zero)",
            2,
        ),
        (
            "",
            "send <(cat pending.jsonl) --book book --options send.toml --out n8",
            0,
        ),
        (
            "",
            "options check fifo & sleep 0.3; cat good.toml >fifo; wait $!",
            0,
        ),
        (
            "(sleep 0.3; cat good.toml >fifo) & ",
            "options check fifo",
            0,
        ),
        (
            "(exec 3>fifo; sleep 2.5; cat good.toml >&3) & ",
            "options check fifo",
            0,
        ),
    ];
    // In parallel, because most of the time is spent waiting for a writer.
    std::thread::scope(|scope| {
        for (before, arguments, status) in cases {
            scope.spawn(move || read_from_a_pipe(before, arguments, status));
        }
    });
}

fn read_from_a_pipe(before: &str, arguments: &str, status: i32) {
    let place = place();
    place.write("cards.vcf", CARD);
    Odd::Fifo.put(&place.path("fifo"));
    let mut shell = Command::new("bash");
    shell
        .args(["-c", &format!("{before}\"$0\" {arguments}")])
        .arg(assert_cmd::cargo::cargo_bin!("mailtrack"))
        .current_dir(place.path(""));
    let ran = ran(shell);
    assert_eq!(ran.status, status, "{arguments}: {}", ran.stderr);
    let lines = ran.stderr.lines().count();
    assert_eq!(
        lines,
        usize::from(status > 0),
        "{arguments}: {}",
        ran.stderr
    );
}

#[test]
fn what_lies_among_cards_and_is_none_is_a_warning() {
    for (odd, noun) in [
        (Odd::Fifo, "a FIFO"),
        (Odd::Socket, "a socket"),
        (Odd::Device, "a link"),
    ] {
        let place = place();
        place.write("cards/a.vcf", CARD);
        odd.put(&place.path("cards/b.vcf"));
        let ran = ran(place.command("run mail --book book --out new --vcards cards"));
        let want =
            format!("mailtrack: warning: cards/b.vcf: is {noun}, not a file, and is left out\n");
        assert_eq!((ran.status, ran.stderr), (0, want));
    }
}

#[test]
fn a_table_that_cannot_be_read_is_never_left_out_without_a_word() {
    for (file, target, words) in [
        ("contact.jsonl", "/dev/zero", "is a device"),
        ("lead.csv", "lead.csv", "symbolic links"),
        ("account.jsonl", "/dev/null", "is a device"),
        ("doctor.csv", "../mail", "is a folder"),
        ("email.csv", "../fifo", "is a FIFO"),
    ] {
        let place = place();
        Odd::Fifo.put(&place.path("fifo"));
        symlink(target, place.path(&format!("book/{file}"))).unwrap();
        for command in [
            "run mail --book book --out new",
            "book check book",
            "book build book -o new.mtb",
        ] {
            let ran = ran(place.command(command));
            assert_eq!(ran.status, 2, "{file} {target}: {}", ran.stderr);
            let line = format!("mailtrack: book/{file}: cannot be read: ");
            let is_said = ran.stderr.starts_with(&line) && ran.stderr.contains(words);
            assert!(is_said, "{file} {target}: {}", ran.stderr);
        }
    }
}
