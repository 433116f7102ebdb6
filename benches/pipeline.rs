//! Measures the stages of a run over synthetic mail, and whole runs.
//!
//! Run `cargo bench --bench pipeline`; with `-- whole` for whole runs only, with `-- large` for runs over a million
//! files (12 GB in the folder for temporary files).

#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up may stop"
)]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]
#![allow(unreachable_pub, reason = "nothing outside a benchmark can reach it")]

#[path = "generate/csv.rs"]
mod csv;
mod generate;
#[path = "generate/mail.rs"]
mod mail;
mod whole;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group};
use jiff::Timestamp;
use mailtrack::bench::BodyKind;
use mailtrack::bench::Book;
use mailtrack::bench::Columns;
use mailtrack::bench::Intake;
use mailtrack::bench::Nowhere;
use mailtrack::bench::Options;
use mailtrack::bench::OutputRows;
use mailtrack::bench::Progress;
use mailtrack::bench::Rules;
use mailtrack::bench::Threads;
use mailtrack::bench::discover;
use mailtrack::bench::{Observer, Remembered};

const MESSAGES: u64 = 5_000;
const PEOPLE: u64 = 2_000;
const MAX_SIZE_BYTES: u64 = 1 << 28;

struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _: &'static str, _: u64) {}
    fn advance(&self, _: u64) {}
}

struct Stage {
    mail: PathBuf,
    book: Book,
    options: Options,
    rules: Rules,
}

impl Stage {
    fn read(&self, threads: &Threads) -> Intake {
        let found = discover(std::slice::from_ref(&self.mail), threads).expect("the mail is there");
        mailtrack::bench::read_mail(found, &self.rules, MAX_SIZE_BYTES, threads, &Quiet)
    }

    fn run(&self, threads: &Threads, body: BodyKind) -> usize {
        let intake = self.read(threads);
        let resolver = mailtrack::bench::resolve(
            &self.book,
            &self.options,
            &intake.distinct,
            Timestamp::UNIX_EPOCH,
            threads,
        );
        let (decided, _) = mailtrack::bench::decide(
            &intake.mail,
            &resolver,
            &self.rules,
            &Remembered::default(),
            Observer::default(),
            threads,
        );
        let rows = OutputRows {
            resolver: &resolver,
            decided: &decided,
            mail: &intake.mail,
            rules: &self.rules,
            cards: None,
        };
        mailtrack::bench::write(
            &rows,
            &mut Nowhere,
            body,
            MAX_SIZE_BYTES,
            &intake.failures.iter().collect::<Vec<_>>(),
            threads,
            &Quiet,
        )
        .expect("nowhere takes all");
        decided.decisions.len()
    }
}

fn stages(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).expect("a folder");
        path
    };
    let (mail, records) = (place("mail"), place("book"));
    mail::mail(&mail, MESSAGES, PEOPLE).expect("the folder can be written to");
    csv::folder(&records, PEOPLE).expect("the folder can be written to");
    let options =
        Options::parse("bench.toml", "[email]\ntrack = \"all\"\n").expect("the options are good");
    let stage = Stage {
        book: mailtrack::bench::load_book(
            &records,
            &options.book,
            Columns::default(),
            [],
            &Threads::new(0).expect("threads"),
        )
        .expect("the book is good"),
        rules: Rules::built_in().expect("the rules are good"),
        mail,
        options,
    };
    let mut group = c.benchmark_group("pipeline");
    group
        .throughput(Throughput::Elements(MESSAGES))
        .sample_size(20);
    for count in [1, 2] {
        let threads = Threads::new(count).expect("threads");
        group.bench_function(format!("heads/{count}t"), |b| {
            b.iter(|| black_box(stage.read(&threads).mail.len()))
        });
        group.bench_function(format!("all-without-bodies/{count}t"), |b| {
            b.iter(|| black_box(stage.run(&threads, BodyKind::None)))
        });
        group.bench_function(format!("all-with-text/{count}t"), |b| {
            b.iter(|| black_box(stage.run(&threads, BodyKind::Text)))
        });
    }
    let threads = Threads::new(2).expect("threads");
    let intake = stage.read(&threads);
    let resolver = mailtrack::bench::resolve(
        &stage.book,
        &stage.options,
        &intake.distinct,
        Timestamp::UNIX_EPOCH,
        &threads,
    );
    group.bench_function("order-and-decide", |b| {
        b.iter(|| {
            black_box(
                mailtrack::bench::decide(
                    &intake.mail,
                    &resolver,
                    &stage.rules,
                    &Remembered::default(),
                    Observer::default(),
                    &threads,
                )
                .0
                .decisions
                .len(),
            )
        });
    });
    group.finish();
}

criterion_group!(benches, stages);

fn main() {
    let mut args = std::env::args().skip(1).filter(|it| it != "--bench");
    let first = args.next().unwrap_or_default();
    if let Some(folder) = args.next()
        && whole::floor::run(&first, Path::new(&folder)).expect("the files can be read")
    {
        return;
    }
    if first == "large" {
        whole::large::measure().expect("the program runs");
        return;
    }
    if first != "whole" {
        benches();
    }
    whole::measure().expect("the program runs");
}
