//! Files that are written *aside*, beside their place, and get their name once they are whole.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::NamedTempFile;

use super::files::{folder_of, sync_folder};

/// How many letters and digits follow the prefix in the name of a file aside.
const RANDOM_LETTERS: usize = 6;

/// A file that is written aside. Dropped before it is put in its place, it is removed. It is locked as long as it is
/// open, so that others can tell it from one that a killed command has left behind.
#[derive(Debug)]
pub(crate) struct Aside {
    file: NamedTempFile<File>,
    to: PathBuf,
}

impl Aside {
    /// Begins a file beside `to`, whose name begins with `prefix`.
    ///
    /// # Errors
    /// If none can be made there.
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

    /// The place that it is for.
    pub(crate) fn to(&self) -> &Path {
        &self.to
    }

    /// Where it is as long as it is aside.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// What is written to.
    pub(crate) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Has the system keep what was written, which may find that the disk is full.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.as_file().sync_all()
    }

    /// Puts it in its place, where it stays even if power is lost.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn put(self) -> io::Result<()> {
        self.sync()?;
        let Aside { file, to } = self;
        file.persist(&to).map_err(|error| error.error)?;
        sync_folder(folder_of(&to))
    }

    /// Leaves it aside for good; where it is, and the open file, which holds the lock.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn leave(self) -> io::Result<(PathBuf, File)> {
        let (file, path) = self.file.keep().map_err(|error| error.error)?;
        Ok((path, file))
    }
}

/// Makes a file as any other is made, so that others may read it who may read those beside it, and locks it.
fn locked(path: &Path) -> io::Result<File> {
    let file = File::create_new(path)?;
    // A file system that has no locks does without: then nobody takes the file for one that was left behind, either.
    let is_taken = matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
    // Whoever removes what was left behind may have come before the lock; another name is tried then.
    if is_taken || file.metadata()?.nlink() == 0 {
        return Err(ErrorKind::AlreadyExists.into());
    }
    Ok(file)
}

/// Removes the files that killed commands have left aside in a folder: those with this prefix that nobody has locked.
/// What cannot be removed now is left to the next command.
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
    // What was a file when the folder was read may be none any more.
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
