//! Reading an index: everything but the address tables.

use super::error::IndexError;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::image::Image;
use super::layout::{Section, sum};
use super::record::{RECORD, Record};
use super::table::{EXACT, Table, TableInfo, WEAK};
use crate::base::reference::ReferenceView;
use crate::book::source::Stamps;
use crate::options::file::BookSection;

/// The description of an index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The record types, in the order of their records.
    pub kinds: Vec<IndexedType>,
    /// The address columns.
    pub columns: Vec<AddressColumn>,
    /// The table of exact addresses.
    pub exact: TableInfo,
    /// The table of addresses under address equivalences.
    pub weak: TableInfo,
    /// The number of email activities that the CRM already has.
    pub emails: u64,
    /// The number of warnings when it was built.
    pub warnings: u64,
    /// The source that it was built from.
    pub source: String,
    /// The files of that source.
    pub files: Stamps,
    /// When it was built.
    pub built: Option<Timestamp>,
    /// The version of the program that built it.
    pub version: String,
    /// The column names that the options defined, by type and logical name.
    pub column_names: BTreeMap<String, BTreeMap<String, String>>,
    /// Present if only records that pass the offline filters are included.
    pub offline: Option<Offline>,
    /// How the files were read, if they were not in the book's own form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<BookSection>,
}

impl Meta {
    /// Stores how the files are read.
    pub fn set_section(&mut self, section: &BookSection) {
        self.column_names = section.columns.clone();
        self.form = (!section.is_own_form()).then(|| section.clone());
    }

    /// Returns how the files were read.
    pub fn section(&self) -> BookSection {
        let columns_only = || BookSection {
            columns: self.column_names.clone(),
            ..BookSection::default()
        };
        self.form.clone().unwrap_or_else(columns_only)
    }
}

/// What an offline book has in addition to its records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Offline {
    /// The number of the record that stands for all left-out records: the last one, without a type.
    pub left_out: u32,
    /// The filters that it was built with, as an options file.
    pub options: String,
}

/// A record type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IndexedType {
    /// Its logical name.
    pub name: String,
    /// The number of its first record.
    pub first: u32,
    /// How many records it has.
    pub count: u32,
    /// The logical names of all columns of its file.
    pub columns: Vec<String>,
    /// The columns whose cells are kept.
    pub cells: Vec<String>,
}

/// An address column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AddressColumn {
    /// The number of its record type.
    pub kind: u16,
    /// Its logical name.
    pub name: String,
    /// Whether any cell holds an address.
    pub is_used: bool,
}

/// An index.
#[derive(Debug)]
pub struct Index {
    image: Image,
    /// The description of the index.
    pub meta: Meta,
}

/// Maximum number of interpolation steps when a record is searched by the hash of its id.
const GUESSES_MAX: u32 = 8;

impl Index {
    /// Opens a file.
    ///
    /// # Errors
    /// If it is not an index that can be used.
    pub fn open(path: &Path) -> Result<Index, IndexError> {
        Index::of(Image::open(path)?)
    }

    /// Reads the index of an image. All numbers of `meta` are checked against the sections here, once.
    ///
    /// # Errors
    /// If they do not fit.
    pub fn of(image: Image) -> Result<Index, IndexError> {
        let meta = image
            .view(Section::Meta)
            .whole()
            .and_then(|bytes| serde_json::from_slice(bytes).ok());
        let meta: Meta = meta.ok_or(IndexError::Damaged("what it is of cannot be read"))?;
        let records = image.length(Section::Records) / RECORD;
        let mut next = 0;
        for kind in &meta.kinds {
            let follows = kind.first as usize == next;
            next += kind.count as usize;
            if !follows {
                next = usize::MAX;
                break;
            }
        }
        let left_out = meta
            .offline
            .as_ref()
            .map(|offline| offline.left_out as usize);
        let fits = left_out.is_none_or(|number| number == next)
            && next.checked_add(usize::from(left_out.is_some())) == Some(records)
            && image.length(Section::ByReference) == records * 4
            && meta
                .columns
                .iter()
                .all(|column| usize::from(column.kind) < meta.kinds.len())
            && Table::of(&image, meta.exact, EXACT).is_some()
            && Table::of(&image, meta.weak, WEAK).is_some();
        match fits {
            true => Ok(Index { image, meta }),
            false => Err(IndexError::Damaged("its parts do not fit together")),
        }
    }

    /// Returns the image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Returns the number of records.
    pub fn record_count(&self) -> usize {
        self.image.length(Section::Records) / RECORD
    }

    /// Returns the table of exact addresses.
    pub fn exact(&self) -> Option<Table<'_>> {
        Table::of(&self.image, self.meta.exact, EXACT)
    }

    /// Returns the table of addresses under address equivalences.
    pub fn weak(&self) -> Option<Table<'_>> {
        Table::of(&self.image, self.meta.weak, WEAK)
    }

    /// Returns a record.
    #[inline(always)]
    pub fn record(&self, number: u32) -> Option<Record> {
        let (records, at) = (self.image.view(Section::Records), number as usize * RECORD);
        Record::read(records.array(at)?).or_else(|| records.nonsense(at))
    }

    /// Prefetches a record for a read that follows soon.
    #[inline]
    pub fn prefetch_record(&self, number: u32) {
        self.image
            .view(Section::Records)
            .prefetch(number as usize * RECORD);
    }

    /// Returns a record's id.
    pub fn id(&self, record: &Record) -> Option<&str> {
        self.image
            .view(Section::Names)
            .text(record.names as usize, usize::from(record.id_length))
    }

    /// Returns a record's name, which may be empty.
    pub fn name(&self, record: &Record) -> Option<&str> {
        let start = record.names as usize + usize::from(record.id_length);
        self.image
            .view(Section::Names)
            .text(start, usize::from(record.name_length))
    }

    /// Returns the owner with that number.
    pub fn owner(&self, number: u32) -> Option<ReferenceView<'_>> {
        let ends = self.image.view(Section::OwnerEnds);
        let end = |number: usize| ends.u64(number * 8).map(|end| end as usize);
        let start = (number as usize).checked_sub(1).map_or(Some(0), end)?;
        let owners = self.image.view(Section::Owners);
        let text = owners.text(start, end(number as usize)?.saturating_sub(start))?;
        let (kind, id) = text.split_once(':').or_else(|| owners.nonsense(start))?;
        Some(ReferenceView { kind, id })
    }

    /// Returns the number of an owner.
    pub fn owner_number(&self, owner: ReferenceView<'_>) -> Option<u32> {
        let count = self.image.length(Section::OwnerEnds) / 8;
        let wanted = (owner.kind, owner.id);
        let compare = |number: usize| {
            self.owner(number as u32)
                .map(|it| (it.kind, it.id).cmp(&wanted))
        };
        search(count, compare).map(|number| number as u32)
    }

    /// Returns the number of the record with that type and id.
    pub fn find(&self, kind: &str, id: &str) -> Option<u32> {
        let kind = self.meta.kinds.iter().find(|known| known.name == kind)?;
        let order = self.image.view(Section::ByReference);
        let number = |at: usize| order.u32((kind.first as usize + at) * 4);
        let names = self.image.view(Section::Names);
        let id_of = |at: usize| {
            let record = self.record(number(at)?)?;
            names.slice(record.names as usize, usize::from(record.id_length))
        };
        let hash = sum(id.as_bytes());
        let (mut start, mut end) = (0, kind.count as usize);
        let (mut low, mut high) = (0, u64::MAX);
        let mut guesses = 0;
        while start < end {
            // Hashes are distributed evenly, so interpolation search needs few steps. A crafted file could slow it
            // down; therefore it is followed by binary search.
            guesses += 1;
            let (part, whole) = (hash.saturating_sub(low), (high - low).max(1));
            let middle = match guesses {
                1..=GUESSES_MAX => {
                    let ahead = u128::from(part) * (end - start) as u128 / u128::from(whole);
                    (start + ahead as usize).min(end - 1)
                }
                _ => (start + end) / 2,
            };
            let found = sum(id_of(middle)?);
            match found < hash {
                true => (start, low) = (middle + 1, found),
                false => (end, high) = (middle, found),
            }
        }
        let equal = (start..kind.count as usize)
            .take_while(|&at| id_of(at).is_some_and(|it| sum(it) == hash));
        equal
            .into_iter()
            .find(|&at| id_of(at) == Some(id.as_bytes()))
            .and_then(number)
    }

    /// Returns the only active account of a registrable domain; `None` if there is none or more than one.
    pub fn account_of_domain(&self, domain: &str) -> Option<u32> {
        let (ends, domains) = (
            self.image.view(Section::DomainEnds),
            self.image.view(Section::Domains),
        );
        let end = |number: usize| ends.u64(number * DOMAIN).map(|end| end as usize);
        let compare = |number: usize| {
            let start = number.checked_sub(1).map_or(Some(0), end)?;
            Some(
                domains
                    .text(start, end(number)?.saturating_sub(start))?
                    .cmp(domain),
            )
        };
        let number = search(ends.length() / DOMAIN, compare)?;
        ends.u32(number * DOMAIN + 8)
            .filter(|&account| account != SEVERAL)
    }

    /// Returns the cell of a record in a kept column.
    pub fn cell(&self, number: u32, column: &str) -> Option<&str> {
        let kind = self
            .meta
            .kinds
            .iter()
            .find(|kind| (kind.first..kind.first + kind.count).contains(&number))?;
        let at = kind.cells.iter().position(|known| known == column)?;
        self.cells(number).nth(at)
    }

    /// Returns an iterator over the kept cells of a record in the order of [`IndexedType::cells`]. It continues with the cells
    /// of the records that follow.
    pub fn cells(&self, number: u32) -> impl Iterator<Item = &str> {
        let starts = self.image.view(Section::CellStarts);
        let start = starts.u64(number as usize * 8);
        let texts = start.map(|start| TextIter {
            view: self.image.view(Section::Cells),
            at: start as usize,
        });
        texts.into_iter().flatten()
    }

    /// Returns the fields of each email activity that the CRM already has.
    pub fn emails(&self) -> impl Iterator<Item = [&str; EMAIL_FIELDS]> {
        let mut texts = TextIter {
            view: self.image.view(Section::Emails),
            at: 0,
        };
        (0..self.meta.emails).map_while(move |_| {
            let mut fields = [""; EMAIL_FIELDS];
            for field in &mut fields {
                *field = texts.next()?;
            }
            Some(fields)
        })
    }
}

/// Bytes of a domain's entry: the end of its text (8), the account (4), unused (4).
pub(crate) const DOMAIN: usize = 16;

/// In place of an account: more than one account has the domain.
pub(crate) const SEVERAL: u32 = u32::MAX;

/// Number of fields that are kept of an email activity.
pub(crate) const EMAIL_FIELDS: usize = 10;

/// Consecutive texts, each after its length as LEB128: seven bits per byte, low bits first, the high bit set if more
/// bytes follow.
struct TextIter<'a> {
    view: super::image::SectionView<'a>,
    at: usize,
}

impl<'a> Iterator for TextIter<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        let mut length = 0;
        for shift in (0..35).step_by(7) {
            let &[byte] = self.view.array(self.at)?;
            self.at += 1;
            length |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        let text = self.view.text(self.at, length);
        self.at += length;
        text
    }
}

/// Appends a text in the format that `TextIter` reads.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend(text.as_bytes());
}

/// Returns the position of an item among `count` sorted ones by binary search.
fn search(count: usize, compare: impl Fn(usize) -> Option<Ordering>) -> Option<usize> {
    let (mut start, mut end) = (0, count);
    while start < end {
        let middle = (start + end) / 2;
        match compare(middle)? {
            Ordering::Less => start = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => end = middle,
        }
    }
    None
}
