//! A Maildir that another program sends from: a message is whole before it has its place there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::NotTaken;
use super::compose::Composed;

/// A Maildir.
#[derive(Debug)]
pub struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    pub(super) fn new(folder: &Path) -> Maildir {
        Maildir {
            folder: folder.into(),
        }
    }

    /// Makes its folders where they are not there.
    pub(super) fn open(&self) -> Result<(), String> {
        for name in ["tmp", "new", "cur"] {
            fs::create_dir_all(self.folder.join(name)).map_err(|error| self.says(&error))?;
        }
        Ok(())
    }

    /// Writes the message to `tmp`, and once the system keeps it moves it to `new`.
    pub(super) fn put(&self, message: &Composed) -> Result<(), NotTaken> {
        let aside = self.folder.join("tmp").join(&message.file);
        let new = self.folder.join("new");
        let moved =
            write(&aside, &message.wire).and_then(|()| fs::rename(&aside, new.join(&message.file)));
        if let Err(error) = moved {
            // Nobody looks in `tmp`; where this fails too, half a message lies there, which nobody sends.
            let _ = fs::remove_file(&aside);
            return Err(NotTaken::Nobody(self.says(&error)));
        }
        let kept = File::open(&new).and_then(|folder| folder.sync_all());
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
