//! A *spool* takes what a book in the making has no need to hold in memory.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Bytes that only grow, in memory or in a file without a name.
#[derive(Debug)]
pub(crate) enum Spool {
    /// In memory.
    Memory(Vec<u8>),
    /// In a file, with its length in bytes.
    File(BufWriter<File>, u64),
}

/// Bytes that are gathered before they are written, and read at a time.
const BUFFER: usize = 1 << 20;

impl Spool {
    /// A spool in a file of this folder.
    ///
    /// # Errors
    /// If the folder cannot be written to; so for all that follows.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Spool> {
        Ok(Spool::File(
            BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(folder)?),
            0,
        ))
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Spool::Memory(bytes) => bytes.len() as u64,
            Spool::File(_, length) => *length,
        }
    }

    /// Adds bytes.
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

    /// Makes all that was added readable.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Spool::Memory(_) => Ok(()),
            Spool::File(file, _) => file.flush(),
        }
    }

    /// Bytes from an offset; what was added last must be flushed.
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

    /// All bytes in turn.
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
