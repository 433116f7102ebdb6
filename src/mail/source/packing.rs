//! The compressions that a single file may have.

use std::io;
use std::io::BufReader;
use std::io::Read;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip (RFC 1952), of any number of members.
    Gzip,
    /// Zstandard (RFC 8878), of any number of frames.
    Zstandard,
}

impl Packing {
    /// How a file that begins so is packed; `None` if it is not.
    pub(super) fn of(first: &[u8]) -> Option<Packing> {
        match first {
            [0x1f, 0x8b, 0x08, ..] => Some(Packing::Gzip),
            // A frame, or one to be skipped, which programs that pack on several threads begin with.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Packing::Zstandard)
            }
            _ => None,
        }
    }

    /// The bytes that were packed. Their sums are checked at their end, where there are any.
    pub(super) fn unpacked<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(packed))),
            Packing::Zstandard => Box::new(zstd::stream::read::Decoder::new(packed)?),
        })
    }
}

/// Whether the ending of a file's name says that it is packed.
pub(super) fn is_packing(ending: &[u8]) -> bool {
    ending.eq_ignore_ascii_case(b"gz") || ending.eq_ignore_ascii_case(b"zst")
}

/// A file's name without what says that it is packed.
pub(crate) fn without_packing(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((before, ending)) if is_packing(ending.as_bytes()) => before,
        _ => name,
    }
}
