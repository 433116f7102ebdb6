//! The *image* is an index's bytes, and the only way to them.
//!
//! Whoever reads asks for bytes of a section and gets them only where they lie within it, so that no number in the
//! file leads outside of it. Of a file each block is compared with its sum when it is first used: opening stays as
//! quick for fifty million addresses as for five, and nothing altered is ever taken for an answer. Where a sum differs
//! the reader gets nothing, and the image says so from then on ([`Image::damage`]); what was asked for has no answer,
//! and whoever runs the command stops before anything is written.

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

/// An index's bytes.
#[derive(Debug)]
pub struct Image {
    bytes: Bytes,
    sections: Sections,
    /// The blocks that were compared with their sums; nothing if the bytes were made by this run.
    sound: Option<Box<[AtomicU64]>>,
    sums: std::ops::Range<usize>,
    damage: OnceLock<Damage>,
    /// The same, of a file that has changed.
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
    /// Where; nothing if the file was changed while it was used.
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
    /// Maps a file.
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

    /// What this run made.
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

    /// All bytes.
    fn all(&self) -> &[u8] {
        match &self.bytes {
            Bytes::File(file) => file.bytes(),
            Bytes::Memory(memory) => memory,
        }
    }

    /// The file, where it is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.bytes {
            Bytes::File(file) => Some(file.path()),
            Bytes::Memory(_) => None,
        }
    }

    /// How many bytes a section has.
    pub fn length(&self, section: Section) -> usize {
        self.sections[section as usize].len()
    }

    /// A section, to read from.
    pub fn view(&self, section: Section) -> View<'_> {
        let range = self.sections[section as usize].clone();
        View {
            image: self,
            start: range.start,
            bytes: self.all().get(range).unwrap_or_default(),
        }
    }

    /// What is wrong, once something was found to be; a file that has changed since it was opened is wrong as a whole.
    pub fn damage(&self) -> Option<&Damage> {
        match &self.bytes {
            Bytes::File(file) if file.has_changed() => Some(self.changed.get_or_init(|| Damage {
                path: file.path().into(),
                offset: None,
            })),
            _ => self.damage.get(),
        }
    }

    /// Whether the bytes of a range that lies within the image are what was written.
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
            // Nothing is believed any more, so no block is worth the time to check it, time and again.
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

    /// Notes damage; nothing, to be handed on.
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
pub struct View<'a> {
    image: &'a Image,
    start: usize,
    bytes: &'a [u8],
}

impl<'a> View<'a> {
    /// How many bytes it has.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// `N` bytes from an offset; nothing if they are not there or damaged, which the image then says.
    #[inline]
    pub fn array<const N: usize>(&self, at: usize) -> Option<&'a [u8; N]> {
        match self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
            Some(array) if self.image.is_sound(self.start + at, N) => Some(array),
            Some(_) => None,
            None => self.image.damaged(self.start + at),
        }
    }

    /// A number of four bytes from an offset.
    #[inline]
    pub fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// A number of eight bytes from an offset.
    #[inline]
    pub fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Bytes from an offset.
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

    /// Text from an offset.
    pub fn text(&self, at: usize, length: usize) -> Option<&'a str> {
        let text = std::str::from_utf8(self.slice(at, length)?);
        text.ok().or_else(|| self.image.damaged(self.start + at))
    }

    /// All of it.
    pub fn whole(&self) -> Option<&'a [u8]> {
        self.slice(0, self.bytes.len())
    }

    /// Notes that what stands at an offset makes no sense; nothing, to be handed on.
    pub fn nonsense<T>(&self, at: usize) -> Option<T> {
        self.image.damaged(self.start + at)
    }

    /// Has the processor fetch the bytes at an offset, for a read that follows soon.
    #[inline]
    pub fn prefetch(&self, at: usize) {
        memory::prefetch(self.bytes, at);
    }
}
