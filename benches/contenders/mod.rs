//! The contenders that the book's index is compared with: other maps from an address to its records, each used as well
//! as possible.

use std::collections::HashMap;
use std::hint::black_box;

use mailtrack::bench::Threads;
use mailtrack::bench::{Book, LookupResults};
use mailtrack::bench::{large, prefetch};
use rusqlite::{Connection, OptionalExtension};

use crate::generate::Series;
use crate::generate::people::address;

/// Number of addresses that are looked up together, as in `mailtrack resolve`.
pub const BATCH: usize = 1024;

/// A map from addresses, however written, to records.
pub trait Contender {
    /// Returns its name in the table.
    fn name(&self) -> &'static str;
    /// Looks up all queries, and returns the number of records found.
    fn look_up(&mut self, queries: &[&str]) -> usize;
    /// Returns the bytes that an address takes, if they are known.
    fn bytes_per_address(&self) -> Option<f64>;
}

/// The book's index; each address is followed to its records at once, as with the other contenders.
pub struct Ours<'b> {
    pub name: &'static str,
    pub book: &'b Book,
}

/// Returns the size in bytes of the address table.
pub fn table_bytes(book: &Book) -> usize {
    use mailtrack::bench::Section;
    let sections = [
        Section::Pilots,
        Section::Slots,
        Section::Lists,
        Section::Texts,
    ];
    sections
        .iter()
        .map(|&section| book.index().image().length(section))
        .sum()
}

impl Contender for Ours<'_> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let table = self.book.index().exact().expect("the book has addresses");
        let (mut count, mut records) = (0, 0);
        table.find(queries, |_, hit| {
            if let Some(hit) = hit {
                table.values(hit, |record, _| {
                    records ^= record;
                    count += 1;
                });
            }
        });
        black_box(records);
        count
    }
    fn bytes_per_address(&self) -> Option<f64> {
        Some(table_bytes(self.book) as f64 / self.book.address_count() as f64)
    }
}

/// The same, but the results are stored, as in a run.
pub struct Kept<'b> {
    pub book: &'b Book,
    pub found: LookupResults,
}

impl Contender for Kept<'_> {
    fn name(&self) -> &'static str {
        "ours, kept"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let records = |batch| {
            self.book.look_up(batch, &mut self.found);
            (0..self.found.len())
                .map(|number| self.found.of(number).len())
                .sum::<usize>()
        };
        queries.chunks(BATCH).map(records).sum()
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}

/// The book's index on several threads.
pub struct OursThreaded<'b> {
    pub name: &'static str,
    pub book: &'b Book,
    pub threads: Threads,
}

impl Contender for OursThreaded<'_> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let records = |queries: &[&str]| {
            Ours {
                name: "",
                book: self.book,
            }
            .look_up(queries)
        };
        self.threads
            .chunks(queries, BATCH, records)
            .into_iter()
            .sum()
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}

/// The limit: a cache line from a random position, prefetched, in as much memory as our table has.
pub struct Limit {
    memory: memmap2::Mmap,
    series: Series,
}

impl Limit {
    pub fn new(bytes: usize) -> std::io::Result<Limit> {
        let mut memory = large(bytes)?;
        memory.iter_mut().step_by(64).for_each(|byte| *byte = 1);
        Ok(Limit {
            memory: memory.make_read_only()?,
            series: Series::new(3),
        })
    }
}

impl Contender for Limit {
    fn name(&self) -> &'static str {
        "limit"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let lines = self.memory.len() as u64 / 64;
        let mut found = 0;
        for batch in queries.chunks(64) {
            let mut places = [0_usize; 64];
            for place in places.iter_mut().take(batch.len()) {
                let number = (u128::from(self.series.next()) * u128::from(lines)) >> 64;
                *place = 64 * number as usize;
                prefetch(&self.memory, *place);
            }
            for &place in places.iter().take(batch.len()) {
                found += usize::from(self.memory[place]);
            }
        }
        found
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}

/// The obvious solution.
pub struct StdMap(HashMap<String, Vec<u32>>);

impl StdMap {
    pub fn new(count: u64) -> StdMap {
        StdMap((0..count).map(|n| (address(n), vec![n as u32])).collect())
    }
}

impl Contender for StdMap {
    fn name(&self) -> &'static str {
        "HashMap<String, Vec<u32>>"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        queries
            .iter()
            .filter_map(|query| self.0.get(&query.to_lowercase()))
            .map(Vec::len)
            .sum()
    }
    fn bytes_per_address(&self) -> Option<f64> {
        None
    }
}

/// The same with the fastest hash, the shortest texts and no allocation for a query.
pub struct Hashbrown {
    map: hashbrown::HashMap<Box<str>, u32>,
    text_bytes: usize,
}

impl Hashbrown {
    pub fn new(count: u64) -> Hashbrown {
        let map: hashbrown::HashMap<Box<str>, u32> = (0..count)
            .map(|n| (address(n).into_boxed_str(), n as u32))
            .collect();
        // The allocator uses 8 bytes beside each text, and rounds up to multiples of 16, at least 32.
        let taken = |text: &str| (text.len() + 8).next_multiple_of(16).max(32);
        let text_bytes = (0..count).map(|n| taken(&address(n))).sum();
        Hashbrown { map, text_bytes }
    }
}

/// Returns a query in lower case, in a buffer that is reused.
fn lowered<'b>(query: &str, buffer: &'b mut String) -> &'b str {
    buffer.clear();
    buffer.push_str(query);
    buffer.make_ascii_lowercase();
    buffer
}

impl Contender for Hashbrown {
    fn name(&self) -> &'static str {
        "hashbrown"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let mut buffer = String::new();
        let mut sum = 0;
        for query in queries {
            if let Some(record) = self.map.get(lowered(query, &mut buffer)) {
                sum += 1;
                black_box(record);
            }
        }
        sum
    }
    fn bytes_per_address(&self) -> Option<f64> {
        let bytes = self.map.allocation_size() + self.text_bytes;
        Some(bytes as f64 / self.map.len() as f64)
    }
}

/// A finite state transducer.
pub struct Fst(fst::Map<Vec<u8>>);

impl Fst {
    pub fn new(count: u64) -> Result<Fst, fst::Error> {
        let mut sorted: Vec<(String, u64)> = (0..count).map(|n| (address(n), n)).collect();
        sorted.sort_unstable();
        fst::Map::from_iter(sorted).map(Fst)
    }
}

impl Contender for Fst {
    fn name(&self) -> &'static str {
        "fst"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        let mut buffer = String::new();
        queries
            .iter()
            .filter(|query| self.0.get(lowered(query, &mut buffer)).is_some())
            .count()
    }
    fn bytes_per_address(&self) -> Option<f64> {
        Some(self.0.as_fst().size() as f64 / self.0.len() as f64)
    }
}

/// SQLite in memory.
pub struct Sqlite {
    connection: Connection,
    bytes_per_address: f64,
}

impl Sqlite {
    pub fn new(count: u64) -> rusqlite::Result<Sqlite> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE TABLE book (address TEXT PRIMARY KEY, record INTEGER) WITHOUT ROWID",
        )?;
        let all = connection.transaction()?;
        {
            let mut sorted: Vec<(String, u64)> = (0..count).map(|n| (address(n), n)).collect();
            sorted.sort_unstable();
            let mut insert = all.prepare("INSERT INTO book VALUES (?1, ?2)")?;
            for (address, record) in sorted {
                insert.execute((address, record as i64))?;
            }
        }
        all.commit()?;
        let pragma = |name: &str| {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
        };
        let bytes = pragma("page_count")? * pragma("page_size")?;
        Ok(Sqlite {
            connection,
            bytes_per_address: bytes as f64 / count as f64,
        })
    }

    fn count(&self, queries: &[&str]) -> rusqlite::Result<usize> {
        let mut find = self
            .connection
            .prepare_cached("SELECT record FROM book WHERE address = ?1")?;
        let mut buffer = String::new();
        let mut found = 0;
        for query in queries {
            let record = find
                .query_row([lowered(query, &mut buffer)], |row| row.get::<_, i64>(0))
                .optional()?;
            found += usize::from(record.is_some());
        }
        Ok(found)
    }
}

impl Contender for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite in memory"
    }
    fn look_up(&mut self, queries: &[&str]) -> usize {
        self.count(queries).expect("SQLite answers")
    }
    fn bytes_per_address(&self) -> Option<f64> {
        Some(self.bytes_per_address)
    }
}
