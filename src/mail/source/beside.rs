//! Opens the files of a folder *beside* each other: by name within a folder that stays open, so that the system does
//! not resolve the folder's path again for each file.
//!
//! A file is only read if it is still what was listed: a link, a FIFO, a socket or a device may have replaced it, and
//! must neither be waited for nor read.

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

/// An open file and its metadata.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(super) file: File,
    pub(super) stat: Stat,
}

/// Opens files, and keeps the folder of the last one open.
#[derive(Debug, Default)]
pub(super) struct DirReader {
    folder: Option<(Arc<OnDisk>, OwnedFd)>,
}

impl DirReader {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// If it cannot be opened, or is no longer a file.
    pub(super) fn open(&mut self, file: &MailFile) -> Result<Opened, ReadError> {
        let wanted = file.folder_on_disk();
        let known = self.folder.take();
        self.folder = match known.filter(|(known, _)| Arc::ptr_eq(known, wanted)) {
            None => match wanted.open() {
                Ok(folder) => Some((wanted.clone(), folder)),
                // A file may be readable although its folder may not be listed.
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
            // Opening fails like this for a socket, and for a device without a driver.
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
