//! Reads files that contain several messages, mbox files and archives: one file after the other, each file's messages
//! on all threads.

use super::error::MessageError;
use std::ops::Range;

use super::drafts;
use super::labels;
use super::labels::Labelled;
use crate::base::panics::guarded;
use crate::base::progress::Progress;
use crate::base::threads::BATCH;
use crate::base::threads::Threads;
use crate::mail::envelope::{EnvelopeDraft, HeaderReader};
use crate::mail::intake::Intake;
use crate::mail::read::drafts::READ_BATCH;
use crate::mail::rules::Rules;
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::open::open;
use crate::mail::source::{
    ContainedMessage, Content, Head, HeldFile, MessageSource, Opened, ReadError, Reader,
};

/// Reads the header sections of a file's messages.
pub(crate) fn read(
    intake: &mut Intake,
    file: &MailFile,
    rules: &Rules,
    max_size: u64,
    threads: &Threads,
    progress: &dyn Progress,
) {
    let opened = guarded(|| open(file)).map_err(MessageError::Parser);
    let opened = opened.and_then(|opened| opened.map_err(MessageError::Read));
    let Opened {
        sources,
        failures,
        nested,
    } = match opened {
        Ok(opened) => opened,
        Err(error) => {
            intake.files.unreadable += 1;
            return intake.fail(&file.name(), file.place(), error.to_string());
        }
    };
    intake.unread.compressed += nested;
    if sources.is_empty() && failures.is_empty() {
        intake.no_mail.push(file.place());
        return intake.skip(file);
    }
    intake.files.with_messages += 1;
    intake.archives.push(file.place());
    intake.failures.extend(failures);
    intake.mail.reserve(sources.len());
    progress.stage("reading", sources.len() as u64);
    let mut sources = sources.into_iter();
    let mut labelled = Labelled::default();
    loop {
        let batch: Vec<ContainedMessage> = sources.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let start = || (Reader::new(max_size), HeaderReader::default());
        let mut drafts: Vec<Result<Ranged, MessageError>> =
            threads.map_with(&batch, READ_BATCH, start, |(reader, drafting), source| {
                read_range(source, reader, drafting, rules)
            });
        progress.advance(batch.len() as u64);
        if let Some(error) = batch.first().and_then(changed) {
            // The ranges no longer contain the messages that were found, and later ranges do not either.
            return intake.fail(&file.name(), file.place(), error.to_string());
        }
        for (at, mut source) in batch.into_iter().enumerate() {
            let later = |ahead: usize| Some(&drafts.get(at + ahead)?.as_ref().ok()?.draft);
            EnvelopeDraft::prefetch(later, &intake.distinct);
            match std::mem::replace(&mut drafts[at], Err(MessageError::NoHeader)) {
                Ok(Ranged { draft, labels }) => {
                    if let Some(written) = labels {
                        labelled.place(&mut source, written);
                    }
                    intake.take(MessageSource::Other(source.into()), draft);
                }
                Err(error) => intake.fail(&source.name, source.place, error.to_string()),
            }
        }
    }
}

/// What was read of a message in a range of a file.
struct Ranged {
    draft: EnvelopeDraft,
    /// The raw value of its labels.
    labels: Option<Box<[u8]>>,
}

/// Returns how the file of a message has changed since its messages were found; `None` if it is unchanged.
fn changed(source: &ContainedMessage) -> Option<ReadError> {
    held(source)?.0.check().err()
}

fn held(source: &ContainedMessage) -> Option<(&HeldFile, &Range<usize>)> {
    match &source.content {
        Content::Mbox(held, range) | Content::Part(held, range) => Some((held, range)),
        Content::File(_) => None,
    }
}

fn read_range(
    source: &ContainedMessage,
    reader: &mut Reader,
    drafting: &mut HeaderReader,
    rules: &Rules,
) -> Result<Ranged, MessageError> {
    let Some((held, range)) = held(source) else {
        return Err(MessageError::NoHeader);
    };
    let read = guarded(|| {
        let Head { bytes, after, .. } = reader.part_head(held, range)?;
        let mut draft = drafting.read(bytes, rules).ok_or(MessageError::NoHeader)?;
        let is_in_mbox = matches!(source.content, Content::Mbox(..));
        let labels = is_in_mbox.then(|| labels::written(bytes)).flatten();
        if drafts::wants_whole(&draft, bytes, after) {
            let whole = reader.part(held, range)?;
            draft = drafts::complete(draft, whole, drafting, rules)?;
        }
        Ok(Ranged { draft, labels })
    });
    read.unwrap_or_else(|panic| Err(MessageError::Parser(panic)))
}
