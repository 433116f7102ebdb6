//! The *source key* of a mail file identifies it across runs (R1): a hash of its absolute path, or for a message in a
//! Maildir of the folder and the unique name. A *stamp* shows whether the file has changed since.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::Stat;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

/// Identifies a location across runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKey(pub i64);

impl SourceKey {
    /// Returns the key of a path; a relative path starts at the current folder.
    pub fn of(path: &Path) -> SourceKey {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
        SourceKey::hashed(&[absolute.as_os_str().as_encoded_bytes()])
    }

    /// Returns the key of a part of this location, such as one message of an mbox.
    pub fn within(self, part: &str) -> SourceKey {
        SourceKey::hashed(&[&self.0.to_le_bytes(), part.as_bytes()])
    }

    /// Paths cannot be crafted to match an existing key, because the hash is cryptographic.
    fn hashed(parts: &[&[u8]]) -> SourceKey {
        let mut hash = Sha1::new();
        parts.iter().for_each(|part| hash.update(part));
        SourceKey::taken(hash)
    }

    fn taken(hash: Sha1) -> SourceKey {
        let hash: [u8; 20] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        SourceKey(i64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }
}

/// Makes the keys of the files in a folder, whose absolute path is hashed only once.
#[derive(Clone, Debug)]
pub(super) struct FolderKey {
    absolute: Vec<u8>,
    begun: Sha1,
}

impl FolderKey {
    /// Creates the keys for a folder, given by its absolute path.
    pub(super) fn within(absolute: &Path) -> FolderKey {
        FolderKey::of_bytes(absolute.as_os_str().as_encoded_bytes().to_vec())
    }

    fn of_bytes(mut absolute: Vec<u8>) -> FolderKey {
        if !absolute.ends_with(b"/") {
            absolute.push(b'/');
        }
        let begun = Sha1::new().chain_update(&absolute);
        FolderKey { absolute, begun }
    }

    /// Returns the keys for a folder within this one.
    pub(super) fn below(&self, name: &[u8]) -> FolderKey {
        FolderKey::of_bytes([&self.absolute, name].concat())
    }

    /// Returns the key of a file in the folder.
    pub(super) fn of(&self, name: &[u8]) -> SourceKey {
        SourceKey::taken(self.begun.clone().chain_update(name))
    }
}

/// A file's size and modification time. If both are unchanged, the file is not opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: i64,
    /// Modification time in nanoseconds since 1970.
    pub modified: i64,
}

impl Stamp {
    /// Returns the stamp of a file; `None` if its size or time is out of range.
    pub fn of(meta: &Metadata) -> Option<Stamp> {
        Stamp::new(meta.len(), meta.mtime(), meta.mtime_nsec())
    }

    /// Returns the stamp of an open file from its `stat`.
    pub(super) fn of_open(stat: &Stat) -> Option<Stamp> {
        let size = stat.st_size.try_into().ok()?;
        let nanoseconds = stat.st_mtime_nsec.try_into().ok()?;
        Stamp::new(size, stat.st_mtime, nanoseconds)
    }

    fn new(size: u64, seconds: i64, nanoseconds: i64) -> Option<Stamp> {
        let whole = seconds.checked_mul(1_000_000_000)?;
        Some(Stamp {
            size: i64::try_from(size).ok()?,
            modified: whole.checked_add(nanoseconds)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_place_is_that_of_the_whole_path() {
        for root in ["mail", "./mail", ".", "/tmp/mail/", "a/../mail", "/"] {
            let places = FolderKey::within(&std::path::absolute(root).unwrap());
            let root = Path::new(root);
            for own in ["a.eml", "1:2", "ü", " z"] {
                assert_eq!(places.of(own.as_bytes()), SourceKey::of(&root.join(own)));
                let below = places.below(b"x y").below(b"z");
                let path = root.join("x y/z").join(own);
                assert_eq!(below.of(own.as_bytes()), SourceKey::of(&path));
            }
        }
    }

    #[test]
    fn a_stamp_is_the_same_by_either_way() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(1234).unwrap();
        let second = Duration::from_secs(1);
        let times = [
            (
                UNIX_EPOCH + 1_700_000_000 * second + Duration::from_nanos(5),
                1_700_000_000_000_000_005,
            ),
            (UNIX_EPOCH, 0),
            (UNIX_EPOCH - second * 3 / 2, -1_500_000_000),
        ];
        for (time, modified) in times {
            file.set_modified(time).unwrap();
            let want = Some(Stamp {
                size: 1234,
                modified,
            });
            assert_eq!(Stamp::of(&file.metadata().unwrap()), want);
            assert_eq!(Stamp::of_open(&rustix::fs::fstat(&file).unwrap()), want);
        }
    }
}
