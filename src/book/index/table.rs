//! The *address table*: leads from an address to the records that have it, with one access to main memory.
//!
//! Each address has a slot of 32 bytes, found by a perfect hash. It contains the address's key, and the record or the
//! position of a list of records. Lookups are processed in overlapping batches: while the slots of one are fetched from
//! memory, the next is packed and hashed. The whole key is compared, so a lookup never returns the records of another
//! address.

use super::image::{Image, SectionView};
use super::key::{AddressKey, TAIL_MASK, text_hash};
use super::layout::Section;
use super::pack::KEY_CHARS_MAX;
#[cfg(target_arch = "x86_64")]
use super::pack::pack_wide;
use super::pack::{NO_TEXT, Pack, Padded, pack, pad};
use super::perfect::Shape;
use crate::mail::address::Address;

/// Bytes of a slot.
pub(crate) const SLOT: usize = 32;

/// The column of a slot that leads to a list of records.
pub(crate) const LIST: u8 = 255;

/// The column of a slot that has the position of the address's text instead of a key; it leads to a list.
pub(crate) const KEYLESS: u8 = 254;

/// The column for addresses of records that an offline book left out.
pub(crate) const LEFT_OUT: u8 = 253;

/// Maximum number of address columns.
pub(crate) const COLUMNS_MAX: usize = 253;

/// Lookups per batch; three batches are in progress at a time. Fewer would not hide the memory latency, more would not
/// stay in the cache.
const BATCH: usize = 16;

/// Maximum length of a text without a key that is hashed in the fast path, which needs nothing but lower-casing.
const LOWERED_MAX: usize = 128;

/// A slot: the words of a key; in the last one, after the key, the column (8 bits) and the value (32 bits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot(pub [u64; 4]);

impl Slot {
    /// Creates the slot of an address with a key.
    pub fn new(key: AddressKey, column: u8, value: u32) -> Slot {
        let [a, b, c, d] = key.0;
        Slot([
            a,
            b,
            c,
            d & TAIL_MASK | u64::from(column) << 24 | u64::from(value) << 32,
        ])
    }

    /// Creates the slot of an address without a key, from the position of its text and of its list.
    pub fn keyless(start: u64, length: u64, list: u32) -> Slot {
        Slot::new(AddressKey([start, length, 0, 0]), KEYLESS, list)
    }

    /// Returns the column and the value.
    #[inline]
    pub fn hit(&self) -> Hit {
        Hit(self.0[3] >> 24)
    }

    /// Returns the column that holds the address, or [`LIST`] or [`KEYLESS`].
    pub fn column(&self) -> u8 {
        (self.0[3] >> 24) as u8
    }

    /// Returns the record's number, or the position of the list.
    pub fn value(&self) -> u32 {
        (self.0[3] >> 32) as u32
    }

    /// Returns the key.
    pub fn key(&self) -> AddressKey {
        let [a, b, c, d] = self.0;
        AddressKey([a, b, c, d & TAIL_MASK])
    }

    #[inline]
    fn read(bytes: &[u8; SLOT]) -> Slot {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Slot(words)
    }

    /// Returns its bytes in the table.
    pub fn bytes(&self) -> [u8; SLOT] {
        let mut bytes = [0; SLOT];
        for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *to = word.to_le_bytes();
        }
        bytes
    }

    #[inline]
    fn has(&self, key: &AddressKey) -> bool {
        let differ = |at: usize| self.0[at] ^ key.0[at];
        (differ(0) | differ(1) | differ(2) | differ(3) & TAIL_MASK) == 0 && self.column() != KEYLESS
    }
}

/// What an address leads to: the column (8 bits) and the value (32 bits) of its slot, small enough for a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit(u64);

/// An address to look up.
pub trait Query {
    /// Whether the text is in normal form.
    const IS_NORMAL: bool;
    /// Returns the address as it is written.
    fn text(&self) -> &str;
    /// Returns its normal form if `text` is not in normal form; `None` if it is, or if it is not an address.
    fn normal(&self) -> Option<Address>;
}

/// An address in normal form.
impl Query for &Address {
    const IS_NORMAL: bool = true;
    fn text(&self) -> &str {
        self.as_str()
    }
    fn normal(&self) -> Option<Address> {
        None
    }
}

/// An address as it was written: in any case, in `<>`, in Unicode.
impl Query for &str {
    const IS_NORMAL: bool = false;
    fn text(&self) -> &str {
        self
    }
    fn normal(&self) -> Option<Address> {
        Address::parse(self)
    }
}

/// The description of a table that the file stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TableInfo {
    /// The number of addresses.
    pub addresses: u64,
    /// The number of addresses that more than one record has.
    pub shared: u64,
    /// The number of addresses that only records left out of an offline book have.
    pub left_out: u64,
    /// The seed of the hash.
    pub seed: u64,
    /// The perfect hash.
    pub shape: Shape,
}

/// The sections of a table.
#[derive(Clone, Copy, Debug)]
pub struct TableSections {
    /// Pilots.
    pub pilots: Section,
    /// Slots.
    pub slots: Section,
    /// Lists of records.
    pub lists: Section,
    /// Texts of addresses that have no key.
    pub texts: Section,
}

/// The table of exact addresses.
pub(crate) const EXACT: TableSections = TableSections {
    pilots: Section::Pilots,
    slots: Section::Slots,
    lists: Section::Lists,
    texts: Section::Texts,
};

/// The table of addresses under address equivalences: from a widest-equivalence key to the addresses that differ from
/// it. Values are positions in the table of exact addresses.
pub(crate) const WEAK: TableSections = TableSections {
    pilots: Section::WeakPilots,
    slots: Section::WeakSlots,
    lists: Section::WeakLists,
    texts: Section::WeakTexts,
};

/// A table for lookups.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    info: TableInfo,
    pilots: SectionView<'a>,
    slots: SectionView<'a>,
    lists: SectionView<'a>,
    texts: SectionView<'a>,
}

/// The state of one lookup.
#[derive(Clone, Copy)]
struct Lookup {
    key: AddressKey,
    hash: u64,
    /// Its part of the perfect hash.
    part: u32,
    /// First the bucket, later the offset of the slot.
    at: usize,
}

/// A key that no address and no slot has; used for texts without a key.
const NO_KEY: AddressKey = AddressKey([u64::MAX; 4]);

/// Lookups that are processed together.
#[derive(Clone, Copy)]
struct Batch {
    texts: [Padded; BATCH],
    lookups: [Lookup; BATCH],
    length: usize,
}

const EMPTY: Batch = Batch {
    texts: [NO_TEXT; BATCH],
    lookups: [Lookup {
        key: NO_KEY,
        hash: 0,
        part: 0,
        at: 0,
    }; BATCH],
    length: 0,
};

impl Batch {
    /// Starts the batch with new queries. All texts are padded before the first is packed, because a wide load right
    /// after narrow stores would stall (store forwarding).
    #[inline(always)]
    fn set<Q: Query>(&mut self, queries: &[Q], pack: &impl Pack) {
        self.length = queries.len();
        for (padded, query) in self.texts.iter_mut().zip(queries) {
            let _ = pad(query.text().as_bytes(), padded);
        }
        for ((padded, query), lookup) in self.texts.iter().zip(queries).zip(&mut self.lookups) {
            let text = query.text().as_bytes();
            let may_have_key = (1..=KEY_CHARS_MAX).contains(&text.len());
            let key = AddressKey::of_padded(padded, text, pack).filter(|_| may_have_key);
            lookup.key = key.unwrap_or(NO_KEY);
        }
    }
}

/// Returns whether the processor has every feature that [`Table::find_wide`] is compiled for. Both lists must be the
/// same: a hypervisor can hide each feature separately.
#[cfg(target_arch = "x86_64")]
fn has_wide() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
}

impl<'a> Table<'a> {
    /// Returns the table of these sections. `None` if their lengths do not match `info`.
    pub fn of(image: &'a Image, info: TableInfo, sections: TableSections) -> Option<Table<'a>> {
        let table = Table {
            info,
            pilots: image.view(sections.pilots),
            slots: image.view(sections.slots),
            lists: image.view(sections.lists),
            texts: image.view(sections.texts),
        };
        let is_right = table.pilots.length() == info.shape.bucket_count()
            && Some(table.slots.length()) == info.shape.place_count().checked_mul(SLOT);
        is_right.then_some(table)
    }

    /// Passes each query to `take`, in order, with its hit; `None` if the table does not have the address.
    pub fn find<Q: Query>(&self, queries: &[Q], mut take: impl FnMut(&Q, Option<Hit>)) {
        if self.info.addresses == 0 {
            return queries.iter().for_each(|query| take(query, None));
        }
        #[cfg(target_arch = "x86_64")]
        if has_wide() {
            #[allow(unsafe_code)]
            // SAFETY: `has_wide` has detected each feature that the function is compiled for.
            return unsafe { self.find_wide(queries, take) };
        }
        self.find_each(queries, pack, take);
    }

    /// Like [`Table::find`], with portable instructions only.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn find_plain<Q: Query>(
        &self,
        queries: &[Q],
        mut take: impl FnMut(&Q, Option<Hit>),
    ) {
        match self.info.addresses {
            0 => queries.iter().for_each(|query| take(query, None)),
            _ => self.find_each(queries, pack, take),
        }
    }

    /// [`Table::find_each`], compiled for wider instructions.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2")] // Must match `has_wide`.
    fn find_wide<Q: Query>(&self, queries: &[Q], take: impl FnMut(&Q, Option<Hit>)) {
        self.find_each(queries, |front| pack_wide(front), take);
    }

    #[inline(always)]
    fn find_each<Q: Query>(
        &self,
        queries: &[Q],
        pack: impl Pack,
        mut take: impl FnMut(&Q, Option<Hit>),
    ) {
        let mut batches = [EMPTY; 3];
        let [mut asked, mut coming, mut there] = batches.each_mut();
        let group = |number: usize| {
            let start = number.wrapping_mul(BATCH);
            queries
                .get(start..queries.len().min(start.wrapping_add(BATCH)))
                .unwrap_or_default()
        };
        for number in 0..queries.len().div_ceil(BATCH) + 2 {
            let (new, old) = (group(number), group(number.wrapping_sub(2)));
            asked.set(new, &pack);
            // Each step is done for a whole batch, so that many memory reads are in flight at once.
            for lookup in coming.lookups.iter_mut().take(coming.length) {
                self.ask_for_slot(lookup);
            }
            for (query, lookup) in new.iter().zip(&mut asked.lookups) {
                self.ask_for_pilot(query, lookup);
            }
            for (query, (lookup, padded)) in old.iter().zip(there.lookups.iter().zip(&there.texts))
            {
                take(query, self.answer(query, lookup, padded));
            }
            (asked, coming, there) = (there, asked, coming);
        }
    }

    #[inline(always)]
    fn ask_for_pilot<Q: Query>(&self, query: &Q, lookup: &mut Lookup) {
        lookup.hash = match lookup.key {
            NO_KEY => self.keyless_hash::<Q>(query.text().as_bytes()),
            key => key.hash(self.info.seed),
        };
        (lookup.part, lookup.at) = self.info.shape.bucket(lookup.hash);
        self.pilots.prefetch(lookup.at);
    }

    #[inline(always)]
    fn ask_for_slot(&self, lookup: &mut Lookup) {
        let pilot = self
            .pilots
            .array::<1>(lookup.at)
            .map_or(0, |&[pilot]| pilot);
        lookup.at = SLOT * self.info.shape.place(lookup.part, lookup.hash, pilot);
        self.slots.prefetch(lookup.at);
    }

    #[inline(always)]
    fn answer<Q: Query>(&self, query: &Q, lookup: &Lookup, padded: &Padded) -> Option<Hit> {
        let slot = self
            .slots
            .array(lookup.at)
            .map(Slot::read)
            .unwrap_or_default();
        if slot.has(&lookup.key) {
            return Some(slot.hit());
        }
        // A text that is certain to be in normal form has its answer: no slot has it. Any other text is brought to
        // normal form first.
        let is_normal =
            Q::IS_NORMAL || AddressKey::is_plain_padded(padded, query.text().as_bytes());
        if lookup.key != NO_KEY && is_normal {
            return None;
        }
        self.answer_slow(query, &lookup.key, slot)
    }

    /// Returns the hash of a text without a key; 0 if it must be brought to normal form first, which `answer_otherwise`
    /// does.
    #[inline(never)]
    fn keyless_hash<Q: Query>(&self, text: &[u8]) -> u64 {
        let mut lowered = [0; LOWERED_MAX];
        match lowered.get_mut(..text.len()) {
            _ if Q::IS_NORMAL => text_hash(text, self.info.seed),
            Some(lowered) if AddressKey::is_plain(text) => {
                lowered.copy_from_slice(text);
                lowered.make_ascii_lowercase();
                text_hash(lowered, self.info.seed)
            }
            _ => 0,
        }
    }

    /// Answers a query that has no key, or that may have another key in normal form.
    #[inline(never)]
    fn answer_slow<Q: Query>(&self, query: &Q, key: &AddressKey, slot: Slot) -> Option<Hit> {
        let text = query.text();
        let is_hashed =
            Q::IS_NORMAL || text.len() <= LOWERED_MAX && AddressKey::is_plain(text.as_bytes());
        if *key == NO_KEY && is_hashed {
            let is_it =
                slot.column() == KEYLESS && self.keyless_text(&slot)?.eq_ignore_ascii_case(text);
            return is_it.then(|| slot.hit());
        }
        self.find_one(query.normal()?.as_str())
            .map(|(_, slot)| slot.hit())
    }

    /// Returns the position and the slot of one address in normal form.
    pub fn find_one(&self, address: &str) -> Option<(usize, Slot)> {
        if self.info.addresses == 0 {
            return None;
        }
        let key = AddressKey::of(address.as_bytes());
        let hash = match key {
            Some(key) => key.hash(self.info.seed),
            None => text_hash(address.as_bytes(), self.info.seed),
        };
        let (part, bucket) = self.info.shape.bucket(hash);
        let &[pilot] = self.pilots.array(bucket)?;
        let place = self.info.shape.place(part, hash, pilot);
        let slot = self.slot(place)?;
        let is_it = match key {
            Some(key) => slot.has(&key),
            None => slot.column() == KEYLESS && self.keyless_text(&slot)? == address,
        };
        is_it.then_some((place, slot))
    }

    /// Returns the number of positions; some are empty.
    pub fn place_count(&self) -> usize {
        self.slots.length() / SLOT
    }

    /// Returns the slot at a position.
    pub fn slot(&self, place: usize) -> Option<Slot> {
        self.slots.array(place.checked_mul(SLOT)?).map(Slot::read)
    }

    /// Returns the address of a slot, in normal form.
    pub fn text(&self, slot: &Slot) -> Option<String> {
        match slot.column() {
            KEYLESS => self.keyless_text(slot).map(ToOwned::to_owned),
            _ => Some(slot.key().text()),
        }
    }

    fn keyless_text(&self, slot: &Slot) -> Option<&'a str> {
        self.texts.text(slot.0[0] as usize, slot.0[1] as usize)
    }

    /// Passes each value of an address, with its column, to `take`.
    #[inline(always)]
    pub fn values(&self, hit: Hit, mut take: impl FnMut(u32, u8)) {
        let (column, value) = (hit.0 as u8, (hit.0 >> 8) as u32);
        if column < KEYLESS {
            take(value, column);
        } else {
            // A missing list is damage, which the image has recorded.
            let _ = self.list(value, take);
        }
    }

    #[cold]
    fn list(&self, at: u32, mut take: impl FnMut(u32, u8)) -> Option<()> {
        let at = at as usize * 4;
        let count = self.lists.u32(at)? as usize;
        for item in self
            .lists
            .slice(at + 4, count.checked_mul(8)?)?
            .as_chunks::<8>()
            .0
        {
            let [a, b, c, d, column, ..] = *item;
            take(u32::from_le_bytes([a, b, c, d]), column);
        }
        Some(())
    }
}
