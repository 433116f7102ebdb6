//! The *place* of a file of mail is by what a later run knows it again (R1): its absolute path, of a message in a
//! Maildir the folder and the unique name. A *stamp* tells whether it has changed since.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::Stat;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

/// A number that stands for the place of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKey(pub i64);

impl SourceKey {
    /// The place of a path; a relative one is taken from the current folder.
    pub fn of(path: &Path) -> SourceKey {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
        SourceKey::hashed(&[absolute.as_os_str().as_encoded_bytes()])
    }

    /// A part of a place, such as one message of an mbox.
    pub fn within(self, part: &str) -> SourceKey {
        SourceKey::hashed(&[&self.0.to_le_bytes(), part.as_bytes()])
    }

    /// Nobody else's mail can be given a path that has the number of another: the hash is one of those for that.
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

/// The places of what lies in a folder: its absolute path is hashed once for all of them.
#[derive(Clone, Debug)]
pub(super) struct FolderKey {
    absolute: Vec<u8>,
    begun: Sha1,
}

impl FolderKey {
    /// Those in a folder, by its absolute path.
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

    /// Those in the folder of that name in it.
    pub(super) fn below(&self, name: &[u8]) -> FolderKey {
        FolderKey::of_bytes([&self.absolute, name].concat())
    }

    /// That of a name in it.
    pub(super) fn of(&self, name: &[u8]) -> SourceKey {
        SourceKey::taken(self.begun.clone().chain_update(name))
    }
}

/// A file's size and the time of its last change: where both are as they were, it is not opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: i64,
    /// Nanoseconds since 1970.
    pub modified: i64,
}

impl Stamp {
    /// The stamp of a file; `None` where its time is beyond what a stamp holds.
    pub fn of(meta: &Metadata) -> Option<Stamp> {
        Stamp::new(meta.len(), meta.mtime(), meta.mtime_nsec())
    }

    /// The stamp of a file by what the system says of it while it is open, without gathering all that it knows.
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
