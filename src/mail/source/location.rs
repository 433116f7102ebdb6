//! The location of a message, and access to its bytes.

use crate::mail::source::failure::Failure;
use crate::mail::source::held::HeldFile;
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::place::SourceKey;
use crate::mail::source::read_error::ReadError;
use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The location of a message, and its name for users.
#[derive(Clone, Debug)]
pub enum MessageSource {
    /// A file that contains only this message, compressed or not. A run has a million of them, so this variant is
    /// small.
    File(MailFile),
    /// Any other location.
    Other(Box<ContainedMessage>),
}

/// A location that does not follow from a file.
#[derive(Clone, Debug)]
pub struct ContainedMessage {
    /// The name in output: relative to the argument, with `/` as separator; in an mbox with `#N`.
    pub name: Box<str>,
    /// The folder it is in, relative to the argument, with `/` as separator.
    pub folder: Arc<str>,
    /// All folders that the message is in, if these are labels; the first one is `folder`.
    pub labels: Option<Arc<Labels>>,
    /// Identifies the location across runs; in an mbox or an archive it is that of the file.
    pub place: SourceKey,
    /// Access to its bytes.
    pub content: Content,
}

impl MessageSource {
    /// Returns the name in output: relative to the argument, with `/` as separator; in an mbox with `#N`.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            MessageSource::File(file) => file.name(),
            MessageSource::Other(described) => Cow::Borrowed(&described.name),
        }
    }

    /// Returns the folder it is in, relative to the argument, with `/` as separator.
    pub fn folder(&self) -> &str {
        match self {
            MessageSource::File(file) => file.folder(),
            MessageSource::Other(described) => &described.folder,
        }
    }

    /// Returns all folders that the message is in, if these are labels; the first one is its `folder`.
    pub fn labels(&self) -> Option<&Labels> {
        match self {
            MessageSource::File(..) => None,
            MessageSource::Other(described) => described.labels.as_deref(),
        }
    }

    /// Returns the key that identifies the location across runs; in an mbox or an archive it is that of the file.
    pub fn place(&self) -> SourceKey {
        match self {
            MessageSource::File(file) => file.place(),
            MessageSource::Other(described) => described.place,
        }
    }

    /// Returns the path of the file that contains the message.
    pub fn path(&self) -> PathBuf {
        match self {
            MessageSource::File(file) => file.path(),
            MessageSource::Other(described) => match &described.content {
                Content::Mbox(held, _) | Content::Part(held, _) => held.path().into(),
                Content::File(file) => file.path(),
            },
        }
    }

    /// Returns whether the message is in an archive.
    pub fn is_in_archive(&self) -> bool {
        matches!(self, MessageSource::Other(it) if matches!(it.content, Content::Part(..)))
    }

    /// Returns the same location with another name and folder.
    pub fn renamed(&self, name: &str, folder: &str) -> MessageSource {
        let (labels, content) = match self {
            MessageSource::File(file) => (None, Content::File(file.clone())),
            MessageSource::Other(it) => (it.labels.clone(), it.content.clone()),
        };
        MessageSource::Other(Box::new(ContainedMessage {
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

/// Access to a message's bytes.
#[derive(Clone, Debug)]
pub enum Content {
    /// A file that holds one message.
    File(MailFile),
    /// A range of an mbox file.
    Mbox(Arc<HeldFile>, Range<usize>),
    /// A range of the contents of an archive, which is one message.
    Part(Arc<HeldFile>, Range<usize>),
}

/// The contents of a file with several messages.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// The messages.
    pub sources: Vec<ContainedMessage>,
    /// The entries of an archive that could not be read.
    pub failures: Vec<Failure>,
    /// The number of archives and compressed files within an archive, which are not read.
    pub nested: u64,
}

/// Returns the messages of an mbox in a part of a file, named `name#N` from 1.
pub(super) fn mbox_parts<'a>(
    name: &'a str,
    unpacked_name: &str,
    place: SourceKey,
    held: &'a Arc<HeldFile>,
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
