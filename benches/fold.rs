//! Measures how many messages per second one thread orders and decides: duplicates, correlation, creation, with
//! everything in memory.
//!
//! Run `cargo bench --bench fold`. `MAILTRACK_BENCH_MESSAGES=5000000` sets the number of messages;
//! `MAILTRACK_BENCH_STATE=10000000` adds a measurement with a state of that many activities of earlier runs.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up may stop"
)]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]
#![allow(unreachable_pub, reason = "nothing outside a benchmark can reach it")]

mod generate;
#[path = "generate/records.rs"]
mod records;

use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use generate::Series;
use generate::people::address;
use jiff::Timestamp;
use mailtrack::bench::Address;
use mailtrack::bench::Book;
use mailtrack::bench::Intake;
use mailtrack::bench::Lengths;
use mailtrack::bench::Mail;
use mailtrack::bench::Options;
use mailtrack::bench::Rules;
use mailtrack::bench::Threads;
use mailtrack::bench::{ActivityRow, Changes, DecidedRow, STATE_FILE, StateDatabase, StateError};
use mailtrack::bench::{Again, History};
use mailtrack::bench::{Distinct, EnvelopeBuilder, PartyField};
use mailtrack::bench::{Identity, activity_id};
use mailtrack::bench::{MailFile, MessageSource, SourceKey};
use mailtrack::bench::{Observer, Remembered};

/// Number of people; half of them have a record.
const PEOPLE: u64 = 100_000;

/// Number of measurements; the median counts.
const ROUNDS: usize = 5;

fn message_id(n: u64) -> String {
    format!("{n:x}.{:x}@mail.company.example", n * 77)
}

/// Returns a message to one or several people; every other one is a reply to an earlier one.
fn mail(n: u64, file: MailFile, series: &mut Series, distinct: &mut Distinct) -> Mail {
    let mut writing = EnvelopeBuilder::default();
    let mut party = |role| {
        let n = series.below(PEOPLE);
        let text = address(n);
        let address = Address::parse(&text).map(|address| distinct.addresses.intern(address));
        let address = address.map(|number| (number, &*text));
        writing.party(role, Some(&format!("First Last{n}")), &text, address);
    };
    party(PartyField::From);
    (0..1 + n % 3).for_each(|_| party(PartyField::To));
    let mut id = |n| {
        distinct
            .identities
            .intern(Identity::MessageId(&message_id(n)))
    };
    let answers = (n > 0 && n.is_multiple_of(2)).then(|| series.below(n));
    let named = |count: u64| {
        let numbers = answers.into_iter();
        numbers.flat_map(move |n| n.saturating_sub(count)..=n)
    };
    writing.in_reply_to(named(0).map(&mut id));
    writing.references(named(2).map(&mut id));
    writing.subject(&format!("Offer {} for 40 units", n / 2));
    writing.envelope.identity = id(n);
    writing.envelope.received_on = Timestamp::from_second(1_700_000_000 + n as i64).ok().into();
    Mail {
        source: MessageSource::File(file),
        envelope: writing.finish(),
        stands: false,
    }
}

/// Returns the messages with these numbers, a thousand per folder.
fn messages(numbers: Range<u64>, series: &mut Series, distinct: &mut Distinct) -> Vec<Mail> {
    let mut messages = Vec::with_capacity((numbers.end - numbers.start) as usize);
    for start in numbers.clone().step_by(1000) {
        let in_folder = start..numbers.end.min(start + 1000);
        let names: Vec<String> = in_folder.clone().map(|n| format!("{n}.eml")).collect();
        let name = format!("Inbox/{}", start / 1000);
        let files = MailFile::in_folder(Path::new(&name), &name, &names);
        let mail = in_folder
            .zip(files)
            .map(|(n, file)| mail(n, file, series, distinct));
        messages.extend(mail);
    }
    messages
}

/// Creates a state in which `count` messages are tracked, including those that this run's mail names.
fn state(folder: &Path, count: u64) -> Result<StateDatabase, StateError> {
    let mut state = StateDatabase::open(folder)?;
    for start in (0..count).step_by(1_000_000) {
        let numbers = || start..count.min(start + 1_000_000);
        let key = |n: u64| activity_id(Identity::MessageId(&message_id(n)), None).into_bytes();
        let keys: Vec<(u64, [u8; 16])> = numbers().map(|n| (n, key(n))).collect();
        let decided = |&(n, identity): &(u64, [u8; 16])| DecidedRow {
            identity,
            place: SourceKey(-1 - n as i64),
            stands: true,
        };
        let activity = |&(n, identity): &(u64, [u8; 16])| ActivityRow {
            identity,
            received: Some(n as i64),
            source: "Inbox/12345.eml".into(),
            ..ActivityRow::default()
        };
        let changes = Changes {
            fingerprint: vec![1],
            decided: keys.iter().map(decided).collect(),
            activities: keys.iter().map(activity).collect(),
            ..Changes::default()
        };
        state.take(changes)?;
        state.commit(&Lengths::default())?;
    }
    Ok(state)
}

/// Measures how many messages per second are looked up in the state and decided.
fn with_state(
    count: u64,
    mut intake: Intake,
    options: &Options,
    rules: &Rules,
    book: &Book,
) -> Result<(), StateError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = state(folder.path(), count)?;
    let bytes = std::fs::metadata(folder.path().join(STATE_FILE)).map_or(0, |meta| meta.len());
    let threads = Threads::new(1).expect("threads");
    let messages = intake.mail.len() as f64;
    let start = Instant::now();
    let mut history = History::default();
    intake.distinct.identities.derive(&threads);
    history.remove_seen(&mut intake, &state, Again::default(), &[])?;
    let remembered = history.recall(&mut intake, &state, &options.correlation)?;
    let recalled = start.elapsed().as_secs_f64();
    let resolver = mailtrack::bench::resolve(
        book,
        options,
        &intake.distinct,
        Timestamp::UNIX_EPOCH,
        &threads,
    );
    mailtrack::bench::fold(
        &intake.mail,
        &resolver,
        rules,
        &remembered,
        Observer::default(),
    );
    let taken = start.elapsed().as_secs_f64();
    println!(
        "fold with a state of {count} activities ({:.0} bytes each): {:.0} messages a second; looking up alone {:.0}",
        bytes as f64 / count as f64,
        messages / taken,
        messages / recalled
    );
    Ok(())
}

fn main() {
    let count = std::env::var("MAILTRACK_BENCH_MESSAGES").map_or(Ok(500_000), |text| text.parse());
    let count: u64 = count.expect("MAILTRACK_BENCH_MESSAGES is a number");
    let (mut series, mut distinct) = (Series::new(5), Distinct::default());
    let messages = messages(0..count, &mut series, &mut distinct);
    let threads = Threads::new(1).expect("threads");
    distinct.identities.derive(&threads);
    let book = records::in_memory(PEOPLE / 2, &threads).expect("the book is good");
    let options =
        Options::parse("bench.toml", "[email]\ntrack = \"all\"\n").expect("the options are good");
    let rules = Rules::built_in().expect("the rules are good");
    let resolver =
        mailtrack::bench::resolve(&book, &options, &distinct, Timestamp::UNIX_EPOCH, &threads);
    let mut rates: Vec<[f64; 2]> = (0..ROUNDS)
        .map(|_| {
            let earlier = Remembered::default();
            let start = Instant::now();
            let folded =
                mailtrack::bench::fold(&messages, &resolver, &rules, &earlier, Observer::default());
            let fold = start.elapsed().as_secs_f64();
            let (decided, _) = folded.complete(&threads);
            let all = start.elapsed().as_secs_f64();
            assert_eq!(decided.decisions.len(), messages.len());
            [fold, all].map(|taken| count as f64 / taken)
        })
        .collect();
    rates.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [fold, all] = rates[ROUNDS / 2];
    println!(
        "fold: {fold:.0} messages a second, of {count} messages, median of {ROUNDS}; with the names and companies of what was created {all:.0}"
    );
    if let Ok(count) = std::env::var("MAILTRACK_BENCH_STATE") {
        let count = count.parse().expect("MAILTRACK_BENCH_STATE is a number");
        // Nearly all messages that they answer are in the state.
        let numbers = count..count + messages.len() as u64;
        let mail = crate::messages(numbers, &mut series, &mut distinct);
        let intake = Intake {
            mail,
            distinct,
            ..Intake::default()
        };
        with_state(count, intake, &options, &rules, &book).expect("the state can be used");
    }
}
