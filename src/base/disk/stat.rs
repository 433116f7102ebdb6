//! The state of paths. Only the error that a path does not exist means that nothing is there.

use std::fs;
use std::fs::Metadata;
use std::io;
use std::io::ErrorKind;
use std::path::Path;

/// Returns the metadata of the file at a path, following symbolic links; `None` if nothing is there.
///
/// # Errors
/// If the state of the path cannot be read.
pub(crate) fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether an error means that nothing is at the path.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Returns whether anything is at a path.
///
/// # Errors
/// As for [`metadata`]; the same holds for the functions below.
pub(crate) fn is_there(path: &Path) -> io::Result<bool> {
    Ok(metadata(path)?.is_some())
}

/// Returns whether a plain file is at a path.
pub(crate) fn is_file(path: &Path) -> io::Result<bool> {
    Ok(metadata(path)?.is_some_and(|it| it.is_file()))
}

/// Returns whether a folder is at a path.
pub(crate) fn is_folder(path: &Path) -> io::Result<bool> {
    Ok(metadata(path)?.is_some_and(|it| it.is_dir()))
}
