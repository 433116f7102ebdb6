//! A *spool* is a temporary file that mail is unpacked into. It has no name, and the system removes it when nothing
//! uses it any more.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::ops::Range;
use std::path::Path;

use rustix::fs::Stat;

use super::{Held, ReadError};

const BUFFER_BYTES: usize = 1 << 16;

/// What unpacking may come to, so that a small file cannot fill the disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) u64);

impl Limit {
    /// Mail packs to a third; what packs to less than a two-hundredth is none.
    const RATIO: u64 = 200;
    /// Little enough for any disk.
    const AT_LEAST_BYTES: u64 = 64 << 20;
    const AT_MOST_BYTES: u64 = 256 << 30;

    /// The limit for a compressed file of this size in bytes.
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

    /// Takes all that there is to read; where it lies then.
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

    /// All of it, to be read again; `path` is the file that it was unpacked from.
    pub(super) fn held(self, path: &Path) -> Result<Held, ReadError> {
        let file = self
            .out
            .into_inner()
            .map_err(|error| ReadError::Spooling(error.into_error()))?;
        Ok(Held::of(file, path)?)
    }
}

/// Refuses a file that is nearly all holes, which would take hours to go over: there is no mail in them. Of a file
/// whose system does not say how much of the disk it takes nothing is known.
///
/// # Errors
/// If it is such a file.
pub(super) fn refuse_holes(stat: &Stat) -> Result<(), ReadError> {
    /// The unit in which systems count.
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
