//! Files are opened *beside* each other: by their names in a folder that stays open meanwhile, so that the system does not
//! look for the way to the folder again for each of them. That is a tenth of what opening and reading one takes.

use std::fs::File;
use std::io;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::retry_on_intr;

use super::MailFile;
use super::listing::OnDisk;

/// The folder of the file that was opened last.
#[derive(Debug, Default)]
pub(super) struct Beside {
    folder: Option<(Arc<OnDisk>, File)>,
}

impl Beside {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// As [`File::open`] of its path.
    pub(super) fn open(&mut self, file: &MailFile) -> io::Result<File> {
        let wanted = file.folder_on_disk();
        let known = self.folder.take();
        self.folder = match known.filter(|(known, _)| Arc::ptr_eq(known, wanted)) {
            None => File::open(&wanted.path).ok().map(|it| (wanted.clone(), it)),
            known => known,
        };
        let Some((_, folder)) = &self.folder else {
            // Who may read a file need not be allowed to list its folder.
            return File::open(file.path());
        };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let opened = retry_on_intr(|| openat(folder, file.file_name(), flags, Mode::empty()))?;
        Ok(opened.into())
    }
}
