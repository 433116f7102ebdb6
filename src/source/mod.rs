//! A *source* is a place where one message lies: a file, or a range of an mbox file. Discovery walks what the user
//! names, tells the forms of mail apart by what they hold, and lists every message's source.

mod archive;
mod discover;
mod emlx;
mod folder;
mod listing;
mod maildir;
mod mbox;
mod packed;
mod place;
mod read;
mod spool;
mod unread;
mod walk;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

pub use archive::Archive;
pub use discover::{DiscoverError, Discovered, FileCounts, MailFile, Roots, discover};
pub use listing::Listing;
pub use packed::{Packing, without_packing};
pub use place::{Place, Stamp};
pub use read::{Form, Head, ReadError, Reader, part};
pub use unread::Unread;

use crate::map::MappedFile;

/// Where a message lies, and what users call that place.
#[derive(Clone, Debug)]
pub struct Source {
    /// What output calls it: relative to the argument, parted by `/`; for an mbox with `#N`.
    pub name: Box<str>,
    /// The folder it is in, relative to the argument, parted by `/`.
    pub folder: Arc<str>,
    /// All folders that it is in, where these are labels; the first is `folder`.
    pub labels: Option<Arc<Labels>>,
    /// By what later runs know the place again: of an mbox or an archive that of the file.
    pub place: Place,
    /// How its bytes are had.
    pub content: Content,
}

/// The folders that a message with labels is in.
#[derive(Debug)]
pub struct Labels(pub Vec<Arc<str>>);

/// How a message's bytes are had.
#[derive(Clone, Debug)]
pub enum Content {
    /// A file that holds one message.
    File(Box<Path>),
    /// A packed file that holds one message.
    Packed(Box<Path>, Packing),
    /// A range of a mapped mbox file.
    Mbox(Arc<MappedFile>, Range<usize>),
    /// A range of what an archive holds, which is one message.
    Part(Arc<MappedFile>, Range<usize>),
}

impl Content {
    /// The file that holds it.
    pub fn path(&self) -> &Path {
        match self {
            Content::File(path) | Content::Packed(path, _) => path,
            Content::Mbox(map, _) | Content::Part(map, _) => map.path(),
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

/// What is in a file that holds several messages.
#[derive(Debug, Default)]
pub struct Opened {
    /// The messages.
    pub sources: Vec<Source>,
    /// What of an archive could not be read.
    pub failures: Vec<Failure>,
    /// How many archives and packed files an archive holds; they are not read.
    pub nested: u64,
}

/// The messages of an mbox file, or of an archive. What is packed is unpacked into a temporary file first.
///
/// # Errors
/// Where the file cannot be mapped or unpacked.
pub fn open(file: &MailFile, packing: Option<Packing>) -> Result<Opened, ReadError> {
    if let Some(archive) = file.archive {
        return archive::open(file, archive);
    }
    let (map, unpacked_name) = match packing {
        None => (MappedFile::open(&file.path)?, &*file.name),
        Some(packing) => (
            packed::unpack(&file.path, packing)?,
            without_packing(&file.name),
        ),
    };
    let map = Arc::new(map);
    let all = 0..map.bytes().len();
    Ok(Opened {
        sources: mbox_parts(&file.name, unpacked_name, file.place, &map, all).collect(),
        ..Opened::default()
    })
}

/// The messages of an mbox that lies in a part of a mapped file, each a source of its own: `name#N` from 1.
fn mbox_parts<'a>(
    name: &'a str,
    unpacked_name: &str,
    place: Place,
    map: &'a Arc<MappedFile>,
    part: Range<usize>,
) -> impl Iterator<Item = Source> + use<'a> {
    let folder: Arc<str> = unpacked_name
        .strip_suffix(".mbox")
        .unwrap_or(unpacked_name)
        .into();
    let ranges = mbox::messages(&map.bytes()[part.clone()]);
    let start = part.start;
    ranges
        .into_iter()
        .enumerate()
        .map(move |(at, range)| Source {
            name: format!("{name}#{}", at + 1).into(),
            folder: folder.clone(),
            labels: None,
            place,
            content: Content::Mbox(map.clone(), start + range.start..start + range.end),
        })
}

/// Whether a file of this name is one message, whatever it holds.
fn is_message_name(name: &str) -> bool {
    let ending = without_packing(name).rsplit_once('.');
    ending.is_some_and(|(_, ending)| {
        ending.eq_ignore_ascii_case("eml") || ending.eq_ignore_ascii_case("emlx")
    })
}
