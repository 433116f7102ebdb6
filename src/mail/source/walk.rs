//! The walk over a folder of mail. It asks the system for a file's stamp by the folder that is open anyway, and not by its
//! whole path: that is what most of a run over mail that has not changed consists of.

use crate::mail::source::below::kind_of;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, Dir, FileType, statat};

use super::below::{Below, below};
use super::folder::{Folder, FolderKind};
use super::listing::Listing;
use super::place::FolderKey;
use super::{Stamp, maildir};
use crate::base::threads::Threads;
use crate::mail::source::mail_file::{FilesOfFolder, OnDisk};

/// Folders are read so many at a time, each by one thread.
const FOLDERS: usize = 64;

/// Of a large folder so many files are looked at by one thread at a time.
const FILES: usize = 1024;

/// Folders with longer paths are not walked over: each keeps the whole way to it.
const PATH_BYTES_MAX: usize = 32 << 10;

/// Nor are those within more folders, each of which is passed whenever one is opened.
const DEPTH_MAX: usize = 2048;

/// What is in a folder.
struct DirEntry {
    name: OsString,
    kind: FileType,
}

/// What is walked over.
struct Walk<'a> {
    root: &'a Path,
    /// What output calls the root.
    name: &'a str,
    takes_stamps: bool,
    threads: &'a Threads,
}

/// Lists what is below a folder. Links are not followed: what they lead to within it is met at its own place, and what
/// lies outside was not asked for.
pub(super) fn walk(root: &Path, name: &str, takes_stamps: bool, threads: &Threads) -> Listing {
    let walk = Walk {
        root,
        name,
        takes_stamps,
        threads,
    };
    let absolute = std::path::absolute(root).unwrap_or_else(|_| root.into());
    let mut found = Listing::default();
    let is_maildir = match maildir::is_maildir(CWD, root) {
        Ok(is_maildir) => is_maildir,
        Err(error) => {
            found.unreadable(root, name, root, cannot_be_opened(&error));
            return found;
        }
    };
    // The next one is the last.
    let root = OnDisk::new(
        root.into(),
        Folder::new(name, is_maildir),
        FolderKey::within(&absolute),
    );
    let mut ahead = vec![Arc::new(root.named())];
    while !ahead.is_empty() {
        let now = ahead.split_off(ahead.len().saturating_sub(FOLDERS));
        let read = threads.map(&now, |folder| walk.read(folder));
        for (files, folders) in read.into_iter().rev() {
            found.append(files);
            ahead.extend(folders);
        }
    }
    found
}

impl Walk<'_> {
    /// What lies in a folder, and the folders in it.
    fn read(&self, folder: &Arc<OnDisk>) -> (Listing, Vec<Arc<OnDisk>>) {
        let (mut found, mut folders) = (Listing::default(), Vec::new());
        let mut files = Vec::new();
        let mut failed = |path: &Path, why| found.unreadable(self.root, self.name, path, why);
        let opened = folder.open().and_then(|opened| {
            let entries = Dir::read_from(&opened)?;
            Ok((opened, entries))
        });
        let (opened, mut entries) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                failed(&folder.path, cannot_be_opened(&error));
                return (found, folders);
            }
        };
        while let Some(entry) = entries.read() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    failed(&folder.path, cannot_be_opened(&error.into()));
                    break;
                }
            };
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            match kind_of(&opened, name, entry.file_type()) {
                Err(error) => failed(&folder.path.join(name), cannot_be_opened(&error)),
                Ok(FileType::Directory) => match folder.child(name, opened.as_fd()) {
                    Ok(Some(child)) if is_too_deep(&child.path) => {
                        failed(&child.path, too_deep(&opened, name));
                    }
                    Ok(child) => folders.extend(child),
                    Err(error) => failed(&folder.path.join(name), cannot_be_opened(&error)),
                },
                Ok(kind) => files.push(DirEntry {
                    name: name.into(),
                    kind,
                }),
            }
        }
        let listed = self
            .threads
            .chunks(&files, FILES, |files| self.list(folder, &opened, files));
        for (part, skipped) in listed {
            found.add(part);
            found.counts.skipped += skipped;
        }
        (found, folders)
    }

    /// Those of a folder's files that may hold mail, and how many others there are.
    fn list(
        &self,
        folder: &Arc<OnDisk>,
        opened: &OwnedFd,
        files: &[DirEntry],
    ) -> (FilesOfFolder, u64) {
        let mut part = FilesOfFolder::of(folder, files.len());
        let mut skipped = 0;
        for DirEntry { name, kind } in files {
            if name.as_bytes().starts_with(b".") || *kind != FileType::RegularFile {
                skipped += 1;
                continue;
            }
            let stat = self
                .takes_stamps
                .then(|| statat(opened, name, AtFlags::SYMLINK_NOFOLLOW).ok());
            let stamp = stat.flatten().and_then(|stat| Stamp::of_open(&stat));
            part.add(name, folder.place(name), stamp);
        }
        (part, skipped)
    }
}

fn is_too_deep(path: &Path) -> bool {
    let path = path.as_os_str().as_bytes();
    path.len() > PATH_BYTES_MAX || path.iter().filter(|&&byte| byte == b'/').count() > DEPTH_MAX
}

fn cannot_be_opened(error: &io::Error) -> String {
    format!("cannot be opened: {error}")
}

/// Why a folder that lies too deep is left out, and how much is left out with it.
fn too_deep(parent: &OwnedFd, own: &OsStr) -> String {
    let Below {
        files,
        folders,
        is_whole,
    } = below(parent.as_fd(), own);
    let at_least = if is_whole { "" } else { "at least " };
    let count = |count: u64, noun: &str| {
        let ending = if count == 1 { "" } else { "s" };
        format!("{count} {noun}{ending}")
    };
    format!(
        "lies more than {DEPTH_MAX} folders deep, or its path is longer than {PATH_BYTES_MAX} bytes, so nothing in it is read: {at_least}{} and {}; move it nearer to the top",
        count(files, "file"),
        count(folders, "folder")
    )
}

impl OnDisk {
    /// The folder in it that an entry is; `None` if it is not to be walked. `opened` is this folder.
    ///
    /// # Errors
    /// If the system cannot tell whether it is a Maildir.
    fn child(&self, own: &OsStr, opened: BorrowedFd<'_>) -> io::Result<Option<Arc<OnDisk>>> {
        let path = self.path.join(own);
        let is_maildir = || maildir::is_maildir(opened, Path::new(own));
        let Some(folder) = self.folder.child(&own.to_string_lossy(), is_maildir)? else {
            return Ok(None);
        };
        let places = match folder.kind {
            // Without `cur`, `new` and flags, which change as the message is read and answered.
            FolderKind::Messages => self.places.clone(),
            _ => self.places.below(own.as_bytes()),
        };
        Ok(Some(Arc::new(OnDisk::new(path, folder, places))))
    }
}
