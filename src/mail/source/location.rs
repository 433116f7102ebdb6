//! Where a message lies, and its bytes.

use crate::mail::source::failure::Failure;
use crate::mail::source::held::Held;
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::place::SourceKey;
use crate::mail::source::read_error::ReadError;
use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Where a message lies, and what users call that place.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file that holds this one message, packed or not: a run has a million of them, and keeps little of each.
    File(MailFile),
    /// Any other.
    Other(Box<ContainedMessage>),
}

/// A source that does not follow from a file.
#[derive(Clone, Debug)]
pub struct ContainedMessage {
    /// What output calls it: relative to the argument, with `/` as separator; for an mbox with `#N`.
    pub name: Box<str>,
    /// The folder it is in, relative to the argument, with `/` as separator.
    pub folder: Arc<str>,
    /// All folders that it is in, where these are labels; the first is `folder`.
    pub labels: Option<Arc<Labels>>,
    /// By what later runs know the place again: of an mbox or an archive that of the file.
    pub place: SourceKey,
    /// How its bytes are had.
    pub content: Content,
}

impl Source {
    /// What output calls it: relative to the argument, with `/` as separator; for an mbox with `#N`.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Source::File(file) => file.name(),
            Source::Other(described) => Cow::Borrowed(&described.name),
        }
    }

    /// The folder it is in, relative to the argument, with `/` as separator.
    pub fn folder(&self) -> &str {
        match self {
            Source::File(file) => file.folder(),
            Source::Other(described) => &described.folder,
        }
    }

    /// All folders that it is in, where these are labels; the first is its `folder`.
    pub fn labels(&self) -> Option<&Labels> {
        match self {
            Source::File(..) => None,
            Source::Other(described) => described.labels.as_deref(),
        }
    }

    /// By what later runs know the place again: of an mbox or an archive that of the file.
    pub fn place(&self) -> SourceKey {
        match self {
            Source::File(file) => file.place(),
            Source::Other(described) => described.place,
        }
    }

    /// The file that holds it.
    pub fn path(&self) -> PathBuf {
        match self {
            Source::File(file) => file.path(),
            Source::Other(described) => match &described.content {
                Content::Mbox(held, _) | Content::Part(held, _) => held.path().into(),
                Content::File(file) => file.path(),
            },
        }
    }

    /// Whether it is a part of an archive.
    pub fn is_in_archive(&self) -> bool {
        matches!(self, Source::Other(it) if matches!(it.content, Content::Part(..)))
    }

    /// The same, under another name, in another folder.
    pub fn renamed(&self, name: &str, folder: &str) -> Source {
        let (labels, content) = match self {
            Source::File(file) => (None, Content::File(file.clone())),
            Source::Other(it) => (it.labels.clone(), it.content.clone()),
        };
        Source::Other(Box::new(ContainedMessage {
            name: name.into(),
            folder: folder.into(),
            labels,
            place: self.place(),
            content,
        }))
    }
}

/// The folders that a message with labels is in.
#[derive(Debug)]
pub struct Labels(pub Vec<Arc<str>>);

/// How a message's bytes are had.
#[derive(Clone, Debug)]
pub enum Content {
    /// A file that holds one message.
    File(MailFile),
    /// A range of an mbox file.
    Mbox(Arc<Held>, Range<usize>),
    /// A range of what an archive holds, which is one message.
    Part(Arc<Held>, Range<usize>),
}

/// What is in a file that holds several messages.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// The messages.
    pub sources: Vec<ContainedMessage>,
    /// What of an archive could not be read.
    pub failures: Vec<Failure>,
    /// How many archives and packed files an archive holds; they are not read.
    pub nested: u64,
}

/// The messages of an mbox that lies in a part of a file, each a source of its own: `name#N` from 1.
pub(super) fn mbox_parts<'a>(
    name: &'a str,
    unpacked_name: &str,
    place: SourceKey,
    held: &'a Arc<Held>,
    part: Range<usize>,
) -> Result<impl Iterator<Item = ContainedMessage> + use<'a>, ReadError> {
    let folder: Arc<str> = unpacked_name
        .strip_suffix(".mbox")
        .unwrap_or(unpacked_name)
        .into();
    let start = part.start;
    let (ranges, size) = match held.mapped().and_then(|bytes| bytes.get(part.clone())) {
        Some(bytes) => (super::mbox::messages_in(bytes), bytes.len()),
        None => super::mbox::messages(held.part(part.clone()))?,
    };
    if size < part.len() {
        return Err(ReadError::Changed);
    }
    held.check()?;
    Ok(ranges
        .into_iter()
        .enumerate()
        .map(move |(at, range)| ContainedMessage {
            name: format!("{name}#{}", at + 1).into(),
            folder: folder.clone(),
            labels: None,
            place,
            content: Content::Mbox(held.clone(), start + range.start..start + range.end),
        }))
}
