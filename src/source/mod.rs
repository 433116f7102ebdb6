//! A *source* is a place where one message lies: a file, or a range of an mbox file. Discovery walks what the user
//! names, tells the forms of mail apart by what they hold, and lists every message's source.

mod discover;
mod maildir;
mod mbox;
mod packed;
mod place;
mod read;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use discover::{DiscoverError, Discovered, FileCounts, MailFile, discover};
pub use packed::{Packing, without_packing};
pub use place::{Place, Stamp};
pub use read::{Form, Head, ReadError, Reader, head_end};

use crate::map::MappedFile;

/// Where a message lies, and what users call that place.
#[derive(Clone, Debug)]
pub struct Source {
    /// What output calls it: relative to the argument, parted by `/`; for an mbox with `#N`.
    pub name: Box<str>,
    /// The folder it is in, relative to the argument, parted by `/`.
    pub folder: Arc<str>,
    /// By what later runs know the place again: of an mbox that of the file.
    pub place: Place,
    /// How its bytes are had.
    pub content: Content,
}

/// How a message's bytes are had.
#[derive(Clone, Debug)]
pub enum Content {
    /// A file that holds one message.
    File(PathBuf),
    /// A packed file that holds one message.
    Packed(PathBuf, Packing),
    /// A range of a mapped mbox file.
    Mbox(Arc<MappedFile>, Range<usize>),
}

impl Content {
    /// The file that holds it.
    pub fn path(&self) -> &Path {
        match self {
            Content::File(path) | Content::Packed(path, _) => path,
            Content::Mbox(map, _) => map.path(),
        }
    }
}

/// A place that could not be read: one line in failures (R12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The source, or the folder that could not be opened.
    pub source: Box<str>,
    /// A plain reason.
    pub error: String,
    /// By what later runs know the place again.
    pub place: Place,
}

/// The messages of an mbox file, each a source of its own: `path#N` from 1. What is packed is unpacked into a temporary
/// file first.
///
/// # Errors
/// Where the file cannot be mapped or unpacked.
pub fn mbox_sources(file: &MailFile, packing: Option<Packing>) -> Result<Vec<Source>, ReadError> {
    let (map, unpacked_name) = match packing {
        None => (MappedFile::open(&file.path)?, &*file.name),
        Some(packing) => (
            packed::unpack(&file.path, packing)?,
            without_packing(&file.name),
        ),
    };
    let map = Arc::new(map);
    let folder: Arc<str> = unpacked_name
        .strip_suffix(".mbox")
        .unwrap_or(unpacked_name)
        .into();
    let ranges = mbox::messages(map.bytes());
    Ok(ranges
        .into_iter()
        .enumerate()
        .map(|(at, range)| Source {
            name: format!("{}#{}", file.name, at + 1).into(),
            folder: folder.clone(),
            place: file.place,
            content: Content::Mbox(map.clone(), range),
        })
        .collect())
}
