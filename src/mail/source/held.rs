//! A file that is *held* and read by ranges: an mbox, or the spool that an archive was unpacked into.
//!
//! It is mapped, and then does not need to stay open: a mail program may have more folders than a process may have open
//! files. Other programs may write to an mbox in place. If they cut it off, the mapped bytes become zeros and the map
//! is marked (see `base/memory/cut_off.rs`); therefore text is only made from a copy of a message's bytes. A file that
//! cannot be mapped stays open and is read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::ReadError;
use super::mbox::read_full;
use crate::base::disk::stat::is_absent;
use crate::base::memory::Mapped;

/// Number of bytes at the end of a file that are compared to find out whether the file was only appended to.
const TAIL_BYTES: usize = 64;

/// A file in its state when it was opened.
#[derive(Debug)]
pub struct HeldFile {
    number: u64,
    bytes: Bytes,
    path: PathBuf,
    stat: Stat,
    /// Whether its path leads to it; not so for an unnamed temporary file.
    is_named: bool,
    tail: Vec<u8>,
}

#[derive(Debug)]
enum Bytes {
    Mapped(Mapped),
    Open(File),
}

/// The metadata by which a change of a file is recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    /// The device and the inode.
    file: (u64, u64),
    size: usize,
    /// The modification time, in seconds and nanoseconds.
    modified: (i64, i64),
}

impl Stat {
    fn of(meta: &fs::Metadata) -> Stat {
        Stat {
            file: (meta.dev(), meta.ino()),
            size: usize::try_from(meta.size()).unwrap_or(usize::MAX),
            modified: (meta.mtime(), meta.mtime_nsec()),
        }
    }
}

impl HeldFile {
    /// Holds an open file. `path` is used in messages and to recognize changes.
    ///
    /// # Errors
    /// If its metadata or its last bytes cannot be read.
    pub(super) fn of(file: File, path: &Path) -> io::Result<HeldFile> {
        let mapped = Mapped::of(&file).ok();
        HeldFile::with(file, mapped, path)
    }

    fn with(file: File, mapped: Option<Mapped>, path: &Path) -> io::Result<HeldFile> {
        static HELD: AtomicU64 = AtomicU64::new(0);
        let stat = Stat::of(&file.metadata()?);
        let bytes = match mapped {
            Some(mapped) if mapped.bytes().len() >= stat.size => Bytes::Mapped(mapped),
            _ => Bytes::Open(file),
        };
        let named = fs::metadata(path).map(|meta| Stat::of(&meta).file);
        let mut held = HeldFile {
            number: HELD.fetch_add(1, Ordering::Relaxed) + 1,
            bytes,
            path: path.into(),
            stat,
            is_named: named.is_ok_and(|named| named == stat.file),
            tail: Vec::new(),
        };
        held.tail = held.tail_now()?;
        Ok(held)
    }

    #[cfg(test)]
    pub(super) fn that_is(is_mapped: bool, open: File, path: &Path) -> HeldFile {
        let mapped = is_mapped.then(|| Mapped::of(&open).unwrap());
        HeldFile::with(open, mapped, path).unwrap()
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns its size in bytes when it was opened.
    pub fn size(&self) -> usize {
        self.stat.size
    }

    /// Returns a number, from 1, that is unique among all files that this process has held.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Returns all bytes, if the file is mapped. They may change at any time.
    pub(super) fn mapped(&self) -> Option<&[u8]> {
        match &self.bytes {
            Bytes::Mapped(mapped) => mapped.bytes().get(..self.stat.size),
            Bytes::Open(_) => None,
        }
    }

    /// Returns whether the file was cut off while it was mapped, so that bytes read from it may be zeros.
    pub(super) fn is_cut_off(&self) -> bool {
        matches!(&self.bytes, Bytes::Mapped(mapped) if mapped.is_cut_off())
    }

    /// Fills a buffer with bytes from `start` on, and returns their number.
    ///
    /// # Errors
    /// If they cannot be read, or were cut off.
    pub(super) fn read(&self, start: usize, into: &mut [u8]) -> Result<usize, ReadError> {
        let read = read_full(&mut self.part(start..start + into.len()), into)?;
        match self.is_cut_off() {
            true => Err(ReadError::Changed),
            false => Ok(read),
        }
    }

    /// Returns a reader for a range of its bytes.
    pub(super) fn part(&self, range: Range<usize>) -> RangeReader<'_> {
        RangeReader { held: self, range }
    }

    /// Checks that the messages of the file are still at their ranges: the file is unchanged, was appended to, or had
    /// bytes replaced by the same number of others, as programs do to mark messages as read.
    ///
    /// # Errors
    /// If it has changed in another way, or its metadata cannot be read.
    pub fn check(&self) -> Result<(), ReadError> {
        let Some(now) = self.stat_now()? else {
            return Ok(());
        };
        let is_longer =
            || Ok::<_, io::Error>(now.size >= self.stat.size && self.tail_now()? == self.tail);
        match !self.is_cut_off() && (now == self.stat || is_longer()?) {
            true => Ok(()),
            false => Err(ReadError::Changed),
        }
    }

    /// Returns the current metadata of the file; `None` if what is mapped cannot have changed, because another file has
    /// its name or it never had one.
    fn stat_now(&self) -> io::Result<Option<Stat>> {
        let meta = match &self.bytes {
            Bytes::Open(file) => file.metadata()?,
            Bytes::Mapped(_) if !self.is_named => return Ok(None),
            Bytes::Mapped(_) => match fs::metadata(&self.path) {
                Err(error) if is_absent(&error) => return Ok(None),
                meta => meta?,
            },
        };
        let now = Stat::of(&meta);
        Ok((now.file == self.stat.file).then_some(now))
    }

    /// Reads the bytes where the file's last ones were; fewer if the file has become shorter.
    fn tail_now(&self) -> io::Result<Vec<u8>> {
        let start = self.stat.size.saturating_sub(TAIL_BYTES);
        let mut tail = Vec::new();
        self.part(start..self.stat.size).read_to_end(&mut tail)?;
        Ok(tail)
    }
}

/// A reader for a range of a held file. It ends early if the file does.
#[derive(Debug)]
pub(super) struct RangeReader<'h> {
    held: &'h HeldFile,
    range: Range<usize>,
}

impl Read for RangeReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.range.len());
        let start = self.range.start;
        let buffer = &mut buffer[..wanted];
        let read = match &self.held.bytes {
            Bytes::Open(file) => file.read_at(buffer, start as u64)?,
            Bytes::Mapped(mapped) => {
                let from = mapped.bytes().get(start..).unwrap_or_default();
                let length = wanted.min(from.len());
                buffer[..length].copy_from_slice(&from[..length]);
                length
            }
        };
        self.range.start += read;
        Ok(read)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use super::*;

    /// A file with these bytes, held.
    pub(crate) fn held(bytes: &[u8], is_mapped: bool) -> (tempfile::NamedTempFile, HeldFile) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let open = File::open(file.path()).unwrap();
        let held = HeldFile::that_is(is_mapped, open, file.path());
        (file, held)
    }

    #[test]
    fn ranges_are_read_and_what_was_cut_off_is_missed() {
        for is_mapped in [false, true] {
            let bytes: Vec<u8> = (0..20_000u32).map(|n| n as u8).collect();
            let (file, held) = held(&bytes, is_mapped);
            assert_eq!(held.mapped().is_some(), is_mapped);
            let mut room = [0; 300];
            assert_eq!(held.read(10_000, &mut room).unwrap(), 300);
            assert_eq!((&room[..], held.size()), (&bytes[10_000..10_300], 20_000));
            assert_eq!(held.read(19_900, &mut room).unwrap(), 100);
            file.as_file().set_len(4).unwrap();
            assert_ne!(held.read(10_000, &mut room).ok(), Some(300));
            assert!(held.check().is_err());
        }
    }

    #[test]
    fn what_has_lost_its_name_or_never_had_one_is_as_it_was() {
        for is_mapped in [false, true] {
            let (file, held) = held(b"0123456789", is_mapped);
            drop(file);
            held.check().unwrap();
            let mut room = [0; 10];
            held.read(0, &mut room).unwrap();
            assert_eq!(&room, b"0123456789");
            let mut spool = tempfile::tempfile().unwrap();
            spool.write_all(b"0123456789").unwrap();
            let held = HeldFile::that_is(is_mapped, spool, Path::new("a.zip"));
            held.check().unwrap();
            held.read(0, &mut room).unwrap();
            assert_eq!(&room, b"0123456789");
        }
    }

    #[test]
    fn what_moves_its_messages_is_a_change() {
        let long = [b'x'; 200];
        type Change = fn(&mut File);
        let cases: [(&str, Change, bool); 6] = [
            ("nothing", |_| (), true),
            ("more", |file| file.write_all(b"more").unwrap(), true),
            (
                "as many others",
                |file| file.write_all_at(b"read", 5).unwrap(),
                true,
            ),
            ("less", |file| file.set_len(150).unwrap(), false),
            ("none", |file| file.set_len(0).unwrap(), false),
            (
                "another",
                |file| file.write_all_at(&[b'y'; 300], 0).unwrap(),
                false,
            ),
        ];
        let both = cases
            .into_iter()
            .flat_map(|case| [(case, false), (case, true)]);
        for ((name, change, is_good), is_mapped) in both {
            let (mut file, held) = held(&long, is_mapped);
            change(file.as_file_mut());
            // Some systems keep times no finer than this.
            let later = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
            file.as_file().set_modified(later).unwrap();
            assert_eq!(held.check().is_ok(), is_good, "{name}");
        }
    }
}
