//! How many messages a second one thread orders and decides: duplicates, correlation, creation, with everything in
//! memory.
//!
//! `cargo bench --bench fold`; `MAILTRACK_BENCH_MESSAGES=5000000 cargo bench --bench fold` for more messages.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up may stop"
)]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

mod generate;
#[path = "generate/records.rs"]
mod records;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use generate::Series;
use generate::people::address;
use jiff::Timestamp;
use mailtrack::address::Address;
use mailtrack::decide::Mail;
use mailtrack::envelope::{Addresses, Envelope, Party};
use mailtrack::options::Options;
use mailtrack::pipeline::{self, Remembered};
use mailtrack::rules::Rules;
use mailtrack::source::{Content, Place, Source};
use mailtrack::threads::Threads;

/// Half of them have a record.
const PEOPLE: u64 = 100_000;

/// Measured so often; the median counts.
const ROUNDS: usize = 5;

/// A message to one or several people; every other one answers an earlier one.
fn mail(n: u64, series: &mut Series, addresses: &mut Addresses) -> Mail {
    let mut party = || {
        let n = series.below(PEOPLE);
        let text = address(n);
        Party {
            name: Some(format!("First Last{n}").into()),
            address: Address::parse(&text).map(|address| addresses.intern(address)),
            written: text.into(),
        }
    };
    let (from, to) = ([party()].into(), (0..1 + n % 3).map(|_| party()).collect());
    let id = |n: u64| -> Box<str> { format!("{n:x}.{:x}@mail.company.example", n * 77).into() };
    let answers = (n > 0 && n.is_multiple_of(2)).then(|| series.below(n));
    let named = |count: u64| -> Box<[Box<str>]> {
        answers
            .into_iter()
            .flat_map(|n| n.saturating_sub(count)..=n)
            .map(id)
            .collect()
    };
    let (in_reply_to, references) = (named(0), named(2));
    Mail {
        source: Source {
            name: format!("{}/{n}.eml", n / 1000).into(),
            folder: Arc::from("Inbox"),
            place: Place(n as i64),
            content: Content::File(PathBuf::new()),
        },
        envelope: Envelope {
            message_id: Some(id(n)),
            received_on: Timestamp::from_second(1_700_000_000 + n as i64).ok(),
            subject: Some(format!("Offer {} for 40 units", n / 2).into()),
            from,
            to,
            in_reply_to,
            references,
            ..Envelope::default()
        },
        stands: false,
    }
}

fn main() {
    let count = std::env::var("MAILTRACK_BENCH_MESSAGES").map_or(Ok(500_000), |text| text.parse());
    let count: u64 = count.expect("MAILTRACK_BENCH_MESSAGES is a number");
    let (mut series, mut addresses) = (Series::new(5), Addresses::default());
    let messages: Vec<Mail> = (0..count)
        .map(|n| mail(n, &mut series, &mut addresses))
        .collect();
    let threads = Threads::new(1).expect("threads");
    let book = records::in_memory(PEOPLE / 2, &threads).expect("the book is good");
    let options =
        Options::parse("bench.toml", "[email]\ntrack = \"all\"\n").expect("the options are good");
    let rules = Rules::built_in().expect("the rules are good");
    let resolver = pipeline::resolve(&book, &options, &addresses, &threads);
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let (decided, _) =
                pipeline::decide(&messages, &resolver, &rules, &Remembered::default(), None);
            let taken = start.elapsed().as_secs_f64();
            assert_eq!(decided.decisions.len(), messages.len());
            count as f64 / taken
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!(
        "fold: {:.0} messages a second, of {count} messages, median of {ROUNDS}",
        rates[ROUNDS / 2]
    );
}
