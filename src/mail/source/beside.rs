//! Files are opened *beside* each other: by their names in a folder that stays open meanwhile, so that the system does not
//! look for the way to the folder again for each of them. That is a tenth of what opening and reading one takes.
//!
//! What is opened is what was listed: a link, a FIFO, a socket or a device may have taken a file's place since, and is
//! not waited for, nor read.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, open, openat};
use rustix::io::{Errno, retry_on_intr};

use super::ReadError;
use crate::base::disk::{OPENING, noun};
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::mail_file::OnDisk;

/// A file that is open, and what the system says of it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(super) file: File,
    pub(super) stat: Stat,
}

/// The folder of the file that was opened last.
#[derive(Debug, Default)]
pub(super) struct DirReader {
    folder: Option<(Arc<OnDisk>, OwnedFd)>,
}

impl DirReader {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// If it cannot be opened, or is not a file any more.
    pub(super) fn open(&mut self, file: &MailFile) -> Result<Opened, ReadError> {
        let wanted = file.folder_on_disk();
        let known = self.folder.take();
        self.folder = match known.filter(|(known, _)| Arc::ptr_eq(known, wanted)) {
            None => match wanted.open() {
                Ok(folder) => Some((wanted.clone(), folder)),
                // Who may read a file need not be allowed to list its folder.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
                Err(error) => return Err(error.into()),
            },
            known => known,
        };
        let flags = match wanted.follows_to_files {
            true => OPENING,
            false => OPENING | OFlags::NOFOLLOW,
        };
        let opened = match &self.folder {
            Some((_, folder)) => {
                retry_on_intr(|| openat(folder, file.file_name(), flags, Mode::empty()))
            }
            None => retry_on_intr(|| open(file.path(), flags, Mode::empty())),
        };
        let opened = opened.map_err(|error| match error {
            Errno::LOOP => ReadError::Replaced("a link"),
            // What a socket and a device without a driver say.
            Errno::NXIO => ReadError::Replaced("a device or a socket"),
            error => ReadError::Io(error.into()),
        })?;
        let stat = fstat(&opened).map_err(io::Error::from)?;
        let file = File::from(opened);
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(Opened { file, stat }),
            _ => Err(ReadError::Replaced(noun(file.metadata()?.file_type()))),
        }
    }
}
