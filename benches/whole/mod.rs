//! Whole runs of the program, compared with programs that do less: 50,000 files, a book of a million addresses.
//!
//! Each line has the time per message, and the ratio to the program that it is compared with: `floor` walks, opens,
//! reads the header section and closes; `stat` walks and reads size and time; `parse` is the parser library, reading
//! everything.

pub mod floor;
pub mod large;

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{csv, mail};

const MESSAGES: u64 = 50_000;

/// Number of addresses in the book.
const RECORDS: u64 = 1_000_000;

/// The addresses in the mail are among these: one in ten has a record, as in an archive of all mail.
const PEOPLE: u64 = 10 * RECORDS;

/// Number of runs of each program, alternating with the others; the median counts.
const ROUNDS: usize = 5;

/// The mail and the book.
struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    /// Creates mail as separate files, and the book.
    fn new(messages: u64) -> io::Result<Ground> {
        let ground = Ground {
            folder: tempfile::tempdir()?,
        };
        std::fs::create_dir(ground.path("records"))?;
        csv::folder(&ground.path("records"), RECORDS)?;
        mail::mail(&ground.path("mail"), messages, PEOPLE)?;
        std::fs::write(ground.path("all.toml"), "[email]\ntrack = \"all\"\n")?;
        let build = ["book", "build", "records", "-o", "book.mtb"];
        ground.mailtrack(&build)?;
        Ok(ground)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn mailtrack(&self, args: &[&str]) -> io::Result<Duration> {
        timed(&mut self.command(args))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mailtrack"));
        command.args(args).current_dir(self.folder.path());
        command
    }

    /// Runs into a new output folder; `more` has additional arguments.
    fn run(&self, mail: &str, threads: usize, more: &str) -> io::Result<Duration> {
        let out = self.path("out");
        if out.exists() {
            std::fs::remove_dir_all(&out)?;
        }
        self.again(mail, threads, more, "out")
    }

    fn again(&self, mail: &str, threads: usize, more: &str, out: &str) -> io::Result<Duration> {
        timed(&mut self.run_command(mail, threads, more, out))
    }

    fn run_command(&self, mail: &str, threads: usize, more: &str, out: &str) -> Command {
        let threads = threads.to_string();
        let mut args = vec!["run", mail, "--book", "book.mtb", "--out", out, "--quiet"];
        args.extend(["--threads", &threads]);
        args.extend(more.split_whitespace());
        self.command(&args)
    }

    /// Runs the demo.
    fn demo(&self) -> io::Result<Duration> {
        let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo/");
        let at = |name: &str| format!("{demo}{name}");
        let (mail, book, options) = (at("mail"), at("book"), at("options.toml"));
        let out = self.path("demo-out");
        if out.exists() {
            std::fs::remove_dir_all(&out)?;
        }
        self.mailtrack(&[
            "run",
            &mail,
            "--book",
            &book,
            "--options",
            &options,
            "--out",
            "demo-out",
            "--threads",
            "1",
        ])
    }

    /// Warms the caches before programs that only need names and sizes, so that they start alike.
    fn walk(&self) -> io::Result<()> {
        self.floor("stat").map(drop)
    }

    fn floor(&self, name: &str) -> io::Result<Duration> {
        timed(
            Command::new(std::env::current_exe()?)
                .args([name, "mail"])
                .current_dir(self.folder.path()),
        )
    }
}

fn timed(command: &mut Command) -> io::Result<Duration> {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status()?;
    let taken = start.elapsed();
    match status.success() {
        true => Ok(taken),
        false => Err(io::Error::other(format!("{command:?} failed"))),
    }
}

/// A program that is measured.
struct Timed {
    name: &'static str,
    run: fn(&Ground) -> io::Result<Duration>,
    /// What is done before, without being measured.
    before: fn(&Ground) -> io::Result<()>,
}

const fn timed_run(name: &'static str, run: fn(&Ground) -> io::Result<Duration>) -> Timed {
    Timed {
        name,
        run,
        before: |_| Ok(()),
    }
}

const NONE: &str = "--body none";
const ALL: &str = "--body none --options all.toml";
const TEXT: &str = "--body text --options all.toml";

const RUNS: [Timed; 11] = [
    timed_run("floor/1t", |it| it.floor("heads")),
    Timed {
        name: "stat/1t",
        run: |it| it.floor("stat"),
        before: Ground::walk,
    },
    timed_run("parse/1t", |it| it.floor("parse")),
    timed_run("leads/1t", |it| it.run("mail", 1, NONE)),
    timed_run("leads/2t", |it| it.run("mail", 2, NONE)),
    timed_run("all/1t", |it| it.run("mail", 1, ALL)),
    timed_run("all/2t", |it| it.run("mail", 2, ALL)),
    timed_run("text/1t", |it| it.run("mail", 1, TEXT)),
    timed_run("mbox/1t", |it| it.run("mail.mbox", 1, NONE)),
    Timed {
        name: "again/1t",
        run: |it| it.again("mail", 1, NONE, "seen"),
        before: |it| {
            if !it.path("seen").exists() {
                it.again("mail", 1, NONE, "seen")?;
            }
            it.walk()
        },
    },
    timed_run("demo/1t", |it| it.demo()),
];

/// What each is compared with.
const RATIOS: [(&str, &str); 8] = [
    ("floor/1t", "floor/1t"),
    ("leads/1t", "floor/1t"),
    ("leads/2t", "leads/1t"),
    ("all/1t", "floor/1t"),
    ("all/2t", "all/1t"),
    ("text/1t", "parse/1t"),
    ("mbox/1t", "leads/1t"),
    ("again/1t", "stat/1t"),
];

/// Measures everything, and prints the table.
pub fn measure() -> io::Result<()> {
    let ground = Ground::new(MESSAGES)?;
    mail::mbox(&ground.path("mail.mbox"), MESSAGES, PEOPLE)?;
    let mut times: Vec<Vec<Duration>> = RUNS.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        for (timed, times) in RUNS.iter().zip(&mut times) {
            (timed.before)(&ground)?;
            let taken = (timed.run)(&ground)?;
            // The first round warms the caches.
            if round > 0 {
                times.push(taken);
            }
        }
    }
    let median = |name: &str| {
        let at = RUNS.iter().position(|it| it.name == name).unwrap_or(0);
        let mut sorted = times[at].clone();
        sorted.sort();
        sorted[sorted.len() / 2].as_secs_f64()
    };
    for (name, against) in RATIOS {
        let micros = median(name) * 1e6 / MESSAGES as f64;
        let ratio = median(name) / median(against);
        let against = against
            .strip_suffix("/1t")
            .filter(|it| !name.starts_with(it) || *it == "floor");
        let against = against.unwrap_or("one thread");
        println!("ratio pipeline/{name}: {micros:.1} us/message, {ratio:.2} x {against}");
    }
    println!(
        "ratio pipeline/demo/1t: {:.1} ms from start to end",
        median("demo/1t") * 1e3
    );
    Ok(())
}
