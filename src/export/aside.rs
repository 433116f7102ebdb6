//! Files that are written aside, and put in their place once they are whole.

use crate::base::disk;
use crate::export::error::ExportError;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// With what the name of a file begins that is being written.
pub(super) const ASIDE: &str = ".mailtrack-export-";

/// A file that is written aside and put in its place once it is whole, so that an export that fails leaves what was
/// there; dropped before, it is removed.
#[derive(Debug)]
pub(crate) struct Aside(pub(super) disk::Aside);

impl Aside {
    /// Begins a file beside its place.
    ///
    /// # Errors
    /// If its place is a folder, or nothing can be written beside it.
    pub(crate) fn new(to: &Path) -> Result<Aside, ExportError> {
        if disk::is_folder(to).map_err(ExportError::writing(to))? {
            let error = std::io::Error::other("is a folder; name a file in it");
            return Err(ExportError::writing(to)(error));
        }
        let aside = disk::Aside::new(to, ASIDE);
        aside.map(Aside).map_err(ExportError::writing(to))
    }

    /// What is written to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.0.file()
    }

    /// Has the system keep it, which may find that the disk is full.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn keep(&self) -> Result<(), ExportError> {
        let kept = self.0.sync();
        kept.map_err(ExportError::writing(self.0.to()))
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// If the system refuses.
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
