//! A file mapped into memory, read-only. The only unsafe code that reading mail needs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A whole file, mapped.
#[derive(Debug)]
pub struct MappedFile {
    path: PathBuf,
    map: memmap2::Mmap,
}

impl MappedFile {
    /// Maps the file.
    ///
    /// # Errors
    /// Where it cannot be opened or mapped.
    #[allow(unsafe_code)]
    pub fn open(path: &Path) -> io::Result<MappedFile> {
        let file = File::open(path)?;
        // SAFETY: the map is only ever read as bytes, which any content is valid for. Another process that shortens
        // the file meanwhile makes the system stop this one (SIGBUS): mail stores lock or replace a mailbox file and
        // do not shorten one that is being read; reading a copy instead would cost its size in memory.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(MappedFile {
            path: path.into(),
            map,
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }
}
