//! From a message's head to its draft, and from its whole where the head says too little.

use crate::mail::envelope::{EnvelopeDraft, HeaderReader};
use crate::mail::journal;
use crate::mail::message::header_end;
use crate::mail::rules::Rules;

use crate::mail::intake::NO_HEADER;

/// Whether the draft of a head is complete only with the body; `after` is as much of that as is at hand.
pub(crate) fn wants_whole(draft: &EnvelopeDraft, head: &[u8], after: &[u8]) -> bool {
    draft.wants_body() || draft.is_marked_report || (draft.is_mixed && journal::may_be(head, after))
}

/// Completes a draft with the whole message, which may carry the one that counts (R1).
///
/// # Errors
/// If it is a journal report whose message cannot be read, in plain words.
pub(crate) fn complete(
    mut draft: EnvelopeDraft,
    whole: &[u8],
    drafting: &mut HeaderReader,
    rules: &Rules,
) -> Result<EnvelopeDraft, String> {
    let body_of = |message: &[u8]| header_end(message, 0).unwrap_or(message.len());
    let is_report = draft.is_marked_report || draft.is_mixed;
    let report = if is_report {
        journal::read(whole, draft.is_marked_report)
    } else {
        None
    };
    let report = report.transpose().map_err(|error| error.to_string())?;
    let message = match &report {
        None => whole,
        Some(report) => &*report.message,
    };
    if let Some(report) = &report {
        let head = &message[..body_of(message)];
        let reported = drafting.read_reported(head, &report.recipients, rules);
        draft = reported.ok_or(NO_HEADER)?;
    }
    if draft.wants_body() {
        draft.read_body(message, body_of(message));
    }
    Ok(draft)
}

/// Messages read by one thread at a time, into one buffer.
pub(crate) const READ_BATCH: usize = 32;
