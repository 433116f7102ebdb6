//! Opens the archives that mail is read from.

use crate::mail::source::named::Archive;
use std::ops::Range;
use std::sync::Arc;

use super::listing::{Listing, Member};
use crate::mail::source::beside::Opened as OpenedFile;
use crate::mail::source::failure::Failure;
use crate::mail::source::form::{FORM_BYTES, MailFormat, form};
use crate::mail::source::location::{ContainedMessage, Content, Opened, mbox_parts};
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::named::NamedFormat;
use crate::mail::source::spool::{Limit, Spool};
use crate::mail::source::window::Window;
use crate::mail::source::{ReadError, emlx};

/// Returns the mail in an archive.
///
/// # Errors
/// If it cannot be read, is damaged as a whole, or unpacks to more than the limit.
pub(crate) fn open(
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
        Archive::Tar => super::tar::read(from, limit, &mut listing, &mut spool)?,
        Archive::Zip => super::zip::read(from, &mut listing, &mut spool)?,
    }
    let held = Arc::new(spool.held(&path)?);
    let mut window = Window::default();
    let mut sources = Vec::new();
    for member in listing.members(&archive_name) {
        let part = |range: Range<usize>| Content::Part(held.clone(), range);
        let mut member = member;
        let start = member.range.start;
        let first_of = |range: &Range<usize>| range.start..range.end.min(range.start + FORM_BYTES);
        if NamedFormat::of(member.name.as_bytes()) == NamedFormat::AppleMessage {
            let first = window.get(&held, first_of(&member.range))?;
            let within = emlx::message(first, member.range.len());
            member.range = start + within.start..start + within.end;
            member.folder = emlx::mailbox(&member.folder).into();
        }
        let form = if member.is_message {
            MailFormat::Message
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
            MailFormat::Mbox => sources.extend(mbox_parts(&name, &name, place, &held, range)?),
            MailFormat::Message => sources.push(ContainedMessage {
                name: name.into(),
                folder,
                labels: None,
                place,
                content: part(range),
            }),
            MailFormat::Other => (),
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
