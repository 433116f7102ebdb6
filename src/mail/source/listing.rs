//! What the walk has met: files by folder, each a few dozen bytes. That is all that is kept of a file that holds one message;
//! its path and what output calls it are put together when they are asked for.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, retry_on_intr};

use super::discover::{Discovered, FileCounts};
use super::folder::{Folder, FolderKind, join};
use super::location::Failure;
use super::named::Named;
use super::place::Places;
use super::{Archive, Packing, Place, Stamp, emlx, maildir};

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
    /// Of each file, where the walk was to take it.
    stamps: Vec<Option<Stamp>>,
}

/// A file that was met.
#[derive(Clone, Copy, Debug)]
struct Listed {
    place: Place,
    /// Where in the part's names its own is.
    start: u32,
    end: u32,
}

/// A file that may hold mail: one of those that the walk has met in a folder.
#[derive(Clone, Debug)]
pub struct MailFile {
    part: Arc<Part>,
    number: u32,
    packing: Option<Packing>,
}

/// A folder on the disk.
#[derive(Debug)]
pub(super) struct OnDisk {
    pub(super) path: PathBuf,
    pub(super) folder: Folder,
    /// What output calls the folder of messages of Apple Mail in it, where that is another.
    mailbox: Option<Box<str>>,
    /// The places in it, of a Maildir's `cur` and `new` those in the Maildir.
    pub(super) places: Places,
    /// Whether a link that stands in its place is followed, or one in the place of a file in it: only where the user has
    /// named it. The walk follows no link.
    pub(super) follows_to_itself: bool,
    pub(super) follows_to_files: bool,
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

    /// The files that are to be opened; `wants_stamps` says that the stamp of each is to be taken then.
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

    pub(super) fn add(&mut self, part: Part) {
        if !part.files.is_empty() {
            self.parts.push(part);
        }
    }

    /// Adds a file that the user has named.
    pub(super) fn add_alone(&mut self, path: &Path, stamp: Option<Stamp>) {
        let folder = OnDisk::plain(path.parent().unwrap_or(Path::new("")), "");
        let mut part = Part::of(&Arc::new(folder), 1);
        part.add(path.file_name().unwrap_or_default(), Place::of(path), stamp);
        self.add(part);
    }

    /// Notes what cannot be opened or is not read below a root, which output calls `name`, and why.
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
            stamps: Vec::new(),
        }
    }

    /// Adds a file, by its name. Names have a few hundred bytes at most, and a part has few of them.
    pub(super) fn add(&mut self, name: &OsStr, place: Place, stamp: Option<Stamp>) {
        let start = self.names.len() as u32;
        self.names.extend_from_slice(name.as_bytes());
        self.files.push(Listed {
            place,
            start,
            end: self.names.len() as u32,
        });
        self.stamps.push(stamp);
    }

    fn files(mut self) -> impl Iterator<Item = MailFile> {
        self.stamps = Vec::new();
        self.names.shrink_to_fit();
        self.files.shrink_to_fit();
        let part = Arc::new(self);
        (0..part.files.len() as u32).map(move |number| MailFile {
            part: part.clone(),
            number,
            packing: None,
        })
    }
}

impl MailFile {
    /// Files of one folder, by that folder's path and what output calls it.
    pub fn in_folder(path: &Path, name: &str, files: &[impl AsRef<OsStr>]) -> Vec<MailFile> {
        let folder = Arc::new(OnDisk::plain(path, name));
        let mut part = Part::of(&folder, files.len());
        for file in files.iter().map(AsRef::as_ref) {
            part.add(file, folder.place(file), None);
        }
        part.files().collect()
    }

    fn listed(&self) -> &Listed {
        &self.part.files[self.number as usize]
    }

    pub(super) fn folder_on_disk(&self) -> &Arc<OnDisk> {
        &self.part.folder
    }

    /// Its name in its folder, as the system has it.
    pub(super) fn file_name(&self) -> &OsStr {
        let Listed { start, end, .. } = *self.listed();
        OsStr::from_bytes(&self.part.names[start as usize..end as usize])
    }

    /// Its name in its folder, as output has it.
    fn own_name(&self) -> Cow<'_, str> {
        let own = self.file_name().to_string_lossy();
        match (self.folder_on_disk().folder.kind, own) {
            (FolderKind::Messages, Cow::Borrowed(own)) => maildir::unique_name(own).into(),
            (FolderKind::Messages, Cow::Owned(own)) => maildir::unique_name(&own).to_owned().into(),
            (_, own) => own,
        }
    }

    /// What output calls it: relative to the argument, parted by `/`.
    pub fn name(&self) -> Cow<'_, str> {
        match (&*self.folder_on_disk().folder.name, self.own_name()) {
            ("", own) => own,
            (folder, own) => join(folder, &own).into(),
        }
    }

    /// The folder it is in, as output calls it.
    pub fn folder(&self) -> &str {
        let on_disk = self.folder_on_disk();
        match &on_disk.mailbox {
            Some(mailbox) if self.is_emlx() => mailbox,
            _ => &on_disk.folder.name,
        }
    }

    /// What it is by its name; in a Maildir everything is a message.
    pub(super) fn named(&self) -> Named {
        match Named::of(self.file_name().as_bytes()) {
            Named::Archive(_) | Named::Other if self.is_of_maildir() => Named::Message,
            named => named,
        }
    }

    /// Whether it is a message of Apple Mail.
    pub(super) fn is_emlx(&self) -> bool {
        self.named() == Named::AppleMessage
    }

    /// How it is packed, where it was read and is.
    pub fn packing(&self) -> Option<Packing> {
        self.packing
    }

    /// The file, of which it was read how it is packed.
    pub fn packed(&self, packing: Option<Packing>) -> MailFile {
        MailFile {
            packing,
            ..self.clone()
        }
    }

    /// By what later runs know it again.
    pub fn place(&self) -> Place {
        self.listed().place
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder_on_disk().path.join(self.file_name())
    }

    fn is_of_maildir(&self) -> bool {
        self.folder_on_disk().folder.kind == FolderKind::Messages
    }

    /// What archive it is, if it is one.
    pub fn archive(&self) -> Option<Archive> {
        match self.named() {
            Named::Archive(archive) => Some(archive),
            _ => None,
        }
    }
}

impl OnDisk {
    /// A folder by its path, what output calls it and what kind it is, and the places in it.
    pub(super) fn new(path: PathBuf, folder: Folder, places: Places) -> OnDisk {
        let mailbox = emlx::mailbox(&folder.name);
        let is_another = folder.kind != FolderKind::Messages && *mailbox != *folder.name;
        OnDisk {
            mailbox: is_another.then(|| mailbox.into()),
            path,
            folder,
            places,
            follows_to_itself: false,
            follows_to_files: false,
        }
    }

    /// The folder that the user has named.
    pub(super) fn named(self) -> OnDisk {
        OnDisk {
            follows_to_itself: true,
            ..self
        }
    }

    /// A folder that is not a Maildir, of a file that the user has named.
    fn plain(path: &Path, name: &str) -> OnDisk {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
        let folder = Folder::new(name, false);
        OnDisk {
            follows_to_files: true,
            ..OnDisk::new(path.into(), folder, Places::within(&absolute)).named()
        }
    }

    /// Opens it, to look at what is in it. A path may be longer than the system takes at once: then it is gone piece by
    /// piece.
    ///
    /// # Errors
    /// If it cannot be opened, or is not a folder any more.
    pub(super) fn open(&self) -> io::Result<OwnedFd> {
        // A file without a folder lies in the current one.
        let path = match self.path.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.path,
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let own = match self.follows_to_itself {
            true => flags,
            false => flags | OFlags::NOFOLLOW,
        };
        if path.as_os_str().len() < PIECE_BYTES {
            return Ok(retry_on_intr(|| openat(CWD, path, own, Mode::empty()))?);
        }
        let mut folder: Option<OwnedFd> = None;
        let mut pieces = pieces(path).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            let flags = if pieces.peek().is_none() { own } else { flags };
            let within = folder.as_ref().map_or(CWD, AsFd::as_fd);
            let opened = retry_on_intr(|| openat(within, &piece, flags, Mode::empty()))?;
            folder = Some(opened);
        }
        folder.ok_or_else(|| Errno::NOENT.into())
    }

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
}

/// No system takes less of a path at once but Windows.
const PIECE_BYTES: usize = 1000;

/// A path in pieces, each of so many components as are together no longer than systems take at once.
fn pieces(path: &Path) -> Vec<PathBuf> {
    let mut pieces = vec![PathBuf::new()];
    for component in path.components() {
        let length = component.as_os_str().len();
        match pieces.last_mut() {
            Some(last) if last.as_os_str().len() + 1 + length < PIECE_BYTES => last.push(component),
            _ => pieces.push(component.as_os_str().into()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

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
