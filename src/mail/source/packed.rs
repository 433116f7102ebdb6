//! A file is *packed* if it is compressed with gzip or Zstandard. This is detected by its first bytes, regardless of
//! its name, and the file is read as if it were not compressed.

use crate::mail::source::packing::Packing;
use std::path::Path;

use super::beside::Opened;
use super::spool::{Limit, Spool};
use super::{HeldFile, ReadError};

/// Unpacks a file into a spool.
pub(super) fn unpack(from: Opened, path: &Path, packing: Packing) -> Result<HeldFile, ReadError> {
    let size = u64::try_from(from.stat.st_size).unwrap_or_default();
    let mut spool = Spool::new(Limit::of(size))?;
    let mut unpacked = packing.unpacked(from.file).map_err(ReadError::unpacking)?;
    spool.take(&mut *unpacked)?;
    spool.held(path)
}

#[cfg(test)]
mod tests {
    use crate::mail::source::packing::without_packing;
    use std::io::Read as _;
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
