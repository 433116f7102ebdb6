//! A file that may contain mail, stored by its name and its folder.

use crate::mail::source::SourceKey;
use crate::mail::source::Stamp;
use crate::mail::source::emlx;
use crate::mail::source::folder::Folder;
use crate::mail::source::folder::FolderKind;
use crate::mail::source::folder::join;
use crate::mail::source::maildir;
use crate::mail::source::named::Archive;
use crate::mail::source::named::NamedFormat;
use crate::mail::source::packing::Packing;
use crate::mail::source::place::FolderKey;
use rustix::fs::CWD;
use rustix::fs::Mode;
use rustix::fs::OFlags;
use rustix::fs::openat;
use rustix::io::Errno;
use rustix::io::retry_on_intr;
use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

/// The files of one folder.
#[derive(Debug)]
pub(super) struct FilesOfFolder {
    folder: Arc<OnDisk>,
    /// Their names as in the system, concatenated.
    names: Vec<u8>,
    pub(super) files: Vec<Listed>,
    /// The stamp of each file, if the walk takes stamps.
    pub(super) stamps: Vec<Option<Stamp>>,
}

/// A file that the walk has found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(super) place: SourceKey,
    /// The range of its name in `FilesOfFolder::names`.
    start: u32,
    end: u32,
}

/// A file that may contain mail, as an index into the files of its folder.
#[derive(Clone, Debug)]
pub struct MailFile {
    part: Arc<FilesOfFolder>,
    number: u32,
    packing: Option<Packing>,
}

/// A folder on disk.
#[derive(Debug)]
pub(super) struct OnDisk {
    pub(super) path: PathBuf,
    pub(super) folder: Folder,
    /// The name in output for Apple Mail messages in the folder, if that differs from the folder's name.
    mailbox: Option<Box<str>>,
    /// Makes the source keys of its files. For `cur` and `new` of a Maildir these are keys within the Maildir.
    pub(super) places: FolderKey,
    /// Whether links are followed, in place of the folder itself or of a file in it. Only links that the user names are
    /// followed; the walk follows none.
    pub(super) follows_to_itself: bool,
    pub(super) follows_to_files: bool,
}

impl FilesOfFolder {
    /// Creates a list for `files` files of a folder, which is empty so far.
    pub(super) fn of(folder: &Arc<OnDisk>, files: usize) -> FilesOfFolder {
        FilesOfFolder {
            folder: folder.clone(),
            names: Vec::new(),
            files: Vec::with_capacity(files),
            stamps: Vec::new(),
        }
    }

    /// Adds a file by its name. Offsets fit into 32 bits: a name has a few hundred bytes at most, and a list has few of
    /// them.
    pub(super) fn add(&mut self, name: &OsStr, place: SourceKey, stamp: Option<Stamp>) {
        let start = self.names.len() as u32;
        self.names.extend_from_slice(name.as_bytes());
        self.files.push(Listed {
            place,
            start,
            end: self.names.len() as u32,
        });
        self.stamps.push(stamp);
    }

    pub(super) fn files(mut self) -> impl Iterator<Item = MailFile> {
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
    /// Returns files of one folder, given by its path and its name in output.
    pub fn in_folder(path: &Path, name: &str, files: &[impl AsRef<OsStr>]) -> Vec<MailFile> {
        let folder = Arc::new(OnDisk::plain(path, name));
        let mut part = FilesOfFolder::of(&folder, files.len());
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

    /// Returns its name in its folder, as in the system.
    pub(super) fn file_name(&self) -> &OsStr {
        let Listed { start, end, .. } = *self.listed();
        OsStr::from_bytes(&self.part.names[start as usize..end as usize])
    }

    /// Returns its name in its folder, as in output.
    fn own_name(&self) -> Cow<'_, str> {
        let own = self.file_name().to_string_lossy();
        match (self.folder_on_disk().folder.kind, own) {
            (FolderKind::Messages, Cow::Borrowed(own)) => maildir::unique_name(own).into(),
            (FolderKind::Messages, Cow::Owned(own)) => maildir::unique_name(&own).to_owned().into(),
            (_, own) => own,
        }
    }

    /// Returns its name in output: relative to the argument, with `/` as separator.
    pub fn name(&self) -> Cow<'_, str> {
        match (&*self.folder_on_disk().folder.name, self.own_name()) {
            ("", own) => own,
            (folder, own) => join(folder, &own).into(),
        }
    }

    /// Returns the name in output of the folder it is in.
    pub fn folder(&self) -> &str {
        let on_disk = self.folder_on_disk();
        match &on_disk.mailbox {
            Some(mailbox) if self.is_emlx() => mailbox,
            _ => &on_disk.folder.name,
        }
    }

    /// Returns what its name says about it; in a Maildir every file is a message.
    pub(super) fn named(&self) -> NamedFormat {
        match NamedFormat::of(self.file_name().as_bytes()) {
            NamedFormat::Archive(_) | NamedFormat::Other if self.is_of_maildir() => {
                NamedFormat::Message
            }
            named => named,
        }
    }

    /// Returns whether it is a message of Apple Mail.
    pub(super) fn is_emlx(&self) -> bool {
        self.named() == NamedFormat::AppleMessage
    }

    /// Returns its compression, if it was read and is compressed.
    pub fn packing(&self) -> Option<Packing> {
        self.packing
    }

    /// Returns the file with the compression that was found when it was read.
    pub fn packed(&self, packing: Option<Packing>) -> MailFile {
        MailFile {
            packing,
            ..self.clone()
        }
    }

    /// Returns the key that identifies it across runs.
    pub fn place(&self) -> SourceKey {
        self.listed().place
    }

    /// Returns its path.
    pub fn path(&self) -> PathBuf {
        self.folder_on_disk().path.join(self.file_name())
    }

    fn is_of_maildir(&self) -> bool {
        self.folder_on_disk().folder.kind == FolderKind::Messages
    }

    /// Returns the kind of archive, if it is one.
    pub fn archive(&self) -> Option<Archive> {
        match self.named() {
            NamedFormat::Archive(archive) => Some(archive),
            _ => None,
        }
    }
}

impl OnDisk {
    /// Creates a folder from its path, its name in output and its kind, and the source keys of its files.
    pub(super) fn new(path: PathBuf, folder: Folder, places: FolderKey) -> OnDisk {
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

    /// Marks the folder as one that the user has named.
    pub(super) fn named(self) -> OnDisk {
        OnDisk {
            follows_to_itself: true,
            ..self
        }
    }

    /// Creates the folder of a file that the user has named; it is not a Maildir.
    pub(super) fn plain(path: &Path, name: &str) -> OnDisk {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
        let folder = Folder::new(name, false);
        OnDisk {
            follows_to_files: true,
            ..OnDisk::new(path.into(), folder, FolderKey::within(&absolute)).named()
        }
    }

    /// Opens the folder for listing it. A path that is too long for one system call is opened piece by piece.
    ///
    /// # Errors
    /// If it cannot be opened, or is no longer a folder.
    pub(super) fn open(&self) -> io::Result<OwnedFd> {
        // A path without a folder is in the current one.
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

    /// Returns the source key of a file in the folder.
    pub(super) fn place(&self, name: &OsStr) -> SourceKey {
        match self.folder.kind {
            FolderKind::Messages => {
                let own = name.to_string_lossy();
                self.places.of(maildir::unique_name(&own).as_bytes())
            }
            _ => self.places.of(name.as_bytes()),
        }
    }
}

/// Maximum length of a path in one system call; every system except Windows accepts at least this.
const PIECE_BYTES: usize = 1000;

/// Splits a path into pieces that are short enough for one system call each.
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
