//! Files that are written *aside*: under a temporary name beside their destination, and renamed once they are complete.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

use super::files::{folder_of, sync_folder};

/// Number of random letters and digits after the prefix in a temporary name.
const RANDOM_LETTERS: usize = 6;

/// A file that is written aside. It is removed if it is dropped before it is put in place. It is locked while it is
/// open, so that other processes can distinguish it from a file that a killed command has left behind.
#[derive(Debug)]
pub(crate) struct Aside {
    file: NamedTempFile<File>,
    to: PathBuf,
}

impl Aside {
    /// Creates a file beside `to`, whose name begins with `prefix`.
    ///
    /// # Errors
    /// If it cannot be created.
    pub(crate) fn new(to: &Path, prefix: &str) -> io::Result<Aside> {
        let file = tempfile::Builder::new()
            .prefix(prefix)
            .rand_bytes(RANDOM_LETTERS)
            .make_in(folder_of(to), locked)?;
        Ok(Aside {
            file,
            to: to.into(),
        })
    }

    /// Returns the destination.
    pub(crate) fn to(&self) -> &Path {
        &self.to
    }

    /// Returns its temporary path.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns the file to write to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Syncs the content to disk, which may reveal that the disk is full.
    ///
    /// # Errors
    /// If syncing fails.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.as_file().sync_all()
    }

    /// Syncs the file and moves it to its destination durably.
    ///
    /// # Errors
    /// If syncing or renaming fails.
    pub(crate) fn put(self) -> io::Result<()> {
        self.sync()?;
        let Aside { file, to } = self;
        file.persist(&to).map_err(|error| error.error)?;
        sync_folder(folder_of(&to))
    }

    /// Keeps the file under its temporary name. Returns its path and the open file, which holds the lock.
    ///
    /// # Errors
    /// If that fails.
    pub(crate) fn leave(self) -> io::Result<(PathBuf, File)> {
        let (file, path) = self.file.keep().map_err(|error| error.error)?;
        Ok((path, file))
    }
}

/// Creates a file with the usual permissions, so that whoever may read the files beside it may read it too, and locks
/// it.
fn locked(path: &Path) -> io::Result<File> {
    let file = File::create_new(path)?;
    // This also holds on a file system without locks: there, no process can take the lock and mistake the file for a
    // leftover.
    let is_taken = matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
    // The file may have been removed as a leftover before it was locked; another name is tried then.
    if is_taken || file.metadata()?.nlink() == 0 {
        return Err(ErrorKind::AlreadyExists.into());
    }
    Ok(file)
}

/// Removes the files that killed commands have left aside in a folder: those with this prefix that are not locked.
/// Errors are ignored; the next command tries again.
pub(crate) fn remove_leftovers(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|it| it.strip_prefix(prefix));
        let is_aside = |it: &str| {
            it.len() == RANDOM_LETTERS && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if random.is_some_and(is_aside) && entry.file_type().is_ok_and(|it| it.is_file()) {
            remove_unlocked(&entry.path());
        }
    }
}

fn remove_unlocked(path: &Path) {
    // The file may have been replaced since the folder was read.
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let mut options = File::options();
    options.write(true).custom_flags(flags.bits() as i32);
    let Ok(file) = options.open(path) else {
        return;
    };
    if file.try_lock().is_ok() {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const PREFIX: &str = ".mailtrack-test-";

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_command_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let stays = [
            ".mailtrack-test-",
            ".mailtrack-test-1234567",
            ".mailtrack-test-12.456",
            ".mailtrack-other-123456",
            "notes",
        ];
        for name in stays.iter().chain(&[".mailtrack-test-aB3456"]) {
            fs::write(at(name), "x").unwrap();
        }
        fs::create_dir(at(".mailtrack-test-folder")).unwrap();
        let mut used = Aside::new(&at("place"), PREFIX).unwrap();
        let name = used
            .path()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        remove_leftovers(folder.path(), PREFIX);
        let mut want: Vec<String> = stays.iter().map(|it| (*it).to_owned()).collect();
        want.extend([".mailtrack-test-folder".to_owned(), name]);
        want.sort();
        assert_eq!(names(folder.path()), want);
        used.file().write_all(b"whole").unwrap();
        used.put().unwrap();
        assert_eq!(fs::read(at("place")).unwrap(), b"whole");
        drop(Aside::new(&at("place"), PREFIX).unwrap());
        assert_eq!(fs::read(at("place")).unwrap(), b"whole");
        assert_eq!(names(folder.path()).len(), stays.len() + 2);
    }

    #[test]
    fn a_folder_that_is_not_there_has_nothing_left_in_it() {
        remove_leftovers(Path::new("/nowhere/at/all"), PREFIX);
    }
}
