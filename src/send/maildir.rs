//! A Maildir that another program sends from: a message is whole before it has its place there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::compose::Composed;
use super::unreachable::Unreachable;
use crate::base::disk;
use crate::send::not_taken::NotTaken;

/// A Maildir.
#[derive(Debug)]
pub(crate) struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    pub(super) fn new(folder: &Path) -> Maildir {
        Maildir {
            folder: folder.into(),
        }
    }

    /// Makes its folders if they are not there.
    pub(super) fn open(&self) -> Result<(), Unreachable> {
        for name in ["tmp", "new", "cur"] {
            let made = disk::make_folders(&self.folder.join(name));
            made.map_err(|error| Unreachable::Maildir {
                folder: self.folder.clone(),
                error,
            })?;
        }
        Ok(())
    }

    /// Writes the message to `tmp`, and once the system keeps it moves it to `new`.
    pub(super) fn put(&self, message: &Composed) -> Result<(), NotTaken> {
        let aside = self.folder.join("tmp").join(&message.file);
        let new = self.folder.join("new");
        if let Err(error) = write(&aside, &message.wire) {
            // Nobody looks in `tmp`; if this fails too, half a message lies there, which nobody sends.
            let _ = fs::remove_file(&aside);
            return Err(NotTaken::Nobody(self.says(&error)));
        }
        if let Err(error) = fs::rename(&aside, new.join(&message.file)) {
            // An error may come after the move. What can be removed here was not moved.
            return Err(match fs::remove_file(&aside) {
                Ok(()) => NotTaken::Nobody(self.says(&error)),
                Err(_) => NotTaken::Unsaid(self.says(&error)),
            });
        }
        let kept = disk::sync_folder(&new);
        kept.map_err(|error| NotTaken::Unsaid(self.says(&error)))
    }

    fn says(&self, error: &io::Error) -> String {
        format!("{}: cannot be written to: {error}", self.folder.display())
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
