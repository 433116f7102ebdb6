//! A file that is *held* open, and read by ranges: an mbox, or what an archive was unpacked into.
//!
//! It is read and not mapped, because other programs write to an mbox in its place: who looks at mapped bytes that are
//! cut off is stopped by the system, while reading them only finds fewer.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::fstat;

use super::ReadError;

/// Bytes at the end of a file by which it is known whether it was only added to.
const TAIL_BYTES: usize = 64;

/// A file as it was when it was opened.
#[derive(Debug)]
pub struct Held {
    file: File,
    path: PathBuf,
    size: usize,
    /// When it was changed last, in seconds and nanoseconds.
    modified: (i64, i64),
    tail: Vec<u8>,
}

impl Held {
    /// Holds an open file, which `path` stands for.
    ///
    /// # Errors
    /// If the system says nothing of it, or it cannot be read.
    pub(super) fn of(file: File, path: &Path) -> io::Result<Held> {
        let (size, modified) = size_and_time(&file)?;
        let mut held = Held {
            file,
            path: path.into(),
            size,
            modified,
            tail: Vec::new(),
        };
        held.tail = held.tail_now()?;
        Ok(held)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes it had when it was opened.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Reads some bytes in the place of what a buffer holds.
    ///
    /// # Errors
    /// If they cannot be read, or are not there any more.
    pub(super) fn read(&self, range: Range<usize>, into: &mut Vec<u8>) -> Result<(), ReadError> {
        into.resize(range.len(), 0);
        let read = self.file.read_exact_at(into, range.start as u64);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ReadError::Changed,
            _ => ReadError::Io(error),
        })
    }

    /// Some of its bytes, one after another.
    pub(super) fn part(&self, range: Range<usize>) -> Part<'_> {
        Part { held: self, range }
    }

    /// Finds out whether the ranges of its messages are still where they were: nothing has changed, or more was only
    /// added to it, or bytes were replaced by as many others, as programs note what was read.
    ///
    /// # Errors
    /// If it has changed in another way, or the system says nothing of it.
    pub fn check(&self) -> Result<(), ReadError> {
        let (size, modified) = size_and_time(&self.file)?;
        let is_same = size == self.size && modified == self.modified;
        let is_longer = || Ok::<_, io::Error>(size >= self.size && self.tail_now()? == self.tail);
        match is_same || is_longer()? {
            true => Ok(()),
            false => Err(ReadError::Changed),
        }
    }

    /// The bytes that stand where its last ones stood; fewer if there are not as many any more.
    fn tail_now(&self) -> io::Result<Vec<u8>> {
        let start = self.size.saturating_sub(TAIL_BYTES);
        let mut tail = Vec::new();
        self.part(start..self.size).read_to_end(&mut tail)?;
        Ok(tail)
    }
}

fn size_and_time(file: &File) -> io::Result<(usize, (i64, i64))> {
    let stat = fstat(file)?;
    let nanoseconds = i64::try_from(stat.st_mtime_nsec).unwrap_or_default();
    let size = usize::try_from(stat.st_size).unwrap_or_default();
    Ok((size, (stat.st_mtime, nanoseconds)))
}

/// Bytes of a file that is held; they end early if the file does.
#[derive(Debug)]
pub(super) struct Part<'h> {
    held: &'h Held,
    range: Range<usize>,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.range.len());
        let start = self.range.start;
        let read = self
            .held
            .file
            .read_at(&mut buffer[..wanted], start as u64)?;
        self.range.start += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn held(bytes: &[u8]) -> (tempfile::NamedTempFile, Held) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let held = Held::of(File::open(file.path()).unwrap(), file.path()).unwrap();
        (file, held)
    }

    #[test]
    fn ranges_are_read_and_what_was_cut_off_is_missed() {
        let (file, held) = held(b"0123456789");
        let mut room = b"before".to_vec();
        held.read(2..5, &mut room).unwrap();
        assert_eq!((&*room, held.size()), (&b"234"[..], 10));
        file.as_file().set_len(4).unwrap();
        assert!(matches!(
            held.read(2..5, &mut room),
            Err(ReadError::Changed)
        ));
        let mut rest = Vec::new();
        held.part(1..9).read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"123");
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
        for (name, change, is_good) in cases {
            let (mut file, held) = held(&long);
            change(file.as_file_mut());
            // Some systems keep times no finer than this.
            let later = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
            file.as_file().set_modified(later).unwrap();
            assert_eq!(held.check().is_ok(), is_good, "{name}");
        }
    }
}
