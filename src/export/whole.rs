//! Writes a file completely or, on an error, not at all.

use crate::export::aside::Aside;
use crate::export::error::ExportError;
use std::io::Write;
use std::path::Path;

use crate::base::disk;

/// Writes a file, replacing an existing one once the new one is complete.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_whole(to: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    super::folder::tidy(disk::folder_of(to))?;
    let mut aside = Aside::new(to)?;
    let written = aside.file().write_all(bytes);
    written.map_err(ExportError::writing(to))?;
    aside.put()
}
