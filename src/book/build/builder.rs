//! Building a book: parts are added one after the other, and indexed at the end, in memory or into a file.

use crate::book::build::part::id_in;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Cursor, Seek, Write};
use std::path::Path;

use jiff::Timestamp;

use super::part::BookPart;
use super::spool::Spool;
use crate::base::memory;
use crate::base::reference::Reference;
use crate::base::threads::Threads;
use crate::book::address_book::Book;
use crate::book::build::owner::owner;
use crate::book::index::draft::{Entries, IndexDraft};
use crate::book::index::image::Image;
use crate::book::index::layout;
use crate::book::index::layout::{Section, Sections, Writer};
use crate::book::index::record::Record;
use crate::book::index::table::{COLUMNS_MAX, EXACT, WEAK};
use crate::book::index::{
    AddressColumn, DOMAIN, EMAIL_FIELDS, Index, IndexedType, Meta, Offline, SEVERAL, push_text,
};
use crate::book::kind_order::{KindPosition, kind_order};
use crate::book::source::Stamps;
use crate::options::columns::Columns;
use crate::options::file::BookSection;

/// A book that is being built.
#[derive(Debug)]
pub struct BookBuilder {
    meta: Meta,
    records: Vec<Record>,
    names: Spool,
    /// The file that the index is built into. It keeps all cells, which are written as they arrive.
    file: Option<Writer<BufWriter<File>>>,
    /// The columns whose cells are kept in memory.
    wanted: Columns,
    cells: Vec<u8>,
    cell_starts: Vec<u64>,
    cells_length: u64,
    /// The hash of each id of the type that is being read, with its record number.
    id_hashes: Vec<(u64, u32)>,
    by_reference: Vec<u32>,
    owners: Vec<Box<str>>,
    owner_numbers: HashMap<Box<str>, u32>,
    /// The ids of users. With those of teams, they decide what a bare owner id refers to.
    user_ids: HashSet<Box<str>>,
    team_ids: HashSet<Box<str>>,
    entries: Entries,
    domains: Vec<(Box<str>, u32)>,
    left_out: Entries,
    emails: Vec<u8>,
    warnings: Vec<String>,
}

/// The contents of the sections that are computed before writing.
struct Prepared {
    exact: IndexDraft,
    weak: IndexDraft,
    owner_ends: Vec<u8>,
    owners: Vec<u8>,
    domain_ends: Vec<u8>,
    domains: Vec<u8>,
    meta: Vec<u8>,
}

impl Default for BookBuilder {
    /// Creates a builder in memory, without the cells that only filters use.
    fn default() -> BookBuilder {
        BookBuilder::new(Spool::Memory(Vec::new()), None)
    }
}

impl BookBuilder {
    /// Creates a builder in memory that keeps the cells of the `wanted` columns.
    pub fn in_memory(wanted: Columns) -> BookBuilder {
        BookBuilder {
            wanted,
            ..BookBuilder::default()
        }
    }

    /// Creates a builder that writes to `file` and keeps all cells. Data that cannot be written yet goes to temporary
    /// files in `folder`.
    ///
    /// # Errors
    /// If the file or the folder cannot be written to.
    pub fn into_file(file: File, folder: &Path) -> io::Result<BookBuilder> {
        let mut out = Writer::new(BufWriter::with_capacity(1 << 20, file))?;
        out.begin(Section::Cells)?;
        Ok(BookBuilder::new(Spool::in_folder(folder)?, Some(out)))
    }

    fn new(names: Spool, file: Option<Writer<BufWriter<File>>>) -> BookBuilder {
        BookBuilder {
            meta: Meta {
                version: env!("CARGO_PKG_VERSION").into(),
                ..Meta::default()
            },
            records: Vec::new(),
            names,
            file,
            wanted: Columns::default(),
            cells: Vec::new(),
            cell_starts: Vec::new(),
            cells_length: 0,
            id_hashes: Vec::new(),
            by_reference: Vec::new(),
            owners: Vec::new(),
            owner_numbers: HashMap::new(),
            user_ids: HashSet::new(),
            team_ids: HashSet::new(),
            entries: Entries::default(),
            domains: Vec::new(),
            left_out: Entries::default(),
            emails: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Stores the book's source, its time of building, and how its files were read.
    pub fn set_source(
        &mut self,
        source: String,
        files: Stamps,
        built: Timestamp,
        section: &BookSection,
    ) {
        self.meta.source = source;
        self.meta.files = files;
        self.meta.built = Some(built);
        self.meta.set_section(section);
    }

    /// Marks the book as offline: it holds only records that pass the filters of these options.
    pub fn set_offline(&mut self, options: &str) {
        self.meta.offline = Some(Offline {
            left_out: 0,
            options: options.into(),
        });
    }

    /// Adds a record type and returns its number. All its records must be added before the next type. `columns` are all
    /// columns of its file, `cells` those that are kept.
    pub fn add_kind(&mut self, name: &str, columns: Vec<String>, cells: Vec<String>) -> u16 {
        // If reading the last type failed, its ids are still here; they must not be compared with those of this type.
        self.id_hashes.clear();
        self.meta.kinds.push(IndexedType {
            name: name.into(),
            first: self.records.len() as u32,
            count: 0,
            columns,
            cells,
        });
        (self.meta.kinds.len() - 1) as u16
    }

    /// Adds an address column to a type and returns its number; `None` if there are more than [`COLUMNS_MAX`].
    pub fn add_column(&mut self, kind: u16, name: &str) -> Option<u8> {
        let number = self.meta.columns.len();
        self.meta.columns.push(AddressColumn {
            kind,
            name: name.into(),
            is_used: false,
        });
        (number < COLUMNS_MAX).then_some(number as u8)
    }

    /// Notes that a column holds at least one address.
    pub fn use_column(&mut self, column: u8) {
        self.meta.columns[usize::from(column)].is_used = true;
    }

    /// Returns whether any cells are kept. If so, `BookPart::cells` must be called for every record, even without
    /// cells.
    pub fn keeps_cells(&self) -> bool {
        self.file.is_some() || !self.wanted.is_empty()
    }

    /// Returns whether the cells of that column are kept.
    pub fn keeps(&self, kind: &str, column: &str) -> bool {
        self.file.is_some() || self.wanted.has(kind, column)
    }

    /// Returns an empty part of a type, to be filled and given to [`BookBuilder::add`].
    pub fn part(&self, kind: u16) -> BookPart {
        BookPart::new(kind, self.meta.kinds[usize::from(kind)].name == "account")
    }

    /// Adds a part of the type that was added last.
    ///
    /// # Errors
    /// If writing fails, or if the book would have more than 2^32 records.
    pub fn add(&mut self, part: BookPart) -> io::Result<()> {
        let base = self.records.len() as u32;
        let too_many = || io::Error::other("the book has more records than an index can hold");
        base.checked_add(part.records.len() as u32 + 1)
            .ok_or_else(too_many)?;
        let owners: Vec<u32> = part.owners.iter().map(|owner| self.owner(owner)).collect();
        let kind = &mut self.meta.kinds[usize::from(part.kind)];
        kind.count += part.records.len() as u32;
        let ids = match kind.name.as_str() {
            "systemuser" => Some(&mut self.user_ids),
            "team" => Some(&mut self.team_ids),
            _ => None,
        };
        if let Some(ids) = ids {
            ids.extend(part.records.iter().map(|record| id_in(&part.names, record)));
        }
        let names = self.names.len();
        self.records
            .extend(part.records.iter().map(|record| Record {
                names: record.names + names,
                owner: record.owner.map(|owner| owners[owner as usize]),
                ..*record
            }));
        self.id_hashes.extend(
            part.id_hashes
                .iter()
                .zip(base..)
                .map(|(&hash, number)| (hash, number)),
        );
        self.names.push(&part.names)?;
        let cells = self.cells_length;
        self.cell_starts
            .extend(part.cell_starts.iter().map(|start| start + cells));
        self.cells_length += part.cells.len() as u64;
        match &mut self.file {
            Some(file) => file.write(Section::Cells, &part.cells)?,
            None => self.cells.extend(&part.cells),
        }
        self.entries.append(part.entries, base);
        self.left_out.append(part.left_out, 0);
        self.domains.extend(
            part.domains
                .into_iter()
                .map(|(domain, record)| (domain, record + base)),
        );
        Ok(())
    }

    /// Ends the type that was added last. Returns the records whose id an earlier record has, each as its number within
    /// the type and the id.
    ///
    /// # Errors
    /// If the ids cannot be read back.
    pub fn end_kind(&mut self, threads: &Threads) -> io::Result<Vec<(u32, String)>> {
        let mut hashes = std::mem::take(&mut self.id_hashes);
        threads.sort_by_key(&mut hashes, |&it| it);
        self.by_reference
            .extend(hashes.iter().map(|&(_, record)| record));
        let first = self.meta.kinds.last().map_or(0, |kind| kind.first);
        let mut twice = Vec::new();
        self.names.flush()?;
        for same in hashes
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() > 1)
        {
            let mut known = HashSet::new();
            for &(_, record) in same {
                let id = String::from_utf8_lossy(&self.id(record)?).into_owned();
                if known.contains(&id) {
                    twice.push((record - first, id));
                } else {
                    known.insert(id);
                }
            }
        }
        twice.sort_unstable();
        Ok(twice)
    }

    /// Adds an email activity that the CRM already has.
    pub fn add_email(&mut self, fields: &[&str; EMAIL_FIELDS]) {
        self.meta.emails += 1;
        fields
            .iter()
            .for_each(|field| push_text(&mut self.emails, field));
    }

    /// Adds a warning.
    pub fn warn(&mut self, warning: String) {
        self.meta.warnings += 1;
        self.warnings.push(warning);
    }

    /// Indexes what was added, in memory.
    ///
    /// # Errors
    /// If there is not enough memory.
    pub fn finish(mut self, threads: &Threads) -> io::Result<Book> {
        let prepared = self.prepare(threads)?;
        let mut memory = memory::large(self.length(&prepared))?;
        let (_, sections) = self.write(
            &prepared,
            Writer::without_sums(Cursor::new(&mut memory[..]))?,
        )?;
        drop(prepared);
        let index =
            Index::of(Image::made(memory.make_read_only()?, sections)).map_err(io::Error::other)?;
        Ok(Book::new(index, self.warnings))
    }

    /// Indexes what was added, into the file given at the start, and returns the warnings.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish_file(mut self, threads: &Threads) -> io::Result<Vec<String>> {
        let prepared = self.prepare(threads)?;
        let Some(file) = self.file.take() else {
            return Err(io::Error::other("the book was begun in memory"));
        };
        let (mut out, _) = self.write(&prepared, file)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(self.warnings)
    }

    fn prepare(&mut self, threads: &Threads) -> io::Result<Prepared> {
        self.end_left_out();
        let (owner_ends, owners) = self.sort_owners();
        let (domain_ends, domains) = self.sort_domains();
        self.names.flush()?;
        let entries = std::mem::take(&mut self.entries);
        let order = kind_order(self.meta.kinds.iter().map(|kind| kind.name.as_str()));
        let exact = IndexDraft::make(entries, |a, b| self.compare(&order, a, b), threads)?;
        let weak = IndexDraft::make(exact.weak(threads), |a, b| a.cmp(&b), threads)?;
        (self.meta.exact, self.meta.weak) = (exact.info, weak.info);
        let meta = serde_json::to_vec(&self.meta)?;
        Ok(Prepared {
            exact,
            weak,
            owner_ends,
            owners,
            domain_ends,
            domains,
            meta,
        })
    }

    /// In an offline book, adds the one record to which the addresses of all left-out records lead.
    fn end_left_out(&mut self) {
        let Some(offline) = &mut self.meta.offline else {
            return;
        };
        let number = self.records.len() as u32;
        offline.left_out = number;
        self.records.push(Record::NONE);
        self.by_reference.push(number);
        self.cell_starts.push(self.cells_length);
        self.entries
            .append(std::mem::take(&mut self.left_out), number);
    }

    /// Compares in R7's order of records, then by column within a record.
    fn compare(&self, order: &[KindPosition], a: (u32, u8), b: (u32, u8)) -> Ordering {
        let key = |number: u32| {
            let record = &self.records[number as usize];
            let position = order.get(usize::from(record.kind));
            (
                position.map(|it| it.group),
                record.created_on,
                position.map(|it| it.name),
            )
        };
        let by_id = || match a.0 == b.0 {
            true => Ordering::Equal,
            // An error of reading back ends the build later, when the same bytes are to be written.
            false => self
                .id(a.0)
                .unwrap_or_default()
                .cmp(&self.id(b.0).unwrap_or_default()),
        };
        key(a.0)
            .cmp(&key(b.0))
            .then_with(by_id)
            .then(a.0.cmp(&b.0))
            .then(a.1.cmp(&b.1))
    }

    fn id(&self, number: u32) -> io::Result<Vec<u8>> {
        let record = &self.records[number as usize];
        self.names.read(record.names, usize::from(record.id_length))
    }

    /// Returns the end offsets and the texts of the distinct owners in order, and renumbers the owners of the records.
    fn sort_owners(&mut self) -> (Vec<u8>, Vec<u8>) {
        let named: Vec<Reference> = self
            .owners
            .iter()
            .map(|owner| self.owner_reference(owner))
            .collect();
        let mut sorted: Vec<&Reference> = named.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let numbers: Vec<u32> = named
            .iter()
            .map(|owner| sorted.partition_point(|other| *other < owner) as u32)
            .collect();
        for record in &mut self.records {
            record.owner = record.owner.map(|owner| numbers[owner as usize]);
        }
        let (mut ends, mut texts) = (Vec::new(), Vec::new());
        for owner in sorted {
            texts.extend(owner.to_string().into_bytes());
            ends.extend((texts.len() as u64).to_le_bytes());
        }
        (ends, texts)
    }

    fn owner_reference(&self, text: &str) -> Reference {
        owner(text, |id| {
            !self.user_ids.contains(id) && self.team_ids.contains(id)
        })
    }

    /// Returns the end offsets and the texts of the domains in order; an end is stored with the domain's account.
    fn sort_domains(&mut self) -> (Vec<u8>, Vec<u8>) {
        let mut domains = std::mem::take(&mut self.domains);
        domains.sort_unstable();
        domains.dedup();
        let (mut ends, mut texts) = (Vec::new(), Vec::new());
        for same in domains.chunk_by(|a, b| a.0 == b.0) {
            let account = if let [(_, one)] = same { *one } else { SEVERAL };
            texts.extend(same.iter().take(1).flat_map(|(domain, _)| domain.bytes()));
            ends.extend((texts.len() as u64).to_le_bytes());
            ends.extend(account.to_le_bytes());
            ends.resize(ends.len().next_multiple_of(DOMAIN), 0);
        }
        (ends, texts)
    }

    fn owner(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.owner_numbers.get(text) {
            return number;
        }
        let number = self.owners.len() as u32;
        self.owners.push(text.into());
        self.owner_numbers.insert(text.into(), number);
        number
    }

    /// Returns the number of bytes that [`BookBuilder::write`] writes.
    fn length(&self, prepared: &Prepared) -> usize {
        let mut lengths = vec![prepared.meta.len()];
        lengths.extend(prepared.exact.lengths());
        lengths.extend(prepared.weak.lengths());
        lengths.extend([
            self.records.len() * crate::book::index::record::RECORD,
            self.names.len() as usize,
            prepared.owner_ends.len(),
            prepared.owners.len(),
            self.by_reference.len() * 4,
            prepared.domain_ends.len(),
            prepared.domains.len(),
            self.cell_starts.len() * 8,
            self.cells.len(),
            self.emails.len(),
        ]);
        layout::length(&lengths)
    }

    fn write<W: Write + Seek>(
        &mut self,
        from: &Prepared,
        mut out: Writer<W>,
    ) -> io::Result<(W, Sections)> {
        out.section(Section::Meta, &from.meta)?;
        from.exact.write(&mut out, EXACT)?;
        from.weak.write(&mut out, WEAK)?;
        out.begin(Section::Records)?;
        for record in &self.records {
            out.write(Section::Records, &record.bytes())?;
        }
        out.begin(Section::Names)?;
        self.names.each(|bytes| out.write(Section::Names, bytes))?;
        out.section(Section::OwnerEnds, &from.owner_ends)?;
        out.section(Section::Owners, &from.owners)?;
        out.begin(Section::ByReference)?;
        for record in &self.by_reference {
            out.write(Section::ByReference, &record.to_le_bytes())?;
        }
        out.section(Section::DomainEnds, &from.domain_ends)?;
        out.section(Section::Domains, &from.domains)?;
        out.begin(Section::CellStarts)?;
        for start in &self.cell_starts {
            out.write(Section::CellStarts, &start.to_le_bytes())?;
        }
        if !self.cells.is_empty() {
            out.section(Section::Cells, &self.cells)?;
        }
        out.section(Section::Emails, &self.emails)?;
        out.finish()
    }
}
