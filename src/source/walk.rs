//! The walk over a folder of mail. It asks the system for a file's stamp by the folder that is open anyway, and not by its
//! whole path: that is what most of a run over mail that has not changed consists of.

use std::fs::{DirEntry, FileType};
use std::path::Path;
use std::sync::Arc;

use super::folder::{Folder, FolderKind};
use super::listing::{Listing, OnDisk, Part};
use super::place::Places;
use super::{Stamp, maildir};
use crate::threads::Threads;

/// Folders are read so many at a time, each by one thread.
const FOLDERS: usize = 64;

/// Of a large folder so many files are looked at by one thread at a time.
const FILES: usize = 1024;

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
    // The next one is the last.
    let mut ahead = vec![Arc::new(OnDisk::new(
        root.into(),
        Folder::new(name, maildir::is_maildir(root)),
        Places::within(&absolute),
    ))];
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
        let mut failed = |path: &Path, error| found.unreadable(self.root, self.name, path, &error);
        let entries = std::fs::read_dir(&folder.path).map_err(|error| failed(&folder.path, error));
        for entry in entries.into_iter().flatten() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    failed(&folder.path, error);
                    continue;
                }
            };
            match entry.file_type() {
                Err(error) => failed(&entry.path(), error),
                Ok(kind) if kind.is_dir() => folders.extend(folder.child(&entry)),
                Ok(kind) => files.push((kind, entry)),
            }
        }
        let listed = self
            .threads
            .chunks(&files, FILES, |files| self.list(folder, files));
        for (part, skipped) in listed {
            found.add(part);
            found.counts.skipped += skipped;
        }
        (found, folders)
    }

    /// Those of a folder's files that may hold mail, and how many others there are.
    fn list(&self, folder: &Arc<OnDisk>, files: &[(FileType, DirEntry)]) -> (Part, u64) {
        let mut part = Part::of(folder, files.len());
        let mut skipped = 0;
        for (kind, entry) in files {
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") || !kind.is_file() {
                skipped += 1;
                continue;
            }
            let meta = self.takes_stamps.then(|| entry.metadata().ok()).flatten();
            let stamp = meta.and_then(|meta| Stamp::of(&meta));
            part.add(&name, folder.place(&name), stamp);
        }
        (part, skipped)
    }
}

impl OnDisk {
    /// The folder in it that an entry is; `None` where it is not to be walked.
    fn child(&self, entry: &DirEntry) -> Option<Arc<OnDisk>> {
        let (path, own) = (entry.path(), entry.file_name());
        let is_maildir = || maildir::is_maildir(&path);
        let folder = self.folder.child(&own.to_string_lossy(), is_maildir)?;
        let places = match folder.kind {
            // Without `cur`, `new` and flags, which change as the message is read and answered.
            FolderKind::Messages => self.places.clone(),
            _ => self.places.below(own.as_encoded_bytes()),
        };
        Some(Arc::new(OnDisk::new(path, folder, places)))
    }
}
