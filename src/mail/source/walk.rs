//! The walk over a folder of mail. It asks for a file's stamp relative to the open folder, and not by the full path: in
//! a run over unchanged mail, most of the work is asking for stamps.

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

/// Number of folders that are read in parallel, each on one thread.
const FOLDERS: usize = 64;

/// Number of files of a large folder that one thread handles at a time.
const FILES: usize = 1024;

/// Maximum length of a folder's path in bytes; each folder stores its whole path.
const PATH_BYTES_MAX: usize = 32 << 10;

/// Maximum depth of a folder; opening a folder passes through all folders above it.
const DEPTH_MAX: usize = 2048;

/// An entry of a folder.
struct DirEntry {
    name: OsString,
    kind: FileType,
}

/// The parameters of a walk.
struct Walk<'a> {
    root: &'a Path,
    /// The name of the root in output.
    name: &'a str,
    takes_stamps: bool,
    threads: &'a Threads,
}

/// Lists everything below a folder. Links are not followed: what is inside is found at its own path, and what is
/// outside was not named by the user.
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
    // A stack: the next folder is the last one.
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
    /// Reads a folder. Returns its files and the folders in it.
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

    /// Returns the files of a folder that may contain mail, and the number of others.
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

/// Describes why a folder that is too deep is left out, and how much is left out with it.
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
    /// Returns the folder for an entry; `None` if it is not to be walked. `opened` is this folder.
    ///
    /// # Errors
    /// If the system cannot answer whether it is a Maildir.
    fn child(&self, own: &OsStr, opened: BorrowedFd<'_>) -> io::Result<Option<Arc<OnDisk>>> {
        let path = self.path.join(own);
        let is_maildir = || maildir::is_maildir(opened, Path::new(own));
        let Some(folder) = self.folder.child(&own.to_string_lossy(), is_maildir)? else {
            return Ok(None);
        };
        let places = match folder.kind {
            // Keys contain neither `cur` and `new` nor flags, which change when the message is read or answered.
            FolderKind::Messages => self.places.clone(),
            _ => self.places.below(own.as_bytes()),
        };
        Ok(Some(Arc::new(OnDisk::new(path, folder, places))))
    }
}
