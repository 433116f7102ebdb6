//! The byte layout of an index, which is the same in memory and in a `.mtb` file.
//!
//! A header, then sections that begin at multiples of 64, then the checksum of every block of 32 KiB. All numbers are
//! little-endian. The header contains its own checksum, that of the table of checksums, and the position of each
//! section:
//!
//! | bytes | content |
//! |---|---|
//! | 0..8 | `MAILTRKB` |
//! | 8..12 | byte order: 0x01020304 |
//! | 12..16 | version of the format |
//! | 16..24 | length of the file |
//! | 24..32 | checksum of the header, with these eight bytes as zeros |
//! | 32..40 | checksum of the table of checksums |
//! | 48.. | offset and length of each section, 8 bytes each |

use super::error::IndexError;
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;

use rapidhash::v3::{DEFAULT_RAPID_SECRETS, rapidhash_v3_seeded};

/// The first bytes of the file.
const MAGIC: &[u8; 8] = b"MAILTRKB";

/// Reads as another number on a machine with another byte order.
const BYTE_ORDER: u32 = 0x0102_0304;

/// The version of the format.
pub(crate) const VERSION: u32 = 2;

/// The header's length; the first section follows it.
pub(crate) const HEADER: usize = 512;

/// Bytes per checksum: few enough to check at first use, many enough to keep the table of checksums small.
pub(crate) const BLOCK: usize = 32 * 1024;

/// Alignment of sections: one cache line.
const ALIGN: usize = 64;

/// A section. Data that is used together is in one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The description of the index: types, columns, counts, source (JSON).
    Meta,
    /// The pilots of the address table.
    Pilots,
    /// The slots of the address table.
    Slots,
    /// The records of addresses that several records have.
    Lists,
    /// The texts of addresses that have no key.
    Texts,
    /// The pilots of the table of addresses under address equivalences.
    WeakPilots,
    /// The slots of that table.
    WeakSlots,
    /// The lists of that table.
    WeakLists,
    /// The texts of that table.
    WeakTexts,
    /// What resolution needs of each record.
    Records,
    /// Ids and names.
    Names,
    /// The end of each owner in [`Section::Owners`].
    OwnerEnds,
    /// Owners as `type:id`.
    Owners,
    /// The records of each type, sorted by the hash of their ids.
    ByReference,
    /// The end of each domain in [`Section::Domains`], with its account.
    DomainEnds,
    /// Domains of accounts, sorted.
    Domains,
    /// The start of each record's cells in [`Section::Cells`].
    CellStarts,
    /// The cells of each record's other columns.
    Cells,
    /// The email activities that the CRM has.
    Emails,
}

impl Section {
    /// All sections.
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

    /// Returns the name that `book info` prints.
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

/// The byte range of each section, indexed by section.
pub(crate) type Sections = [Range<usize>; Section::ALL.len()];

/// Returns the checksum of bytes, which is the same on every machine.
pub fn sum(bytes: &[u8]) -> u64 {
    rapidhash_v3_seeded(bytes, &DEFAULT_RAPID_SECRETS)
}

/// Returns the offset rounded up to where a section may begin.
fn aligned(offset: usize) -> usize {
    offset.next_multiple_of(ALIGN)
}

/// Returns the length of an index with sections of these lengths, without its checksums.
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
    /// The checksums so far; `None` if none are written.
    sums: Option<Vec<u8>>,
    block: Vec<u8>,
}

impl<W> std::fmt::Debug for Writer<W> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Writer at {}", self.at)
    }
}

impl<W: Write + Seek> Writer<W> {
    /// Begins an index with checksums.
    ///
    /// # Errors
    /// If writing fails, as for all other methods.
    pub(crate) fn new(out: W) -> io::Result<Writer<W>> {
        Ok(Writer {
            sums: Some(Vec::new()),
            ..Writer::without_sums(out)?
        })
    }

    /// Begins an index without checksums, for use by this run only.
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

    /// Begins a section. Sections may be written in any order.
    pub(crate) fn begin(&mut self, section: Section) -> io::Result<()> {
        let gap = aligned(self.at) - self.at;
        self.push(&[0; ALIGN][..gap])?;
        self.sections[section as usize] = self.at..self.at;
        Ok(())
    }

    /// Appends to the section that was begun last.
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

    /// Writes the checksums and the header. Returns the underlying writer and the sections.
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

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Reads the header of a file, and checks everything that is small: the header itself, the length, the table of
/// checksums, and that every section lies within the file. Returns the sections and the range of the checksums.
///
/// # Errors
/// If the file is not an index that this program can use.
pub(crate) fn open(bytes: &[u8]) -> Result<(Sections, Range<usize>), IndexError> {
    if !bytes.starts_with(MAGIC) {
        return Err(IndexError::NotAnIndex);
    }
    let half = |at: usize| (number(bytes, at) & 0xffff_ffff) as u32;
    if bytes.len() < HEADER {
        return Err(IndexError::NoHeader(bytes.len()));
    }
    if half(8) == BYTE_ORDER.swap_bytes() {
        return Err(IndexError::ByteOrder);
    }
    if half(12) != VERSION && half(8) == BYTE_ORDER {
        return Err(IndexError::Version {
            found: half(12),
            known: VERSION,
        });
    }
    let mut header = [0; HEADER];
    header.copy_from_slice(&bytes[..HEADER]);
    header[24..32].fill(0);
    if sum(&header) != number(bytes, 24) {
        return Err(IndexError::Damaged("its header is not what was written"));
    }
    let expected = number(bytes, 16);
    if expected != bytes.len() as u64 {
        let there = bytes.len();
        return Err(IndexError::Length { there, expected });
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
        let lies =
            within(48 + 16 * at).ok_or(IndexError::Damaged("a section lies outside of it"))?;
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
        return Err(IndexError::Damaged("its sums are not what was written"));
    }
    Ok((sections, sums))
}
