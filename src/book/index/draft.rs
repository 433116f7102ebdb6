//! Building an address table: collects addresses with their values in any order, and writes the sections of a table.

use std::cmp::Ordering;
use std::io::{self, Seek, Write};

use super::key::{AddressKey, text_hash};
use super::layout::Writer;
use super::perfect::Shape;
use super::table::{KEYLESS, LEFT_OUT, LIST, SLOT, Slot, TableInfo, TableSections};
use crate::base::threads::Threads;
use crate::mail::address::{Address, Equivalence};

/// Maximum number of seeds that are tried. A seed fails if two addresses have equal hashes, which has a probability of
/// about 3 in a million for ten million addresses, or if the hashes are distributed too unevenly.
const SEEDS: u64 = 16;

/// An address with one value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexEntry {
    hash: u64,
    slot: Slot,
}

/// Addresses and their values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    entries: Vec<IndexEntry>,
    /// The texts of addresses that have no key; their slots hold an index into this list.
    keyless: Vec<Box<str>>,
}

impl Entries {
    /// Adds an address in normal form with a value.
    pub(crate) fn add(&mut self, address: &str, column: u8, value: u32) {
        match AddressKey::of(address.as_bytes()) {
            Some(key) => self.add_key(key, column, value),
            None => {
                let slot = Slot::keyless(self.keyless.len() as u64, u64::from(column), value);
                self.keyless.push(address.into());
                self.entries.push(IndexEntry { hash: 0, slot });
            }
        }
    }

    /// Adds an address by its key, with a value.
    #[inline]
    pub(crate) fn add_key(&mut self, key: AddressKey, column: u8, value: u32) {
        self.entries.push(IndexEntry {
            hash: 0,
            slot: Slot::new(key, column, value),
        });
    }

    /// Hashes and sorts all entries, and computes the perfect hash of the distinct hashes. Returns its shape, where the
    /// hashes of each part end, and the pilots; `None` if the seed fails.
    fn solve(&mut self, seed: u64, threads: &Threads) -> Option<(Shape, Vec<usize>, Vec<u8>)> {
        for entry in &mut self.entries {
            entry.hash = match entry.slot.column() {
                KEYLESS => text_hash(self.keyless[entry.slot.0[0] as usize].as_bytes(), seed),
                _ => entry.slot.key().hash(seed),
            };
        }
        threads.sort_by_key(&mut self.entries, |entry| entry.hash);
        let collide = |pair: &[IndexEntry]| {
            pair[0].hash == pair[1].hash && !self.is_same(&pair[0].slot, &pair[1].slot)
        };
        if self.entries.windows(2).any(collide) {
            return None;
        }
        let mut hashes: Vec<u64> = self.entries.iter().map(|entry| entry.hash).collect();
        hashes.dedup();
        let (shape, ends) = Shape::of(&hashes)?;
        let starts = [0].into_iter().chain(ends.iter().copied());
        let parts: Vec<&[u64]> = starts
            .zip(&ends)
            .map(|(start, &end)| &hashes[start..end])
            .collect();
        let pilots: Option<Vec<Vec<u8>>> = threads
            .map(&parts, |part| shape.pilots(part))
            .into_iter()
            .collect();
        Some((shape, ends, pilots?.concat()))
    }

    /// Returns whether two slots have the same address.
    fn is_same(&self, a: &Slot, b: &Slot) -> bool {
        match (a.column() == KEYLESS, b.column() == KEYLESS) {
            (true, true) => self.keyless[a.0[0] as usize] == self.keyless[b.0[0] as usize],
            (false, false) => a.key() == b.key(),
            _ => false,
        }
    }

    /// Appends the entries of `other`, adding `base` to their values.
    pub(crate) fn append(&mut self, other: Entries, base: u32) {
        let keyless = self.keyless.len() as u64;
        self.keyless.extend(other.keyless);
        self.entries
            .extend(other.entries.into_iter().map(|IndexEntry { hash, slot }| {
                let Slot([a, b, c, d]) = slot;
                let a = if slot.column() == KEYLESS {
                    a + keyless
                } else {
                    a
                };
                IndexEntry {
                    hash,
                    slot: Slot([a, b, c, d + (u64::from(base) << 32)]),
                }
            }));
    }
}

/// A table in which every address has its position.
#[derive(Debug)]
pub(crate) struct IndexDraft {
    /// The description of the table that the file stores.
    pub info: TableInfo,
    /// One entry per address, sorted by hash.
    entries: Vec<IndexEntry>,
    /// The end of each part of the perfect hash in `entries`.
    ends: Vec<usize>,
    pilots: Vec<u8>,
    lists: Vec<u8>,
    texts: Vec<u8>,
}

impl IndexDraft {
    /// Assigns a position to every address. The values of one address are sorted by `order`, and duplicates are
    /// removed.
    ///
    /// # Errors
    /// If all seeds fail, which is not expected for any book.
    pub(crate) fn make(
        mut from: Entries,
        order: impl Fn((u32, u8), (u32, u8)) -> Ordering,
        threads: &Threads,
    ) -> io::Result<IndexDraft> {
        let serves = |seed| {
            from.solve(seed, threads)
                .map(|(shape, ends, pilots)| (seed, shape, ends, pilots))
        };
        let Some((seed, shape, ends, pilots)) = (0..SEEDS).find_map(serves) else {
            return Err(io::Error::other(
                "no hash was found that parts the book's addresses",
            ));
        };
        let mut draft = IndexDraft {
            info: TableInfo {
                seed,
                shape,
                ..TableInfo::default()
            },
            entries: Vec::new(),
            ends,
            pilots,
            lists: Vec::new(),
            texts: Vec::new(),
        };
        draft.gather(from, order);
        Ok(draft)
    }

    /// Reduces the entries to one per address, with its only value or a list of values.
    fn gather(&mut self, from: Entries, order: impl Fn((u32, u8), (u32, u8)) -> Ordering) {
        let Entries {
            mut entries,
            keyless,
        } = from;
        let (mut kept, mut next) = (0, 0);
        let mut values: Vec<(u32, u8)> = Vec::new();
        while let Some(&IndexEntry { hash, slot }) = entries.get(next) {
            let is_keyless = slot.column() == KEYLESS;
            values.clear();
            let same = entries[next..]
                .iter()
                .take_while(|other| other.hash == hash);
            values.extend(same.map(|IndexEntry { slot, .. }| {
                let column = if is_keyless {
                    slot.0[1] as u8
                } else {
                    slot.column()
                };
                (slot.value(), column)
            }));
            next += values.len();
            values.sort_unstable_by(|&a, &b| order(a, b));
            values.dedup();
            self.info.addresses += 1;
            let mut known = values.iter().filter(|&&(_, column)| column != LEFT_OUT);
            let first = known.next();
            self.info.left_out += u64::from(first.is_none());
            self.info.shared +=
                u64::from(known.any(|it| first.is_some_and(|first| first.0 != it.0)));
            let slot = match values.as_slice() {
                [_] if !is_keyless => slot,
                values => {
                    let list = (self.lists.len() / 4) as u32;
                    self.lists.extend((values.len() as u32).to_le_bytes());
                    for &(value, column) in values {
                        self.lists.extend(value.to_le_bytes());
                        self.lists.extend(u32::from(column).to_le_bytes());
                    }
                    match keyless.get(slot.0[0] as usize).filter(|_| is_keyless) {
                        Some(text) => {
                            let start = self.texts.len() as u64;
                            self.texts.extend(text.as_bytes());
                            Slot::keyless(start, text.len() as u64, list)
                        }
                        None => Slot::new(slot.key(), LIST, list),
                    }
                }
            };
            entries[kept] = IndexEntry { hash, slot };
            kept += 1;
        }
        entries.truncate(kept);
        self.entries = entries;
    }

    /// Returns the addresses whose widest-equivalence key differs from them, under that key, each with the address's
    /// position as the value.
    pub(crate) fn weak(&self, threads: &Threads) -> Entries {
        let parts = threads.chunks(&self.entries, 1 << 16, |entries| {
            let mut found = Entries::default();
            for entry in entries {
                let text = self.text(&entry.slot);
                let may_be_another = text.contains('+')
                    || text.ends_with("@gmail.com")
                    || text.ends_with("@googlemail.com");
                let Some(address) = Some(&text)
                    .filter(|_| may_be_another)
                    .and_then(|text| Address::parse(text))
                else {
                    continue;
                };
                let other = address.equivalence_key(Equivalence::WIDEST);
                if *other != *address.as_str() {
                    found.add(&other, 0, self.place(entry.hash) as u32);
                }
            }
            found
        });
        let mut all = Entries::default();
        parts.into_iter().for_each(|part| all.append(part, 0));
        all
    }

    fn text(&self, slot: &Slot) -> String {
        match slot.column() {
            KEYLESS => {
                let [start, length, ..] = slot.0.map(|word| word as usize);
                String::from_utf8_lossy(&self.texts[start..start + length]).into_owned()
            }
            _ => slot.key().text(),
        }
    }

    fn place(&self, hash: u64) -> usize {
        let shape = &self.info.shape;
        let (part, bucket) = shape.bucket(hash);
        shape.place(part, hash, self.pilots[bucket])
    }

    /// Returns the lengths of the sections: pilots, slots, lists, texts.
    pub(crate) fn lengths(&self) -> [usize; 4] {
        [
            self.pilots.len(),
            self.info.shape.place_count() * SLOT,
            self.lists.len(),
            self.texts.len(),
        ]
    }

    /// Writes the sections.
    ///
    /// # Errors
    /// If writing fails.
    pub(crate) fn write<W: Write + Seek>(
        &self,
        out: &mut Writer<W>,
        sections: TableSections,
    ) -> io::Result<()> {
        out.section(sections.pilots, &self.pilots)?;
        out.begin(sections.slots)?;
        let places = self.info.shape.places as usize;
        let mut slots = vec![0; places * SLOT];
        let mut start = 0;
        for (part, &end) in self.ends.iter().enumerate() {
            slots.fill(0);
            for entry in &self.entries[start..end] {
                let at = (self.place(entry.hash) - part * places) * SLOT;
                slots[at..at + SLOT].copy_from_slice(&entry.slot.bytes());
            }
            start = end;
            out.write(sections.slots, &slots)?;
        }
        out.section(sections.lists, &self.lists)?;
        out.section(sections.texts, &self.texts)
    }
}
