//! A *spool* is a temporary file that mail is unpacked into. It has no name, and the system removes it after its last
//! use.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::ops::Range;
use std::path::Path;

use rustix::fs::Stat;

use super::{HeldFile, ReadError};

const BUFFER_BYTES: usize = 1 << 16;

/// Maximum number of unpacked bytes, so that a small file cannot fill the disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) u64);

impl Limit {
    /// Mail compresses to about a third; a file that compresses to less than 1/200 is not mail.
    const RATIO: u64 = 200;
    /// Small enough for any disk.
    const AT_LEAST_BYTES: u64 = 64 << 20;
    const AT_MOST_BYTES: u64 = 256 << 30;

    /// Returns the limit for a compressed file of this size in bytes.
    pub(super) fn of(packed: u64) -> Limit {
        let bytes = packed.saturating_mul(Limit::RATIO);
        Limit(bytes.clamp(Limit::AT_LEAST_BYTES, Limit::AT_MOST_BYTES))
    }
}

pub(super) struct Spool {
    out: BufWriter<File>,
    buffer: Vec<u8>,
    size: u64,
    limit: u64,
}

impl Spool {
    pub(super) fn new(limit: Limit) -> Result<Spool, ReadError> {
        let file = tempfile::tempfile().map_err(ReadError::Spooling)?;
        Ok(Spool {
            out: BufWriter::with_capacity(BUFFER_BYTES, file),
            buffer: vec![0; BUFFER_BYTES],
            size: 0,
            limit: limit.0,
        })
    }

    /// Copies everything from a reader, and returns its range in the spool.
    pub(super) fn take(&mut self, from: &mut dyn Read) -> Result<Range<usize>, ReadError> {
        let start = self.size;
        loop {
            let read = match from.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadError::unpacking(error)),
            };
            self.size += read as u64;
            if self.size > self.limit {
                return Err(ReadError::Bomb { limit: self.limit });
            }
            self.out
                .write_all(&self.buffer[..read])
                .map_err(ReadError::Spooling)?;
        }
        Ok(start as usize..self.size as usize)
    }

    /// Returns the spool for reading. `path` is the file that was unpacked.
    pub(super) fn held(self, path: &Path) -> Result<HeldFile, ReadError> {
        let file = self
            .out
            .into_inner()
            .map_err(|error| ReadError::Spooling(error.into_error()))?;
        Ok(HeldFile::of(file, path)?)
    }
}

/// Refuses a file that consists mostly of holes: reading it would take hours, and holes contain no mail. A file is
/// accepted if its system does not report how much of the disk it takes.
///
/// # Errors
/// If it is such a file.
pub(super) fn refuse_holes(stat: &Stat) -> Result<(), ReadError> {
    /// The unit of `st_blocks`.
    const BLOCK_BYTES: u64 = 512;
    let size = u64::try_from(stat.st_size).unwrap_or_default();
    let blocks = u64::try_from(stat.st_blocks).unwrap_or_default();
    let stored = blocks.saturating_mul(BLOCK_BYTES);
    if blocks == 0 || size <= Limit::of(stored).0 {
        return Ok(());
    }
    Err(ReadError::Holes { size, stored })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_in_proportion() {
        assert_eq!(Limit::of(0).0, 64 << 20);
        assert_eq!(Limit::of(1 << 30).0, 200 << 30);
        assert_eq!(Limit::of(u64::MAX).0, 256 << 30);
    }
}
