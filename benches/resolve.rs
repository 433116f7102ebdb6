//! How long it takes to find an address in the book, beside a plain map of strings; and to resolve a sender.
//!
//! `cargo bench --bench resolve`

#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up may stop"
)]

mod generate;

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use generate::{Series, address};
use mailtrack::address::Address;
use mailtrack::book;
use mailtrack::create::CreatedRecords;
use mailtrack::envelope::{AddressId, Addresses};
use mailtrack::options::{MailboxId, Options};
use mailtrack::resolve::{Moment, Resolver};

const RECORDS: u64 = 100_000;
const QUERIES: usize = 10_000;
const BATCH: usize = 32;

fn lookups(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    generate::book(folder.path(), RECORDS);
    let options = Options::defaults().expect("the defaults are good");
    let book = book::load(folder.path(), &options.book_columns, []).expect("the book is good");
    let plain: HashMap<String, Vec<u64>> = (0..RECORDS)
        .map(|n| (address(n * 4 / 3), vec![n]))
        .collect();
    let mut series = Series::new(7);
    let texts: Vec<String> = (0..QUERIES)
        .map(|_| mixed_case(&address(series.below(RECORDS * 4 / 3))))
        .collect();

    let mut group = c.benchmark_group("resolve");
    group
        .throughput(Throughput::Elements(QUERIES as u64))
        .sample_size(20);
    group.bench_function("normal form", |b| {
        b.iter(|| {
            texts
                .iter()
                .filter_map(|text| Address::parse(black_box(text)))
                .count()
        })
    });
    group.bench_function("HashMap<String, _> with lower-casing", |b| {
        b.iter(|| {
            texts
                .iter()
                .filter(|text| plain.contains_key(&text.to_lowercase()))
                .count()
        });
    });
    let addresses: Vec<Address> = texts
        .iter()
        .filter_map(|text| Address::parse(text))
        .collect();
    let all: Vec<&Address> = addresses.iter().collect();
    let mut found = Vec::new();
    group.bench_function("book", |b| {
        b.iter(|| {
            all.chunks(BATCH)
                .for_each(|batch| book.lookup(batch, &mut found));
            black_box(found.len())
        });
    });
    let mut numbered = Addresses::default();
    let numbers: Vec<AddressId> = addresses
        .iter()
        .map(|address| numbered.intern(address.clone()))
        .collect();
    let distinct: Vec<&Address> = numbered.all().iter().collect();
    let mut candidates = Vec::new();
    book.lookup(&distinct, &mut candidates);
    let resolver = Resolver::new(&book, &options, &numbered, candidates);
    let created = CreatedRecords::default();
    let moment = Moment {
        created: &created,
        ordinal: 0,
    };
    let is_linked = |number: &&AddressId| {
        resolver
            .sender(MailboxId::GENERAL, **number, moment)
            .record
            .is_some()
    };
    group.bench_function("sender, with scope and order", |b| {
        b.iter(|| numbers.iter().filter(is_linked).count())
    });
    group.finish();
}

fn mixed_case(text: &str) -> String {
    let upper = |(at, c): (usize, char)| {
        if at % 3 == 0 {
            c.to_ascii_uppercase()
        } else {
            c
        }
    };
    text.chars().enumerate().map(upper).collect()
}

criterion_group!(benches, lookups);
criterion_main!(benches);
