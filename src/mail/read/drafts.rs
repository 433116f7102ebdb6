//! Drafts an envelope from a message's header section, and completes it from the whole message if necessary.

use crate::mail::envelope::{EnvelopeDraft, HeaderReader};
use crate::mail::journal;
use crate::mail::message::header_end;
use crate::mail::rules::Rules;

use super::error::MessageError;

/// Returns whether a draft needs the body. `after` is the part of the body that has been read.
pub(crate) fn wants_whole(draft: &EnvelopeDraft, head: &[u8], after: &[u8]) -> bool {
    draft.wants_body() || draft.is_marked_report || (draft.is_mixed && journal::may_be(head, after))
}

/// Completes a draft with the whole message. If that is a journal report, its original message takes its place (R1).
///
/// # Errors
/// If it is a journal report whose original message cannot be read.
pub(crate) fn complete(
    mut draft: EnvelopeDraft,
    whole: &[u8],
    drafting: &mut HeaderReader,
    rules: &Rules,
) -> Result<EnvelopeDraft, MessageError> {
    let body_of = |message: &[u8]| header_end(message, 0).unwrap_or(message.len());
    let is_report = draft.is_marked_report || draft.is_mixed;
    let report = if is_report {
        journal::read(whole, draft.is_marked_report)
    } else {
        None
    };
    let report = report.transpose()?;
    let message = match &report {
        None => whole,
        Some(report) => &*report.message,
    };
    if let Some(report) = &report {
        let head = &message[..body_of(message)];
        let reported = drafting.read_reported(head, &report.recipients, rules);
        draft = reported.ok_or(MessageError::NoHeader)?;
    }
    if draft.wants_body() {
        draft.read_body(message, body_of(message));
    }
    Ok(draft)
}

/// Number of messages that one thread reads at a time, into one buffer.
pub(crate) const READ_BATCH: usize = 32;
