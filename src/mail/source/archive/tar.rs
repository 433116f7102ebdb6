//! Reads a tar, compressed or not, from its beginning to its end.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};

use super::listing::{Listing, MemberKind};
use crate::mail::source::ReadError;
use crate::mail::source::packing::Packing;
use crate::mail::source::spool::{Limit, Spool};

/// Maximum number of bytes between two entries: a header, a long name and other attributes, which are read into memory.
const HEADERS_BYTES: u64 = 1 << 20;

/// Limits the number of bytes that are read from a tar.
struct Bounded<'a, R> {
    from: R,
    /// The number of bytes allowed for the rest of the tar.
    left: u64,
    /// The number of bytes allowed before the next entry.
    until_entry: &'a Cell<u64>,
    is_over: &'a Cell<bool>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.left.min(self.until_entry.get());
        if allowed == 0 && !buffer.is_empty() {
            self.is_over.set(true);
            return Err(io::Error::other("too much"));
        }
        let most = buffer
            .len()
            .min(usize::try_from(allowed).unwrap_or(usize::MAX));
        let read = self.from.read(&mut buffer[..most])?;
        self.left -= read as u64;
        self.until_entry.set(self.until_entry.get() - read as u64);
        Ok(read)
    }
}

pub(super) fn read(
    mut file: File,
    limit: Limit,
    listing: &mut Listing,
    spool: &mut Spool,
) -> Result<(), ReadError> {
    let mut first = Vec::new();
    Read::take(&mut file, 4).read_to_end(&mut first)?;
    file.rewind()?;
    let packing = Packing::of(&first);
    let (from, left): (Box<dyn Read>, u64) = match packing {
        Some(packing) => (
            packing.unpacked(file).map_err(ReadError::unpacking)?,
            limit.0,
        ),
        None => (Box::new(BufReader::new(file)), u64::MAX),
    };
    let (until_entry, is_over) = (Cell::new(u64::MAX), Cell::new(false));
    let mut tar = tar::Archive::new(Bounded {
        from,
        left,
        until_entry: &until_entry,
        is_over: &is_over,
    });
    let read = entries(&mut tar, &until_entry, listing, spool).and_then(|()| {
        // Reading on after the last entry checks the checksum of a compressed tar; other tars have nothing there.
        if packing.is_some() {
            until_entry.set(u64::MAX);
            io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(ReadError::unpacking)?;
        }
        Ok(())
    });
    match read {
        Err(_) if is_over.get() => Err(ReadError::Bomb { limit: limit.0 }),
        read => read,
    }
}

fn entries<R: Read>(
    tar: &mut tar::Archive<R>,
    until_entry: &Cell<u64>,
    listing: &mut Listing,
    spool: &mut Spool,
) -> Result<(), ReadError> {
    let mut entries = tar.entries().map_err(ReadError::unpacking)?;
    // The unread rest of an entry is skipped before the next one.
    let mut left: u64 = 0;
    loop {
        until_entry.set(left.saturating_add(HEADERS_BYTES));
        let Some(entry) = entries.next() else {
            return Ok(());
        };
        let mut entry = entry.map_err(ReadError::unpacking)?;
        until_entry.set(u64::MAX);
        left = entry.header().entry_size().map_err(ReadError::unpacking)?;
        let kind = entry.header().entry_type();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = match kind {
            _ if kind.is_dir() || name.ends_with('/') => MemberKind::Folder,
            _ if kind.is_file() || kind.is_contiguous() => MemberKind::File,
            _ if kind.is_gnu_sparse() => {
                listing.fail(&name, "is a sparse file, which is not read".into());
                continue;
            }
            _ => MemberKind::Other,
        };
        if let Some(path) = listing.register(&name, kind)? {
            listing.take(path, &mut entry, spool)?;
        }
    }
}
