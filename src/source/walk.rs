//! The walk over a folder of mail. It asks the system for a file's stamp by the folder that is open anyway, and not by its
//! whole path, which is what most of a run over mail that has not changed consists of.

use std::ffi::OsStr;
use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::discover::{Discovered, MailFile};
use super::folder::{Folder, FolderKind, join};
use super::place::Places;
use super::{Stamp, emlx, maildir};
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

/// A folder that is to be read.
struct Ahead {
    path: PathBuf,
    folder: Folder,
    /// The absolute path, of a Maildir's `cur` and `new` that of the Maildir.
    places: Places,
}

/// Lists what is below a folder. Links are not followed: what they lead to within it is met at its own place, and what
/// lies outside was not asked for.
pub(super) fn walk(
    root: &Path,
    name: &str,
    takes_stamps: bool,
    threads: &Threads,
    found: &mut Discovered,
) {
    let walk = Walk {
        root,
        name,
        takes_stamps,
        threads,
    };
    let absolute = std::path::absolute(root).unwrap_or_else(|_| root.into());
    // The next one is the last.
    let mut ahead = vec![Ahead {
        path: root.into(),
        folder: Folder::new(name, maildir::is_maildir(root)),
        places: Places::within(&absolute),
    }];
    while !ahead.is_empty() {
        let now = ahead.split_off(ahead.len().saturating_sub(FOLDERS));
        let read = threads.map(&now, |folder| walk.read(folder));
        // In the order in which they stand in `now`: of the last one the folders come next.
        for (files, folders) in read.into_iter().rev() {
            found.append(files);
            ahead.extend(folders);
        }
    }
}

impl Walk<'_> {
    /// What lies in a folder, and the folders in it.
    fn read(&self, ahead: &Ahead) -> (Discovered, Vec<Ahead>) {
        let (mut found, mut folders) = (Discovered::default(), Vec::new());
        let mut files = Vec::new();
        let mut failed = |path: &Path, error| found.unreadable(self.root, self.name, path, &error);
        match std::fs::read_dir(&ahead.path) {
            Err(error) => failed(&ahead.path, error),
            Ok(entries) => {
                for entry in entries {
                    match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                        Err(error) => failed(&ahead.path, error),
                        Ok((kind, entry)) if kind.is_dir() => folders.extend(ahead.child(&entry)),
                        Ok((kind, entry)) => files.push((kind, entry)),
                    }
                }
            }
        }
        let listed = self.threads.chunks(&files, FILES, |part| {
            let mut listed = Discovered::default();
            listed.files.reserve(part.len());
            for (kind, entry) in part {
                self.list(ahead, *kind, entry, &mut listed);
            }
            listed
        });
        listed.into_iter().for_each(|part| found.append(part));
        (found, folders)
    }

    fn list(&self, ahead: &Ahead, kind: FileType, entry: &DirEntry, found: &mut Discovered) {
        let own = entry.file_name();
        if own.as_encoded_bytes().starts_with(b".") || !kind.is_file() {
            found.counts.skipped += 1;
            return;
        }
        let mut file = ahead.file(&own);
        if self.takes_stamps {
            let meta = entry.metadata().ok();
            file.stamp = meta.and_then(|meta| Stamp::of(&meta));
        }
        found.files.push(file);
    }
}

impl Ahead {
    /// The folder in it that an entry is; `None` where it is not to be walked.
    fn child(&self, entry: &DirEntry) -> Option<Ahead> {
        let (path, own) = (entry.path(), entry.file_name());
        let is_maildir = || maildir::is_maildir(&path);
        let folder = self.folder.child(&own.to_string_lossy(), is_maildir)?;
        let places = match folder.kind {
            // Without `cur`, `new` and flags, which change as the message is read and answered.
            FolderKind::Messages => self.places.clone(),
            _ => self.places.below(own.as_encoded_bytes()),
        };
        Some(Ahead {
            path,
            folder,
            places,
        })
    }

    /// A file in it, by its name.
    fn file(&self, name: &OsStr) -> MailFile {
        let mut path = PathBuf::with_capacity(self.path.as_os_str().len() + 1 + name.len());
        path.push(&self.path);
        path.push(name);
        let own = &*name.to_string_lossy();
        let folder = &self.folder;
        if folder.kind == FolderKind::Messages {
            let unique = maildir::unique_name(own);
            let place = self.places.of(unique.as_bytes());
            let name = join(&folder.name, unique).into();
            return MailFile {
                is_message: true,
                archive: None,
                ..MailFile::new(path, name, folder.name.clone(), place)
            };
        }
        let place = self.places.of(name.as_encoded_bytes());
        let name = join(&folder.name, own).into();
        let folder: Arc<str> = match emlx::is_named(own) {
            true => emlx::mailbox(&folder.name).into(),
            false => folder.name.clone(),
        };
        MailFile::new(path, name, folder, place)
    }
}
