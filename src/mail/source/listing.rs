//! The files that the walk finds, stored by folder in a few dozen bytes each. Nothing more is kept of a file with one
//! message; its path and its name in output are built on demand.

use crate::mail::source::mail_file::{FilesOfFolder, MailFile, OnDisk};
use std::path::Path;
use std::sync::Arc;

use super::folder::join;
use super::{SourceKey, Stamp};
use crate::mail::source::failure::Failure;

/// The files that the walk has found.
#[derive(Debug, Default)]
pub struct Listing {
    parts: Vec<FilesOfFolder>,
    pub(super) failures: Vec<Failure>,
    pub(super) counts: FileCounts,
}

impl Listing {
    /// Returns the number of files.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.files.len()).sum()
    }

    /// Returns the source keys of the files.
    pub fn places(&self) -> impl Iterator<Item = SourceKey> {
        let files = self.parts.iter().flat_map(|part| &part.files);
        files.map(|file| file.place)
    }

    /// Removes the files that need not be opened. For a file's key and stamp, `is_mail` returns whether it is known to
    /// contain mail; `None` if that is not known, and the file is kept.
    pub fn leave_out(&mut self, mut is_mail: impl FnMut(SourceKey, Option<Stamp>) -> Option<bool>) {
        let Listing { parts, counts, .. } = self;
        for part in parts {
            let mut stamps = std::mem::take(&mut part.stamps).into_iter();
            part.files.retain(|file| {
                let is_mail = is_mail(file.place, stamps.next().flatten());
                match is_mail {
                    None => (),
                    Some(true) => counts.with_messages += 1,
                    Some(false) => counts.skipped += 1,
                }
                is_mail.is_none()
            });
        }
    }

    /// Returns the files to be opened. `wants_stamps` says whether their stamps are to be taken then.
    pub fn files(self, wants_stamps: bool) -> Discovered {
        let mut files = Vec::with_capacity(self.count());
        for part in self.parts.into_iter().filter(|it| !it.files.is_empty()) {
            files.extend(part.files());
        }
        Discovered {
            files,
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

    pub(super) fn add(&mut self, part: FilesOfFolder) {
        if !part.files.is_empty() {
            self.parts.push(part);
        }
    }

    /// Adds a file that is itself a mail argument.
    pub(super) fn add_alone(&mut self, path: &Path, stamp: Option<Stamp>) {
        let folder = OnDisk::plain(path.parent().unwrap_or(Path::new("")), "");
        let mut part = FilesOfFolder::of(&Arc::new(folder), 1);
        part.add(
            path.file_name().unwrap_or_default(),
            SourceKey::of(path),
            stamp,
        );
        self.add(part);
    }

    /// Records the error of a file or folder that cannot be opened or is not read. `name` is the name of the root in
    /// output.
    pub(super) fn unreadable(&mut self, root: &Path, name: &str, path: &Path, error: String) {
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
            error,
            place: SourceKey::of(path),
        });
    }
}

/// The number of files for each outcome. Their sum is the number of all files found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Files with at least one message, readable or not.
    pub with_messages: u64,
    /// Files that are not mail.
    pub skipped: u64,
    /// Files and folders that could not be opened.
    pub unreadable: u64,
}

/// The result of the walk.
#[derive(Debug, Default)]
pub struct Discovered {
    /// The files to be read.
    pub files: Vec<MailFile>,
    /// The files and folders that could not be opened.
    pub failures: Vec<Failure>,
    /// The files that the walk counts itself: hidden files, links and devices as skipped, and those that cannot be
    /// opened.
    pub counts: FileCounts,
    /// Whether the files' stamps are to be taken when they are opened.
    pub wants_stamps: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    /// The name, folder and path of a file, and whether it is a message of Apple Mail.
    fn shown(folder: &str, file: &[u8]) -> (String, String, Vec<u8>, bool) {
        let files = MailFile::in_folder(Path::new("root"), folder, &[OsStr::from_bytes(file)]);
        let [file] = &files[..] else {
            unreachable!("one file was given")
        };
        let path = file.path().into_os_string().into_encoded_bytes();
        let name = file.name().into_owned();
        (name, file.folder().to_owned(), path, file.is_emlx())
    }

    #[test]
    fn a_file_is_called_by_its_folder_and_name() {
        let messages = "V10/INBOX.mbox/Messages";
        let cases: [(&str, &[u8], &str, &str, bool); 6] = [
            ("", b"a.eml", "a.eml", "", false),
            ("In/Deals", b"a.eml", "In/Deals/a.eml", "In/Deals", false),
            ("In", b"\xff.eml", "In/\u{fffd}.eml", "In", false),
            (
                messages,
                b"1.emlx",
                "V10/INBOX.mbox/Messages/1.emlx",
                "V10/INBOX",
                true,
            ),
            // Whether its name is readable does not matter.
            (
                messages,
                b"\xff.emlx",
                "V10/INBOX.mbox/Messages/\u{fffd}.emlx",
                "V10/INBOX",
                true,
            ),
            (
                messages,
                b"1.eml",
                "V10/INBOX.mbox/Messages/1.eml",
                messages,
                false,
            ),
        ];
        for (folder, file, name, its_folder, is_emlx) in cases {
            let path = [b"root/", file].concat();
            let want = (name.to_owned(), its_folder.to_owned(), path, is_emlx);
            assert_eq!(shown(folder, file), want);
        }
    }
}
