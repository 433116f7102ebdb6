//! What the system says of a path; only that it does not exist means that nothing is there.

use std::fs;
use std::fs::Metadata;
use std::io;
use std::io::ErrorKind;
use std::path::Path;

/// Returns what the system knows of the file at a path, through symbolic links; `None` if nothing is there.
///
/// # Errors
/// If the system cannot tell.
pub(crate) fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an error says that there is nothing at the path.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether anything is at a path.
///
/// # Errors
/// As [`metadata`]; so for what follows.
pub(crate) fn is_there(path: &Path) -> io::Result<bool> {
    Ok(metadata(path)?.is_some())
}

/// Whether a plain file is at a path.
pub(crate) fn is_file(path: &Path) -> io::Result<bool> {
    Ok(metadata(path)?.is_some_and(|it| it.is_file()))
}

/// Whether a folder is at a path.
pub(crate) fn is_folder(path: &Path) -> io::Result<bool> {
    Ok(metadata(path)?.is_some_and(|it| it.is_dir()))
}
