//! Opens a file that holds several messages: an mbox or an archive.

use crate::mail::source::beside::DirReader;
use crate::mail::source::held::HeldFile;
use crate::mail::source::location::{Opened, mbox_parts};
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::packing::without_packing;
use crate::mail::source::read_error::ReadError;
use std::sync::Arc;

/// Returns the messages of an mbox file or an archive. A compressed file is first unpacked into a temporary file.
///
/// # Errors
/// If the file cannot be read or unpacked.
pub(crate) fn open(file: &MailFile) -> Result<Opened, ReadError> {
    let opened = DirReader::default().open(file)?;
    super::spool::refuse_holes(&opened.stat)?;
    if let Some(archive) = file.archive() {
        return super::archive::open(file, opened, archive);
    }
    let (path, name) = (file.path(), file.name());
    let (held, unpacked_name) = match file.packing() {
        None => (HeldFile::of(opened.file, &path)?, &*name),
        Some(packing) => (
            super::packed::unpack(opened, &path, packing)?,
            without_packing(&name),
        ),
    };
    let held = Arc::new(held);
    let all = 0..held.size();
    Ok(Opened {
        sources: mbox_parts(&name, unpacked_name, file.place(), &held, all)?.collect(),
        ..Opened::default()
    })
}
