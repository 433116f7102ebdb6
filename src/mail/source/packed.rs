//! A file is *packed* where gzip or Zstandard made it smaller. It is known by its first bytes, whatever it is called,
//! and read as if it lay there unpacked.

use std::io::{self, BufReader, Read};
use std::path::Path;

use super::beside::Opened;
use super::spool::{Limit, Spool};
use super::{Held, ReadError};

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip (RFC 1952), of any number of members.
    Gzip,
    /// Zstandard (RFC 8878), of any number of frames.
    Zstandard,
}

impl Packing {
    /// How a file that begins so is packed; `None` where it is not.
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
pub fn without_packing(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((before, ending)) if is_packing(ending.as_bytes()) => before,
        _ => name,
    }
}

/// Unpacks a file into a spool.
pub(super) fn unpack(from: Opened, path: &Path, packing: Packing) -> Result<Held, ReadError> {
    let size = u64::try_from(from.stat.st_size).unwrap_or_default();
    let mut spool = Spool::new(Limit::of(size))?;
    let mut unpacked = packing.unpacked(from.file).map_err(ReadError::unpacking)?;
    spool.take(&mut *unpacked)?;
    spool.held(path)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn knows_what_is_packed() {
        let cases: [(&[u8], Option<Packing>); 7] = [
            (b"\x1f\x8b\x08\x00", Some(Packing::Gzip)),
            (b"\x28\xb5\x2f\xfd", Some(Packing::Zstandard)),
            (b"\x50\x2a\x4d\x18", Some(Packing::Zstandard)),
            (b"\x1f\x8b", None),
            (b"PK\x03\x04", None),
            (b"From: a", None),
            (b"", None),
        ];
        for (first, want) in cases {
            assert_eq!(Packing::of(first), want, "{first:?}");
        }
        let names = [
            ("Sent.mbox.gz", "Sent.mbox"),
            ("a/b.ZST", "a/b"),
            ("a.mbox", "a.mbox"),
            ("gz", "gz"),
        ];
        for (name, want) in names {
            assert_eq!(without_packing(name), want);
        }
    }

    proptest::proptest! {
        #[test]
        fn damage_is_an_error_or_harmless(bytes in proptest::collection::vec(0u8.., 0..200), cut in 0usize..400, flip in 0usize..400) {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(&bytes).unwrap();
            let packed = [gzip.finish().unwrap(), zstd::encode_all(&*bytes, 3).unwrap()];
            for (packing, packed) in [Packing::Gzip, Packing::Zstandard].into_iter().zip(packed) {
                let unpack = |packed: &[u8]| {
                    let mut out = Vec::new();
                    packing.unpacked(packed).and_then(|from| from.take(1 << 16).read_to_end(&mut out)).map(|_| out)
                };
                proptest::prop_assert_eq!(&unpack(&packed).unwrap(), &bytes);
                let cut = cut % packed.len();
                proptest::prop_assert!(cut == 0 || unpack(&packed[..cut]).is_err());
                let mut damaged = packed.clone();
                damaged[flip % packed.len()] ^= 0x10;
                let _ = unpack(&damaged);
            }
        }
    }
}
