//! The compression formats of single files.

use std::io;
use std::io::BufReader;
use std::io::Read;

/// The compression of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip (RFC 1952), with any number of members.
    Gzip,
    /// Zstandard (RFC 8878), with any number of frames.
    Zstandard,
}

impl Packing {
    /// Returns the compression of a file with these first bytes; `None` if it is not compressed.
    pub(super) fn of(first: &[u8]) -> Option<Packing> {
        match first {
            [0x1f, 0x8b, 0x08, ..] => Some(Packing::Gzip),
            // A frame, or a skippable frame, with which multi-threaded compressors begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Packing::Zstandard)
            }
            _ => None,
        }
    }

    /// Returns a reader of the uncompressed bytes. It checks the checksums, if there are any, at the end.
    pub(super) fn unpacked<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(packed))),
            Packing::Zstandard => Box::new(zstd::stream::read::Decoder::new(packed)?),
        })
    }
}

/// Returns whether a file extension means that the file is compressed.
pub(super) fn is_packing(ending: &[u8]) -> bool {
    ending.eq_ignore_ascii_case(b"gz") || ending.eq_ignore_ascii_case(b"zst")
}

/// Returns a file name without the extension of a compression.
pub(crate) fn without_packing(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((before, ending)) if is_packing(ending.as_bytes()) => before,
        _ => name,
    }
}
