//! What the walk has met: files by folder, each a few dozen bytes. More is made of a file once it is to be opened: in a run
//! over mail that has hardly changed that is hardly any.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::discover::{Discovered, FileCounts, MailFile};
use super::folder::{Folder, FolderKind, join};
use super::place::Places;
use super::{Failure, Place, Stamp, emlx, maildir};
use crate::threads::Threads;

/// The files that the walk has met.
#[derive(Debug, Default)]
pub struct Listing {
    parts: Vec<Part>,
    pub(super) failures: Vec<Failure>,
    pub(super) counts: FileCounts,
}

/// Files of one folder.
#[derive(Debug)]
pub(super) struct Part {
    folder: Arc<OnDisk>,
    /// Their names, one after another, as the system has them.
    names: Vec<u8>,
    files: Vec<Listed>,
}

/// A file that was met.
#[derive(Clone, Copy, Debug)]
struct Listed {
    place: Place,
    /// Where the walk was to take it.
    stamp: Option<Stamp>,
    /// Where in the part's names its own is.
    start: u32,
    end: u32,
}

/// A folder on the disk.
#[derive(Debug)]
pub(super) struct OnDisk {
    pub(super) path: PathBuf,
    pub(super) folder: Folder,
    /// The places in it, of a Maildir's `cur` and `new` those in the Maildir.
    pub(super) places: Places,
}

impl Listing {
    /// How many files there are.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.files.len()).sum()
    }

    /// Their places.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let files = self.parts.iter().flat_map(|part| &part.files);
        files.map(|file| file.place)
    }

    /// Leaves out those that are not to be opened: `is_mail` says of a file's place and stamp whether it is known to hold
    /// mail or none, and nothing where it is not known.
    pub fn leave_out(&mut self, mut is_mail: impl FnMut(Place, Option<Stamp>) -> Option<bool>) {
        let Listing { parts, counts, .. } = self;
        for part in parts {
            part.files.retain(|file| {
                let is_mail = is_mail(file.place, file.stamp);
                match is_mail {
                    None => (),
                    Some(true) => counts.with_messages += 1,
                    Some(false) => counts.skipped += 1,
                }
                is_mail.is_none()
            });
        }
    }

    /// The files that are to be opened; `wants_stamps` says that the stamp of each is to be taken then.
    pub fn files(self, wants_stamps: bool, threads: &Threads) -> Discovered {
        let files = threads.map(&self.parts, Part::mail_files);
        Discovered {
            files: files.into_iter().flatten().collect(),
            failures: self.failures,
            counts: self.counts,
            wants_stamps,
        }
    }

    pub(super) fn append(&mut self, mut other: Listing) {
        self.parts.append(&mut other.parts);
        self.failures.append(&mut other.failures);
        self.counts.skipped += other.counts.skipped;
        self.counts.unreadable += other.counts.unreadable;
    }

    pub(super) fn add(&mut self, part: Part) {
        if !part.files.is_empty() {
            self.parts.push(part);
        }
    }

    /// Adds a file that the user has named.
    pub(super) fn add_alone(&mut self, path: &Path, stamp: Option<Stamp>) {
        let folder = OnDisk {
            path: path.parent().unwrap_or(Path::new("")).into(),
            folder: Folder::new("", false),
            places: Places::within(Path::new("")),
        };
        let mut part = Part::of(&Arc::new(folder), 1);
        part.add(path.file_name().unwrap_or_default(), Place::of(path), stamp);
        self.add(part);
    }

    /// Notes what cannot be opened below a root, which output calls `name`.
    pub(super) fn unreadable(
        &mut self,
        root: &Path,
        name: &str,
        path: &Path,
        error: &std::io::Error,
    ) {
        let below = path
            .strip_prefix(root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        let source = join(name, &below);
        self.counts.unreadable += 1;
        self.failures.push(Failure {
            source: if source.is_empty() {
                ".".into()
            } else {
                source.into()
            },
            error: format!("cannot be opened: {error}"),
            place: Place::of(path),
        });
    }
}

impl Part {
    /// So many files of a folder, none of them met yet.
    pub(super) fn of(folder: &Arc<OnDisk>, files: usize) -> Part {
        Part {
            folder: folder.clone(),
            names: Vec::new(),
            files: Vec::with_capacity(files),
        }
    }

    /// Adds a file, by its name. Names have a few hundred bytes at most, and a part has few of them.
    pub(super) fn add(&mut self, name: &OsStr, place: Place, stamp: Option<Stamp>) {
        let start = self.names.len() as u32;
        self.names.extend_from_slice(name.as_bytes());
        self.files.push(Listed {
            place,
            stamp,
            start,
            end: self.names.len() as u32,
        });
    }

    fn mail_files(&self) -> Vec<MailFile> {
        let file = |listed: &Listed| {
            let name = &self.names[listed.start as usize..listed.end as usize];
            self.folder.file(OsStr::from_bytes(name), listed.place)
        };
        self.files.iter().map(file).collect()
    }
}

impl OnDisk {
    /// The place of a file in it.
    pub(super) fn place(&self, name: &OsStr) -> Place {
        match self.folder.kind {
            FolderKind::Messages => {
                let own = name.to_string_lossy();
                self.places.of(maildir::unique_name(&own).as_bytes())
            }
            _ => self.places.of(name.as_bytes()),
        }
    }

    /// A file in it.
    fn file(&self, name: &OsStr, place: Place) -> MailFile {
        let mut path = PathBuf::with_capacity(self.path.as_os_str().len() + 1 + name.len());
        path.push(&self.path);
        path.push(name);
        let own = &*name.to_string_lossy();
        let folder = &self.folder;
        if folder.kind == FolderKind::Messages {
            let name = join(&folder.name, maildir::unique_name(own)).into();
            return MailFile {
                is_message: true,
                archive: None,
                ..MailFile::new(path, name, folder.name.clone(), place)
            };
        }
        let name = join(&folder.name, own).into();
        let folder: Arc<str> = match emlx::is_named(own) {
            true => emlx::mailbox(&folder.name).into(),
            false => folder.name.clone(),
        };
        MailFile::new(path, name, folder, place)
    }
}
