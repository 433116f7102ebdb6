//! The *image* is the bytes of an index, and the only access to them.
//!
//! A reader asks for bytes of a section and gets them only if they lie within it, so no number in the file can lead
//! outside. Each block of a file is compared with its checksum when it is first used: so opening a file does not depend
//! on its size, and altered bytes are never used for an answer. If a checksum differs, the reader gets `None`, and
//! [`Image::damage`] reports it from then on. The lookup has no answer then, and the command must end before it writes
//! anything.

use super::error::IndexError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::Mmap;

use super::layout;
use super::layout::{BLOCK, HEADER, Section, Sections};
use crate::base::memory;
use crate::base::memory::MappedFile;

/// The bytes of an index.
#[derive(Debug)]
pub struct Image {
    bytes: Bytes,
    sections: Sections,
    /// One bit per block that was compared with its checksum; `None` if this run made the bytes.
    sound: Option<Box<[AtomicU64]>>,
    sums: std::ops::Range<usize>,
    damage: OnceLock<Damage>,
    /// The same for a file that has changed since it was opened.
    changed: OnceLock<Damage>,
}

#[derive(Debug)]
enum Bytes {
    File(MappedFile),
    Memory(Mmap),
}

/// A file whose bytes are not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    path: PathBuf,
    /// The offset of the damage; `None` if the file was changed while it was in use.
    offset: Option<usize>,
}

impl std::error::Error for Damage {}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.offset {
            Some(offset) => write!(
                out,
                "{path}: is damaged: what stands at byte {offset} is not what was written; build it again with `mailtrack book build`",
            ),
            None => write!(
                out,
                "{path}: was changed or shortened while it was used; put another book in its place by renaming, and run again",
            ),
        }
    }
}

impl Image {
    /// Maps a file into memory.
    ///
    /// # Errors
    /// If it cannot be opened, or is not an index.
    pub fn open(path: &Path) -> Result<Image, IndexError> {
        let file = MappedFile::open(path)?;
        let (sections, sums) = layout::open(file.bytes())?;
        let words = sums.len().div_ceil(8 * 64);
        Ok(Image {
            bytes: Bytes::File(file),
            sections,
            sound: Some((0..words).map(|_| AtomicU64::new(0)).collect()),
            sums,
            damage: OnceLock::new(),
            changed: OnceLock::new(),
        })
    }

    /// Wraps bytes that this run made.
    pub fn made(bytes: Mmap, sections: Sections) -> Image {
        Image {
            bytes: Bytes::Memory(bytes),
            sections,
            sound: None,
            sums: 0..0,
            damage: OnceLock::new(),
            changed: OnceLock::new(),
        }
    }

    /// Returns all bytes.
    fn all(&self) -> &[u8] {
        match &self.bytes {
            Bytes::File(file) => file.bytes(),
            Bytes::Memory(memory) => memory,
        }
    }

    /// Returns the path of the file; `None` for an index in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.bytes {
            Bytes::File(file) => Some(file.path()),
            Bytes::Memory(_) => None,
        }
    }

    /// Returns the length of a section in bytes.
    pub fn length(&self, section: Section) -> usize {
        self.sections[section as usize].len()
    }

    /// Returns a section for reading.
    pub fn view(&self, section: Section) -> SectionView<'_> {
        let range = self.sections[section as usize].clone();
        SectionView {
            image: self,
            start: range.start,
            bytes: self.all().get(range).unwrap_or_default(),
        }
    }

    /// Returns the damage that was found so far. A file that has changed since it was opened is damaged as a whole.
    pub fn damage(&self) -> Option<&Damage> {
        match &self.bytes {
            Bytes::File(file) if file.has_changed() => Some(self.changed.get_or_init(|| Damage {
                path: file.path().into(),
                offset: None,
            })),
            _ => self.damage.get(),
        }
    }

    /// Returns whether the blocks of a range within the image are as they were written.
    #[inline]
    fn is_sound(&self, start: usize, length: usize) -> bool {
        let Some(sound) = &self.sound else {
            return true;
        };
        let first = (start - HEADER) / BLOCK;
        let last = (start - HEADER + length.max(1) - 1) / BLOCK;
        (first..=last).all(|block| {
            let known = sound
                .get(block / 64)
                .is_some_and(|word| word.load(Ordering::Relaxed) >> (block % 64) & 1 == 1);
            known || self.check(block)
        })
    }

    #[cold]
    fn check(&self, block: usize) -> bool {
        if self.damage.get().is_some() {
            // After the first damage nothing is trusted, so checking more blocks would waste time.
            return false;
        }
        let all = self.all();
        let start = HEADER + block * BLOCK;
        let bytes = all
            .get(start..self.sums.start.min(start + BLOCK))
            .unwrap_or_default();
        let written = all
            .get(self.sums.clone())
            .and_then(|sums| sums.get(8 * block..)?.first_chunk());
        let is_sound = written.is_some_and(|sum| u64::from_le_bytes(*sum) == layout::sum(bytes));
        if !is_sound {
            return self.damaged::<()>(start).is_some();
        }
        if let Some(word) = self.sound.as_ref().and_then(|sound| sound.get(block / 64)) {
            word.fetch_or(1 << (block % 64), Ordering::Relaxed);
        }
        true
    }

    /// Records damage and returns `None`, for the caller to return.
    #[cold]
    fn damaged<T>(&self, offset: usize) -> Option<T> {
        let path = self
            .path()
            .unwrap_or(Path::new("the index in memory"))
            .to_owned();
        let _ = self.damage.set(Damage {
            path,
            offset: Some(offset),
        });
        None
    }
}

/// A section of an image.
#[derive(Clone, Copy, Debug)]
pub struct SectionView<'a> {
    image: &'a Image,
    start: usize,
    bytes: &'a [u8],
}

impl<'a> SectionView<'a> {
    /// Returns the section's length in bytes.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Returns `N` bytes at an offset; `None` if they are missing or damaged, which the image then reports.
    #[inline]
    pub fn array<const N: usize>(&self, at: usize) -> Option<&'a [u8; N]> {
        match self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
            Some(array) if self.image.is_sound(self.start + at, N) => Some(array),
            Some(_) => None,
            None => self.image.damaged(self.start + at),
        }
    }

    /// Returns the four-byte number at an offset.
    #[inline]
    pub fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Returns the eight-byte number at an offset.
    #[inline]
    pub fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Returns bytes at an offset.
    pub fn slice(&self, at: usize, length: usize) -> Option<&'a [u8]> {
        if length == 0 {
            return Some(&[]);
        }
        let end = at.checked_add(length);
        match end.and_then(|end| self.bytes.get(at..end)) {
            Some(slice) if self.image.is_sound(self.start + at, length) => Some(slice),
            Some(_) => None,
            None => self.image.damaged(self.start + at.min(self.bytes.len())),
        }
    }

    /// Returns text at an offset.
    pub fn text(&self, at: usize, length: usize) -> Option<&'a str> {
        let text = std::str::from_utf8(self.slice(at, length)?);
        text.ok().or_else(|| self.image.damaged(self.start + at))
    }

    /// Returns the whole section.
    pub fn whole(&self) -> Option<&'a [u8]> {
        self.slice(0, self.bytes.len())
    }

    /// Records that the bytes at an offset are invalid, and returns `None`, for the caller to return.
    pub fn nonsense<T>(&self, at: usize) -> Option<T> {
        self.image.damaged(self.start + at)
    }

    /// Prefetches the bytes at an offset for a read that follows soon.
    #[inline]
    pub fn prefetch(&self, at: usize) {
        memory::prefetch(self.bytes, at);
    }
}
