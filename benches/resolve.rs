//! Measures the lookup of an address in the book, compared with other maps and with the limit that memory sets, and the
//! resolution of senders and recipients.
//!
//! `cargo bench --bench resolve` measures books of 100 k, 1 M and 10 M addresses; `MAILTRACK_BENCH_SIZES=1M,50M cargo
//! bench --bench resolve` selects others. The output ends with a table.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up may stop"
)]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]
#![allow(unreachable_pub, reason = "nothing outside a benchmark can reach it")]

mod contenders;
#[path = "generate/csv.rs"]
mod csv;
mod generate;
#[path = "generate/records.rs"]
mod records;
#[path = "contenders/resolution.rs"]
mod resolution;
#[path = "generate/whole.rs"]
mod whole;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use contenders::{
    Contender, Fst, Hashbrown, Kept, Limit, Ours, OursThreaded, Sqlite, StdMap, table_bytes,
};
use criterion::{Criterion, SamplingMode, Throughput};
use generate::Series;
use generate::people::{address, mix};
use mailtrack::bench::BookSection;
use mailtrack::bench::Columns;
use mailtrack::bench::Threads;
use mailtrack::bench::{Book, BookBuilder, LookupResults};
use resolution::{Resolution, Role};

/// Number of prepared queries, which take far more memory than a processor's cache has.
const QUERIES: usize = 2_000_000;

/// Number of queries in one measured step; each step takes the next ones.
const STEP: usize = 1 << 16;

/// From this number of addresses on, contenders that take many times the memory are left out.
const SMALL: u64 = 20_000_000;

const SIZES: [(&str, u64); 4] = [
    ("100k", 100_000),
    ("1M", 1_000_000),
    ("10M", 10_000_000),
    ("50M", 50_000_000),
];

/// The queries of a measurement.
struct Workload {
    name: &'static str,
    text: String,
    ends: Vec<usize>,
}

impl Workload {
    /// Creates queries in mixed case, of which `hits_percent` are for addresses in the book.
    fn new(name: &'static str, size: u64, hits_percent: u64, is_uneven: bool) -> Workload {
        let mut series = Series::new(7);
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(QUERIES));
        for _ in 0..QUERIES {
            let known = if is_uneven {
                // The n-th most frequent address is queried one n-th as often as the first (Zipf).
                let share = series.next() as f64 / u64::MAX as f64;
                mix((size as f64).powf(share) as u64) % size
            } else {
                series.below(size)
            };
            let is_hit = series.below(100) < hits_percent;
            push_mixed(
                &mut text,
                &address(if is_hit { known } else { known + size }),
                series.next(),
            );
            ends.push(text.len());
        }
        Workload { name, text, ends }
    }

    fn queries(&self) -> Vec<&str> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.text[start..end])
            .collect()
    }
}

/// Appends an address: a third are written as in the book, a third with capitalized names, a third all in capitals.
fn push_mixed(out: &mut String, address: &str, chance: u64) {
    let start = out.len();
    out.push_str(address);
    match chance % 3 {
        0 => (),
        1 => {
            let mut is_first = true;
            let capital = |c: char| {
                let begins = std::mem::replace(&mut is_first, matches!(c, '.' | '_' | '@'));
                if begins { c.to_ascii_uppercase() } else { c }
            };
            let named: String = address.chars().map(capital).collect();
            out.replace_range(start.., &named);
        }
        _ => out[start..].make_ascii_uppercase(),
    }
}

/// The measurements: nanoseconds per query by size, workload and contender.
#[derive(Default)]
struct Results {
    nanoseconds: BTreeMap<(usize, &'static str, &'static str), f64>,
    lines: Vec<String>,
}

impl Results {
    /// Measures a contender.
    fn measure(
        &mut self,
        c: &mut Criterion,
        size: usize,
        workload: &Workload,
        contender: &mut dyn Contender,
    ) {
        let queries = workload.queries();
        let samples = RefCell::new(Vec::new());
        let mut steps = queries.chunks_exact(STEP).cycle();
        let mut group = c.benchmark_group(format!("resolve/{}/{}", SIZES[size].0, workload.name));
        group.sampling_mode(SamplingMode::Flat).sample_size(15);
        group
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(2));
        group.throughput(Throughput::Elements(STEP as u64));
        group.bench_function(contender.name(), |bencher| {
            bencher.iter_custom(|count| {
                let start = Instant::now();
                for queries in steps.by_ref().take(count as usize) {
                    black_box(contender.look_up(queries));
                }
                let taken = start.elapsed();
                samples
                    .borrow_mut()
                    .push(taken.as_nanos() as f64 / (count as f64 * STEP as f64));
                taken
            });
        });
        group.finish();
        if let Some(median) = median(samples.into_inner()) {
            self.nanoseconds
                .insert((size, workload.name, contender.name()), median);
            let bytes = contender
                .bytes_per_address()
                .map(|bytes| format!(", {bytes:.1} B/address"));
            self.tell(
                size,
                workload.name,
                contender.name(),
                &bytes.unwrap_or_default(),
            );
        }
    }

    /// Adds a line of the table. The limit is measured first and hashbrown second, so that the others can be compared
    /// with them.
    fn tell(&mut self, size: usize, workload: &'static str, name: &'static str, bytes: &str) {
        let of = |name| self.nanoseconds.get(&(size, workload, name)).copied();
        let Some(taken) = of(name) else { return };
        let limit = of("limit").map(|limit| format!(", {:.1} x limit", taken / limit));
        let faster =
            of("hashbrown").map(|other| format!(", {:.1} x faster than hashbrown", other / taken));
        let bare = of("ours").filter(|_| name.starts_with("ours, "));
        let bare = bare.map(|bare| format!(", {:.2} x ours", taken / bare));
        self.lines.push(format!(
            "ratio resolve/{}/{workload}/{name}: {taken:.1} ns{}{}{}{bytes}",
            SIZES[size].0,
            limit.unwrap_or_default(),
            faster.unwrap_or_default(),
            bare.unwrap_or_default(),
        ));
    }
}

fn median(mut samples: Vec<f64>) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied()
}

/// Measures how long a built file takes to open and to answer the first query.
fn opening(results: &mut Results, size: usize, path: &Path, threads: &Threads) -> Book {
    let open = || {
        mailtrack::bench::load_book(
            path,
            &BookSection::default(),
            Columns::default(),
            [],
            threads,
        )
        .expect("the file can be opened")
    };
    let times = (0..15).map(|_| {
        let start = Instant::now();
        let mut found = LookupResults::default();
        open().look_up(&[address(5).as_str()], &mut found);
        start.elapsed().as_secs_f64() * 1e3
    });
    let times = median(times.collect()).unwrap_or_default();
    results.lines.push(format!(
        "ratio resolve/{}/open a built file and look one address up: {times:.2} ms",
        SIZES[size].0
    ));
    open()
}

fn bench(c: &mut Criterion, results: &mut Results, size: usize) {
    let count = SIZES[size].1;
    let (all, one) = (
        Threads::new(0).expect("threads"),
        Threads::new(1).expect("threads"),
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let workloads = [
        ("hit100", 100, false),
        ("hit50", 50, false),
        ("zipf80", 80, true),
    ];
    let workloads =
        workloads.map(|(name, hits, is_uneven)| Workload::new(name, count, hits, is_uneven));
    let book = records::in_memory(count, &all).expect("the book is good");
    // Contenders are measured one after another, each freed before the next is built, because the largest do not fit in
    // memory together.
    let mut limit = Limit::new(table_bytes(&book)).expect("memory");
    workloads
        .iter()
        .for_each(|workload| results.measure(c, size, workload, &mut limit));
    drop(limit);
    let mut other = Hashbrown::new(count);
    workloads
        .iter()
        .for_each(|workload| results.measure(c, size, workload, &mut other));
    drop(other);
    for workload in &workloads {
        let mut ours = Ours {
            name: "ours",
            book: &book,
        };
        results.measure(c, size, workload, &mut ours);
        let mut kept = Kept {
            book: &book,
            found: LookupResults::default(),
        };
        results.measure(c, size, workload, &mut kept);
        for role in [Role::Sender, Role::Recipient] {
            results.measure(c, size, workload, &mut Resolution::new(&book, role));
        }
        let mut threaded = OursThreaded {
            name: "ours, two threads",
            book: &book,
            threads: Threads::new(2).expect("threads"),
        };
        results.measure(c, size, workload, &mut threaded);
    }
    drop(book);
    let path = folder.path().join("book.mtb");
    let file = std::fs::File::create(&path).expect("a file");
    let builder = BookBuilder::into_file(file, folder.path()).expect("a file");
    let builder = records::book(builder, count, &all).expect("the book is good");
    builder.finish_file(&all).expect("the book can be written");
    let book = opening(results, size, &path, &one);
    let mut mapped = Ours {
        name: "ours, from the file",
        book: &book,
    };
    results.measure(c, size, &workloads[0], &mut mapped);
    if count < SMALL {
        let mut others: Vec<Box<dyn FnOnce() -> Box<dyn Contender>>> = vec![
            Box::new(|| Box::new(StdMap::new(count))),
            Box::new(|| Box::new(Fst::new(count).expect("fst takes sorted addresses"))),
            Box::new(|| Box::new(Sqlite::new(count).expect("SQLite takes the addresses"))),
        ];
        for make in others.drain(..) {
            let mut contender = make();
            workloads
                .iter()
                .for_each(|workload| results.measure(c, size, workload, &mut *contender));
        }
    }
}

fn main() {
    let wanted = std::env::var("MAILTRACK_BENCH_SIZES").unwrap_or_else(|_| "100k,1M,10M".into());
    let mut c = Criterion::default().configure_from_args();
    let mut results = Results::default();
    for size in wanted.split(',') {
        let size = SIZES
            .iter()
            .position(|it| it.0 == size)
            .expect("sizes are 100k, 1M, 10M, 50M");
        bench(&mut c, &mut results, size);
        if SIZES[size].1 < SMALL {
            results.lines.push(
                whole::build(SIZES[size].0, SIZES[size].1).expect("the program builds a book"),
            );
        }
    }
    c.final_summary();
    println!();
    for line in results.lines {
        println!("{line}");
    }
}
