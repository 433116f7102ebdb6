//! Delivery to a Maildir that another program sends from. A message is completely written before it is moved to `new`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::compose::Composed;
use super::unreachable::Unreachable;
use crate::base::disk;
use crate::send::not_accepted::NotAccepted;

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

    /// Creates the folders of the Maildir if they do not exist.
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

    /// Writes the message to `tmp`, syncs it, and moves it to `new`.
    pub(super) fn put(&self, message: &Composed) -> Result<(), NotAccepted> {
        let aside = self.folder.join("tmp").join(&message.file);
        let new = self.folder.join("new");
        if let Err(error) = write(&aside, &message.wire) {
            // If this fails too, an incomplete message stays in `tmp`, where no program looks for mail.
            let _ = fs::remove_file(&aside);
            return Err(NotAccepted::Unreachable(self.write_error(&error)));
        }
        if let Err(error) = fs::rename(&aside, new.join(&message.file)) {
            // The move can report an error and have taken effect. If the file can be removed here, it was not moved.
            return Err(match fs::remove_file(&aside) {
                Ok(()) => NotAccepted::Unreachable(self.write_error(&error)),
                Err(_) => NotAccepted::Unknown(self.write_error(&error)),
            });
        }
        let kept = disk::sync_folder(&new);
        kept.map_err(|error| NotAccepted::Unknown(self.write_error(&error)))
    }

    fn write_error(&self, error: &io::Error) -> String {
        format!("{}: cannot be written to: {error}", self.folder.display())
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
