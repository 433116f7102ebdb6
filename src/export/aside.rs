//! Files that are written under another name, and renamed once they are complete.

use crate::base::disk;
use crate::export::error::ExportError;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Prefix of the name of a file that is being written.
pub(super) const ASIDE: &str = ".mailtrack-export-";

/// A file that is written under another name and renamed once it is complete, so that a failed export leaves the old
/// file intact. If it is dropped before, it is removed.
#[derive(Debug)]
pub(crate) struct Aside(pub(super) disk::Aside);

impl Aside {
    /// Begins a file in the folder of its final path.
    ///
    /// # Errors
    /// If the final path is a folder, or nothing can be written in its folder.
    pub(crate) fn new(to: &Path) -> Result<Aside, ExportError> {
        if disk::is_folder(to).map_err(ExportError::writing(to))? {
            let error = std::io::Error::other("is a folder; name a file in it");
            return Err(ExportError::writing(to)(error));
        }
        let aside = disk::Aside::new(to, ASIDE);
        aside.map(Aside).map_err(ExportError::writing(to))
    }

    /// Returns the file to write to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.0.file()
    }

    /// Syncs the file. A full disk may only be noticed here.
    ///
    /// # Errors
    /// If it cannot be synced.
    pub(crate) fn keep(&self) -> Result<(), ExportError> {
        let kept = self.0.sync();
        kept.map_err(ExportError::writing(self.0.to()))
    }

    /// Renames the file to its final path.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub(crate) fn put(self) -> Result<(), ExportError> {
        let to = self.0.to().to_owned();
        self.0.put().map_err(ExportError::writing(&to))
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file().flush()
    }
}
