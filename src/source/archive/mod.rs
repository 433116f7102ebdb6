//! An *archive* is a file that holds others: a tar, packed or not, or a zip. It is read as if it were a folder. Nothing
//! in it is ever written to a path: the mail goes into a spool, and its names are names only.

mod listing;
mod tar;
mod zip;

use std::ops::Range;
use std::sync::Arc;

use super::beside::Opened as OpenedFile;
use super::named::Named;
use super::read::{FORM_BYTES, Form, form};
use super::spool::{Limit, Spool};
use super::window::Window;
use super::{Content, Described, Failure, MailFile, Opened, ReadError, emlx, mbox_parts};
use listing::{Listing, Member};

/// The form of an archive, which its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// `.tar`, `.tar.gz`, `.tgz`, `.tar.zst`, `.tzst`.
    Tar,
    /// `.zip`.
    Zip,
}

/// The mail in an archive.
///
/// # Errors
/// Where it cannot be read, is damaged as a whole, or unpacks to too much.
pub(super) fn open(
    file: &MailFile,
    from: OpenedFile,
    archive: Archive,
) -> Result<Opened, ReadError> {
    let (path, archive_name, place) = (file.path(), file.name(), file.place());
    let limit = Limit::of(u64::try_from(from.stat.st_size).unwrap_or_default());
    let from = from.file;
    let mut spool = Spool::new(limit)?;
    let mut listing = Listing::default();
    match archive {
        Archive::Tar => tar::read(from, limit, &mut listing, &mut spool)?,
        Archive::Zip => zip::read(from, &mut listing, &mut spool)?,
    }
    let held = Arc::new(spool.held(&path)?);
    let mut window = Window::default();
    let mut sources = Vec::new();
    for member in listing.members(&archive_name) {
        let part = |range: Range<usize>| Content::Part(held.clone(), range);
        let mut member = member;
        let start = member.range.start;
        let first_of = |range: &Range<usize>| range.start..range.end.min(range.start + FORM_BYTES);
        if Named::of(member.name.as_bytes()) == Named::AppleMessage {
            let first = window.get(&held, first_of(&member.range))?;
            let within = emlx::message(first, member.range.len());
            member.range = start + within.start..start + within.end;
            member.folder = emlx::mailbox(&member.folder).into();
        }
        let form = if member.is_message {
            Form::Message
        } else {
            form(window.get(&held, first_of(&member.range))?)
        };
        let Member {
            name,
            folder,
            range,
            ..
        } = member;
        match form {
            Form::Mbox => sources.extend(mbox_parts(&name, &name, place, &held, range)?),
            Form::Message => sources.push(Described {
                name: name.into(),
                folder,
                labels: None,
                place,
                content: part(range),
            }),
            Form::Other => (),
        }
    }
    let failure = |(name, error): (String, String)| Failure {
        source: format!("{archive_name}/{name}").into(),
        error,
        place,
    };
    Ok(Opened {
        sources,
        failures: listing.failures.into_iter().map(failure).collect(),
        nested: listing.nested,
    })
}
