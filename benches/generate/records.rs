//! Books for the benchmarks in memory or built into a file.

use std::io;

use jiff::Timestamp;
use mailtrack::bench::Threads;
use mailtrack::bench::{Book, BookBuilder, NewRecord, RecordState};

use crate::generate::people::{address, id};

/// Number of records that are added together.
const PART: u64 = 1 << 16;

/// Builds a book of `count` contacts with the first addresses.
pub fn book(mut builder: BookBuilder, count: u64, threads: &Threads) -> io::Result<BookBuilder> {
    let keeps = builder.keeps("contact", "jobtitle");
    let cells = keeps.then(|| "jobtitle".to_owned()).into_iter().collect();
    let kind = builder.add_kind(
        "contact",
        vec!["contactid".into(), "jobtitle".into()],
        cells,
    );
    let column = builder
        .add_column(kind, "emailaddress1")
        .unwrap_or_default();
    builder.use_column(column);
    let starts: Vec<u64> = (0..count).step_by(PART as usize).collect();
    let empty = builder.part(kind);
    for starts in starts.chunks(8) {
        let parts = threads.map(starts, |&start| {
            let mut part = empty.clone();
            for n in start..count.min(start + PART) {
                let record = part.record(&NewRecord {
                    id: &id(n),
                    name: "First Last",
                    owner: ["u1", "u2", "u3", "u4"][n as usize % 4],
                    state: RecordState::Active,
                    created_on: Some(Timestamp::UNIX_EPOCH),
                    website: "",
                });
                part.cells(["Head of something"]);
                part.address_text(record, column, &address(n));
            }
            part
        });
        parts.into_iter().try_for_each(|part| builder.add(part))?;
    }
    builder.end_kind(threads)?;
    Ok(builder)
}

/// Builds that book in memory.
pub fn in_memory(count: u64, threads: &Threads) -> io::Result<Book> {
    book(BookBuilder::default(), count, threads)?.finish(threads)
}
