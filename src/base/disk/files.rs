//! Helpers for paths, and the durable creation of folders.

use crate::base::disk::opening::check_file;
use crate::base::disk::stat::is_folder;
use crate::base::disk::stat::metadata;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Returns the folder that holds a path.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates a folder, with those above it, unless it exists; returns whether it was created. The name of each new folder
/// is synced before this returns: otherwise a synced file could be lost together with the name of its folder.
///
/// # Errors
/// If creating or syncing fails.
pub(crate) fn make_folders(path: &Path) -> io::Result<bool> {
    if is_folder(path)? {
        return Ok(false);
    }
    let above = folder_of(path);
    if above != path {
        make_folders(above)?;
    }
    match fs::create_dir(path) {
        Ok(()) => sync_folder(above).map(|()| true),
        // Another process was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && is_folder(path)? => Ok(false),
        Err(error) => Err(error),
    }
}

/// Syncs the names in a folder.
///
/// # Errors
/// If syncing fails. A folder that is writable but not readable cannot be opened to be synced, and is ignored.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Ok(folder) => folder.sync_all(),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns the length of a plain file in bytes; 0 if it does not exist.
///
/// # Errors
/// As for [`metadata`], and if it is not a plain file.
pub(crate) fn length(path: &Path) -> io::Result<u64> {
    let Some(metadata) = metadata(path)? else {
        return Ok(0);
    };
    check_file(&metadata)?;
    Ok(metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::disk::stat::{is_file, is_there};

    #[test]
    fn only_what_has_no_name_is_absent() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "four").unwrap();
        std::os::unix::fs::symlink("circle", at("circle")).unwrap();
        std::os::unix::fs::symlink("nowhere", at("dangling")).unwrap();
        for (name, want) in [
            ("file", Some(true)),
            ("", Some(true)),
            ("gone", Some(false)),
            ("gone/too", Some(false)),
            ("file/within", Some(false)),
            ("dangling", Some(false)),
            ("circle", None),
            (&"long".repeat(100), None),
            ("nul\0", None),
        ] {
            assert_eq!(is_there(&at(name)).ok(), want, "{name}");
        }
        assert!(is_file(&at("file")).unwrap() && !is_folder(&at("file")).unwrap());
        assert_eq!(
            (length(&at("file")).unwrap(), length(&at("gone")).unwrap()),
            (4, 0)
        );
    }

    #[test]
    fn folders_are_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        assert!(make_folders(&deep).unwrap() && deep.is_dir());
        assert!(!make_folders(&deep).unwrap());
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(make_folders(&folder.path().join("file")).is_err());
        assert!(make_folders(&folder.path().join("file/within")).is_err());
    }
}
