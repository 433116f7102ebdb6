//! A *spool* holds the data of a book that is being built, outside of memory if wanted.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// An append-only byte sequence, in memory or in an unnamed file.
#[derive(Debug)]
pub(crate) enum Spool {
    /// In memory.
    Memory(Vec<u8>),
    /// In a file, with its length in bytes.
    File(BufWriter<File>, u64),
}

/// Size of the write buffer, and of one read, in bytes.
const BUFFER: usize = 1 << 20;

impl Spool {
    /// Creates a spool in an unnamed file of this folder.
    ///
    /// # Errors
    /// If the folder cannot be written to. All other methods fail if the file cannot be written or read.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Spool> {
        Ok(Spool::File(
            BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(folder)?),
            0,
        ))
    }

    /// Returns its length in bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Spool::Memory(bytes) => bytes.len() as u64,
            Spool::File(_, length) => *length,
        }
    }

    /// Appends bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Spool::Memory(all) => all.extend(bytes),
            Spool::File(file, length) => {
                file.write_all(bytes)?;
                *length += bytes.len() as u64;
            }
        }
        Ok(())
    }

    /// Makes everything that was appended readable.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Spool::Memory(_) => Ok(()),
            Spool::File(file, _) => file.flush(),
        }
    }

    /// Reads bytes at an offset. Bytes appended since the last [`Spool::flush`] are not readable.
    pub(crate) fn read(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        match self {
            Spool::Memory(all) => {
                let start = start as usize;
                all.get(start..start + length)
                    .map(<[u8]>::to_vec)
                    .ok_or(io::ErrorKind::UnexpectedEof.into())
            }
            Spool::File(file, _) => {
                let mut bytes = vec![0; length];
                let mut file = file.get_ref();
                let end = file.stream_position()?;
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(&mut bytes)?;
                file.seek(SeekFrom::Start(end))?;
                Ok(bytes)
            }
        }
    }

    /// Passes all bytes to `take`, in order, in one or more pieces.
    pub(crate) fn each(&mut self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        self.flush()?;
        match self {
            Spool::Memory(all) => take(all),
            Spool::File(file, _) => {
                let file = file.get_mut();
                file.seek(SeekFrom::Start(0))?;
                let mut buffer = vec![0; BUFFER];
                loop {
                    match file.read(&mut buffer)? {
                        0 => return Ok(()),
                        length => take(&buffer[..length])?,
                    }
                }
            }
        }
    }
}
