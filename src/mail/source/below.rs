//! Counts what is *below* a folder that is too deep to be read, so that a failure can say how much is left out.
//!
//! It goes from folder to folder, down by name and up by `..`, so that neither path lengths nor the number of open
//! descriptors grow with the depth.

use rustix::fs::AtFlags;
use rustix::fs::statat;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{Dir, FileType, Mode, OFlags, fstat, openat};
use rustix::io::{Errno, retry_on_intr};

/// The number of files and folders below a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Below {
    /// Everything that is not a folder.
    pub(super) files: u64,
    /// The number of folders, without the folder itself.
    pub(super) folders: u64,
    /// Whether everything could be read.
    pub(super) is_whole: bool,
}

/// Counts what is below the folder `own` within an open one. Links are not followed.
pub(super) fn below(parent: BorrowedFd<'_>, own: &OsStr) -> Below {
    let mut count = Below {
        files: 0,
        folders: 0,
        is_whole: true,
    };
    if count.walk(parent, own).is_err() {
        count.is_whole = false;
    }
    count
}

/// A folder that was read, and those of its folders that were not yet.
struct Level {
    /// The device and the inode.
    id: (u64, u64),
    folders: Vec<OsString>,
}

impl Below {
    /// Counts everything below a folder.
    ///
    /// # Errors
    /// If the folder cannot be opened, or the way back up is lost.
    fn walk(&mut self, parent: BorrowedFd<'_>, own: &OsStr) -> Result<(), Errno> {
        let mut at = open(parent, own)?;
        let mut way = vec![self.look(&at)?];
        while let Some(level) = way.last_mut() {
            if let Some(name) = level.folders.pop() {
                let entered = open(&at, &name).and_then(|folder| {
                    let level = self.look(&folder)?;
                    Ok((folder, level))
                });
                match entered {
                    Ok((folder, level)) => {
                        at = folder;
                        way.push(level);
                    }
                    Err(_) => self.is_whole = false,
                }
                continue;
            }
            way.pop();
            if let Some(level) = way.last() {
                at = open(&at, OsStr::new(".."))?;
                // The folder may have been moved meanwhile.
                if id_of(&at)? != level.id {
                    return Err(Errno::NOENT);
                }
            }
        }
        Ok(())
    }

    /// Counts the entries of a folder.
    fn look(&mut self, folder: &OwnedFd) -> Result<Level, Errno> {
        let mut folders = Vec::new();
        for entry in Dir::read_from(folder)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            match kind_of(folder, name, entry.file_type()) {
                Ok(FileType::Directory) => {
                    self.folders += 1;
                    folders.push(name.to_owned());
                }
                Ok(_) => self.files += 1,
                Err(_) => self.is_whole = false,
            }
        }
        Ok(Level {
            id: id_of(folder)?,
            folders,
        })
    }
}

fn open(within: impl std::os::fd::AsFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    let flags =
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    retry_on_intr(|| openat(&within, name, flags, Mode::empty()))
}

#[allow(clippy::unnecessary_cast, reason = "not on every system")]
fn id_of(folder: &OwnedFd) -> Result<(u64, u64), Errno> {
    let stat = fstat(folder)?;
    Ok((stat.st_dev as u64, stat.st_ino as u64))
}

/// Returns the kind of a folder's entry; some systems do not include it in the listing.
pub(super) fn kind_of(folder: &OwnedFd, name: &OsStr, listed: FileType) -> io::Result<FileType> {
    if listed != FileType::Unknown {
        return Ok(listed);
    }
    let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(stat.st_mode))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use rustix::fs::CWD;

    use super::*;

    fn counted(folder: &Path) -> Below {
        below(CWD, folder.as_os_str())
    }

    #[test]
    fn files_and_folders_are_counted_and_links_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let count = |files, folders| Below {
            files,
            folders,
            is_whole: true,
        };
        assert_eq!(counted(folder.path()), count(0, 0));
        for branch in ["a/b/c", "a/b/d", "a/e", "f"] {
            fs::create_dir_all(at(branch)).unwrap();
            fs::write(at(branch).join("1.eml"), "").unwrap();
            fs::write(at(branch).join(".2"), "").unwrap();
        }
        std::os::unix::fs::symlink("..", at("a/b/up")).unwrap();
        assert_eq!(counted(folder.path()), count(9, 6));
        assert!(!counted(&at("a/b/up")).is_whole);
        assert!(!counted(&at("gone")).is_whole);
    }

    #[test]
    fn depth_takes_neither_descriptors_nor_paths() {
        let folder = tempfile::tempdir().unwrap();
        let mut at = open(CWD, folder.path().as_os_str()).unwrap();
        for _ in 0..3000 {
            for name in ["a", "b"] {
                rustix::fs::mkdirat(&at, name, Mode::from_raw_mode(0o755)).unwrap();
            }
            at = open(&at, OsStr::new("a")).unwrap();
        }
        drop(at);
        let count = counted(folder.path());
        // The standard library's removal needs a descriptor for each.
        let _ = Command::new("rm").arg("-rf").arg(folder.path()).status();
        assert_eq!(
            (count.files, count.folders, count.is_whole),
            (0, 6000, true)
        );
    }
}
