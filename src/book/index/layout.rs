//! How an index lies in its bytes, in memory and in a `.mtb` file alike.
//!
//! A header, then sections that begin at multiples of 64, then the sum of every block of 32 KB. All numbers are
//! little-endian. The header holds its own sum, that of the table of sums, and where each section lies:
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | `MAILTRKB` |
//! | 8..12 | byte order: 0x01020304 |
//! | 12..16 | version of the format |
//! | 16..24 | length of the file |
//! | 24..32 | sum of the header, these eight bytes taken as zeros |
//! | 32..40 | sum of the table of sums |
//! | 48.. | offset and length of each section, 8 bytes each |

use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;

use rapidhash::v3::{DEFAULT_RAPID_SECRETS, rapidhash_v3_seeded};

/// What the file begins with.
const MAGIC: &[u8; 8] = b"MAILTRKB";

/// Reads as something else where the byte order differs.
const BYTE_ORDER: u32 = 0x0102_0304;

/// The version of the format.
pub(crate) const VERSION: u32 = 2;

/// The header's length; the first section follows it.
pub(crate) const HEADER: usize = 512;

/// Bytes that share a sum: few enough to check at their first use, many enough to keep the sums few.
pub(crate) const BLOCK: usize = 32 * 1024;

/// Where sections begin: at a line of the processor's cache.
const ALIGN: usize = 64;

/// A section: what is used together lies together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What the index is of: types, columns, counts, source (JSON).
    Meta,
    /// The pilots of the address table.
    Pilots,
    /// The slots of the address table.
    Slots,
    /// The records of addresses that several records have.
    Lists,
    /// Addresses that are no key.
    Texts,
    /// As [`Section::Pilots`], of the addresses by what they are under weaker equalities.
    WeakPilots,
    /// As [`Section::Slots`].
    WeakSlots,
    /// As [`Section::Lists`].
    WeakLists,
    /// As [`Section::Texts`].
    WeakTexts,
    /// What resolution asks of each record.
    Records,
    /// Ids and names.
    Names,
    /// Owners: where each ends in what follows.
    OwnerEnds,
    /// Owners: `type:id`.
    Owners,
    /// The records of each type by the hash of their ids.
    ByReference,
    /// Domains of accounts: where each ends in what follows, and the account.
    DomainEnds,
    /// Domains of accounts, in order.
    Domains,
    /// Where the cells of each record begin.
    CellStarts,
    /// The other columns of each record.
    Cells,
    /// The email activities that the CRM has.
    Emails,
}

impl Section {
    /// All of them.
    pub const ALL: [Section; 19] = [
        Section::Meta,
        Section::Pilots,
        Section::Slots,
        Section::Lists,
        Section::Texts,
        Section::WeakPilots,
        Section::WeakSlots,
        Section::WeakLists,
        Section::WeakTexts,
        Section::Records,
        Section::Names,
        Section::OwnerEnds,
        Section::Owners,
        Section::ByReference,
        Section::DomainEnds,
        Section::Domains,
        Section::CellStarts,
        Section::Cells,
        Section::Emails,
    ];

    /// What `book info` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Section::Meta => "meta",
            Section::Pilots => "pilots",
            Section::Slots => "slots",
            Section::Lists => "lists",
            Section::Texts => "texts",
            Section::WeakPilots => "weak-pilots",
            Section::WeakSlots => "weak-slots",
            Section::WeakLists => "weak-lists",
            Section::WeakTexts => "weak-texts",
            Section::Records => "records",
            Section::Names => "names",
            Section::OwnerEnds => "owner-ends",
            Section::Owners => "owners",
            Section::ByReference => "by-reference",
            Section::DomainEnds => "domain-ends",
            Section::Domains => "domains",
            Section::CellStarts => "cell-starts",
            Section::Cells => "cells",
            Section::Emails => "emails",
        }
    }
}

/// Where the sections lie, each by its number.
pub(crate) type Sections = [Range<usize>; Section::ALL.len()];

/// The sum of bytes; the same on every machine.
pub fn sum(bytes: &[u8]) -> u64 {
    rapidhash_v3_seeded(bytes, &DEFAULT_RAPID_SECRETS)
}

/// Where the first section lies, and so each next one.
fn aligned(offset: usize) -> usize {
    offset.next_multiple_of(ALIGN)
}

/// The length of an index with sections of these lengths, without its sums.
pub(crate) fn length(sections: &[usize]) -> usize {
    sections
        .iter()
        .fold(HEADER, |end, length| aligned(end) + length)
}

/// Writes an index, section by section.
pub(crate) struct Writer<W> {
    out: W,
    at: usize,
    sections: Sections,
    /// The sums so far; nothing where none are wanted.
    sums: Option<Vec<u8>>,
    block: Vec<u8>,
}

impl<W> std::fmt::Debug for Writer<W> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Writer at {}", self.at)
    }
}

impl<W: Write + Seek> Writer<W> {
    /// Begins.
    ///
    /// # Errors
    /// Where it cannot be written; so for all that follows.
    pub(crate) fn new(out: W) -> io::Result<Writer<W>> {
        Ok(Writer {
            sums: Some(Vec::new()),
            ..Writer::without_sums(out)?
        })
    }

    /// Begins an index that is used by this run alone, which trusts what it wrote.
    pub(crate) fn without_sums(mut out: W) -> io::Result<Writer<W>> {
        out.write_all(&[0; HEADER])?;
        Ok(Writer {
            out,
            at: HEADER,
            sections: std::array::from_fn(|_| 0..0),
            sums: None,
            block: Vec::with_capacity(BLOCK),
        })
    }

    /// Begins a section, in any order.
    pub(crate) fn begin(&mut self, section: Section) -> io::Result<()> {
        let gap = aligned(self.at) - self.at;
        self.push(&[0; ALIGN][..gap])?;
        self.sections[section as usize] = self.at..self.at;
        Ok(())
    }

    /// Writes more of the section that was begun last.
    pub(crate) fn write(&mut self, section: Section, bytes: &[u8]) -> io::Result<()> {
        self.push(bytes)?;
        self.sections[section as usize].end = self.at;
        Ok(())
    }

    /// Writes a whole section.
    pub(crate) fn section(&mut self, section: Section, bytes: &[u8]) -> io::Result<()> {
        self.begin(section)?;
        self.write(section, bytes)
    }

    fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len();
        if self.sums.is_none() {
            return self.out.write_all(bytes);
        }
        while !bytes.is_empty() {
            let room = BLOCK - self.block.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.end_block()?;
            }
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        if let Some(sums) = self.sums.as_mut().filter(|_| !self.block.is_empty()) {
            sums.extend(sum(&self.block).to_le_bytes());
            self.out.write_all(&self.block)?;
            self.block.clear();
        }
        Ok(())
    }

    /// Writes the sums and the header; what was written to, and where the sections lie.
    pub(crate) fn finish(mut self) -> io::Result<(W, Sections)> {
        self.end_block()?;
        let sums = self.sums.unwrap_or_default();
        self.out.write_all(&sums)?;
        let mut header = [0; HEADER];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, MAGIC);
        put(8, &BYTE_ORDER.to_le_bytes());
        put(12, &VERSION.to_le_bytes());
        put(16, &((self.at + sums.len()) as u64).to_le_bytes());
        put(32, &sum(&sums).to_le_bytes());
        for (number, section) in self.sections.iter().enumerate() {
            put(48 + 16 * number, &(section.start as u64).to_le_bytes());
            put(56 + 16 * number, &(section.len() as u64).to_le_bytes());
        }
        let own = sum(&header);
        header[24..32].copy_from_slice(&own.to_le_bytes());
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        Ok((self.out, self.sections))
    }
}

/// Why bytes are no index, in words that follow the file's name.
pub(crate) type Refusal = String;

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Reads the header of a file, and checks all that is small: itself, the length, the sums, and that every section lies
/// within the file. Where the sections lie, and the sums.
///
/// # Errors
/// Where the file is no index that this program can use.
pub(crate) fn open(bytes: &[u8]) -> Result<(Sections, Range<usize>), Refusal> {
    let again = "build it again with `mailtrack book build`";
    if !bytes.starts_with(MAGIC) {
        return Err(
            "is not a built book; a book is a folder with contact.csv, lead.csv, account.csv, systemuser.csv ..., or a file that `mailtrack book build` made of one"
                .into(),
        );
    }
    let half = |at: usize| (number(bytes, at) & 0xffff_ffff) as u32;
    if bytes.len() < HEADER {
        return Err(format!(
            "is cut off: it has {} bytes, less than the header of an index; {again}",
            bytes.len()
        ));
    }
    if half(8) == BYTE_ORDER.swap_bytes() {
        return Err(format!(
            "is an index in another byte order than this program's; {again}"
        ));
    }
    if half(12) != VERSION && half(8) == BYTE_ORDER {
        let version = half(12);
        return Err(format!(
            "is an index of format {version}, and this program reads format {VERSION}; {again}"
        ));
    }
    let mut header = [0; HEADER];
    header.copy_from_slice(&bytes[..HEADER]);
    header[24..32].fill(0);
    if sum(&header) != number(bytes, 24) {
        return Err(format!(
            "is damaged: its header is not what was written; {again}"
        ));
    }
    let length = number(bytes, 16);
    if length != bytes.len() as u64 {
        let there = bytes.len();
        return Err(format!(
            "is cut off or longer than it was: it has {there} of {length} bytes; {again}"
        ));
    }
    let within = |at: usize| {
        let (start, length) = (number(bytes, at) as usize, number(bytes, at + 8) as usize);
        start
            .checked_add(length)
            .filter(|&end| start >= HEADER && end <= bytes.len())
            .map(|end| start..end)
    };
    let mut sections: Sections = std::array::from_fn(|_| 0..0);
    for (at, section) in sections.iter_mut().enumerate() {
        let lies = within(48 + 16 * at).ok_or("is damaged: a section lies outside of it")?;
        *section = lies;
    }
    let end = sections
        .iter()
        .map(|section| section.end)
        .max()
        .unwrap_or(HEADER)
        .max(HEADER);
    let sums = end..bytes.len();
    if sums.len() != (end - HEADER).div_ceil(BLOCK) * 8
        || sum(&bytes[sums.clone()]) != number(bytes, 32)
    {
        return Err(format!(
            "is damaged: its sums are not what was written; {again}"
        ));
    }
    Ok((sections, sums))
}
