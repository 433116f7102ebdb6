//! The last stage: rows are made and encoded in parallel, and written in order.

use crate::output::summary::counts::Written;
use std::borrow::Cow;

use crate::base::panics::guarded;
use crate::base::progress::Progress;
use crate::base::threads::BATCH;
use crate::base::threads::Threads;
use crate::decide::decision::Decision;
use crate::mail::envelope::Envelope;
use crate::mail::intake::Mail;
use crate::mail::journal;
use crate::mail::message::mime;
use crate::mail::message::mime::Body;
use crate::mail::source::Reader;
use crate::mail::source::failure::Failure;
use crate::output::Sink;
use crate::output::error::OutputError;
use crate::output::lines::Lines;
use crate::output::table::Table;
use crate::output::{FailureRow, OutputRows};

/// Number of messages that one thread encodes at a time.
const ENCODE_BATCH: usize = 32;

/// The form of bodies in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// Plain text, or HTML converted to text.
    Text,
    /// HTML if there is any.
    Html,
    /// None; only header sections are read.
    None,
}

#[derive(Default)]
struct Encoded {
    emails: Lines,
    parties: Lines,
    decisions: Lines,
    written: Written,
    /// For reading bodies.
    reader: Option<Reader>,
}

/// Writes every row, in order.
///
/// # Errors
/// If the sink cannot write a row.
pub fn write(
    rows: &OutputRows<'_>,
    sink: &mut (dyn Sink + Send),
    body: BodyKind,
    max_size: u64,
    failures: &[&Failure],
    threads: &Threads,
    progress: &dyn Progress,
) -> Result<Written, OutputError> {
    let mut written = Written::default();
    let decisions = &rows.decided.decisions;
    progress.stage("writing", decisions.len() as u64);
    let mut batches = decisions.chunks(BATCH);
    // The buffers of a batch are reused for the batch after the next.
    let (mut ready, mut coming): (Vec<Encoded>, Vec<Encoded>) = Default::default();
    let mut count = 0;
    loop {
        // One batch is written while the next is encoded.
        let next = batches.next().unwrap_or_default();
        coming.resize_with(next.len().div_ceil(ENCODE_BATCH), Encoded::default);
        let encode = || {
            threads.chunks_into(next, ENCODE_BATCH, &mut coming, |part, out| {
                encode(rows, part, body, max_size, out)
            });
        };
        let ((), appended) = threads.both(encode, || append(&mut ready, sink, &mut written));
        appended?;
        progress.advance(count);
        count = next.len() as u64;
        if count == 0 {
            break;
        }
        std::mem::swap(&mut ready, &mut coming);
    }
    write_rest(rows, sink, failures)?;
    Ok(written)
}

/// Writes the lines of a batch.
fn append(
    batch: &mut [Encoded],
    sink: &mut dyn Sink,
    written: &mut Written,
) -> Result<(), OutputError> {
    for part in batch {
        sink.append(Table::Emails, &part.emails)?;
        sink.append(Table::ActivityParties, &part.parties)?;
        sink.append(Table::Decisions, &part.decisions)?;
        let counted = std::mem::take(&mut part.written);
        written.parties.add(&counted.parties);
        written.bodies_lost.extend(counted.bodies_lost);
        let lines = [&mut part.emails, &mut part.parties, &mut part.decisions];
        lines.into_iter().for_each(Lines::clear);
    }
    Ok(())
}

fn write_rest(
    rows: &OutputRows<'_>,
    sink: &mut dyn Sink,
    failures: &[&Failure],
) -> Result<(), OutputError> {
    let (mut contacts, mut leads, mut updates, mut duplicates, mut failed) = (
        Lines::default(),
        Lines::default(),
        Lines::default(),
        Lines::default(),
        Lines::default(),
    );
    for (_, record) in rows.decided.created.made() {
        if record.kind == "lead" {
            leads.push(&rows.lead(record));
        } else {
            contacts.push(&rows.contact(record));
        }
    }
    for update in &rows.decided.updates {
        updates.push(&rows.update(update));
    }
    for duplicate in &rows.decided.duplicates {
        duplicates.push(&rows.duplicate(duplicate));
    }
    for failure in failures {
        failed.push(&FailureRow::from(*failure));
    }
    sink.append(Table::Contacts, &contacts)?;
    sink.append(Table::Leads, &leads)?;
    sink.append(Table::Updates, &updates)?;
    sink.append(Table::Duplicates, &duplicates)?;
    sink.append(Table::Failures, &failed)
}

fn encode(
    rows: &OutputRows<'_>,
    decisions: &[Decision],
    body: BodyKind,
    max_size: u64,
    out: &mut Encoded,
) {
    let all = &rows.decided.decisions;
    for decision in decisions {
        let later = |ahead: usize| {
            let later = all.get(decision.ordinal.index() + ahead)?;
            Some(rows.mail(later))
        };
        Mail::prefetch(later, Envelope::prefetch);
        out.decisions.push(&rows.decision(decision));
        if !decision.reason.is_tracked() {
            continue;
        }
        let source = &rows.mail(decision).source;
        let whole = match body {
            BodyKind::None => None,
            BodyKind::Text | BodyKind::Html => {
                let reader = out.reader.get_or_insert_with(|| Reader::new(max_size));
                reader.whole(source).ok()
            }
        };
        let is_journaled = rows.mail(decision).envelope.is_journaled;
        let whole = whole.and_then(|whole| match is_journaled {
            true => reported(&whole).map(Cow::Owned),
            false => Some(whole),
        });
        let read = whole.as_ref().and_then(|whole| read_body(whole, body));
        if read.is_none() && body != BodyKind::None {
            out.written.bodies_lost.push(source.name().into());
        }
        if let Some(email) = rows.email(decision, read) {
            out.emails.push(&email);
        }
        rows.parties(decision, &mut |party| {
            out.written.parties.count(party);
            out.parties.push(party);
        });
    }
    if let Some(reader) = &mut out.reader {
        reader.shrink();
    }
}

/// Returns the message in a journal report.
fn reported(whole: &[u8]) -> Option<Vec<u8>> {
    let read = || Some(journal::read(whole, true)?.ok()?.message.into_owned());
    guarded(read).ok().flatten()
}

/// Returns the body of a message; `None` if it cannot be read.
fn read_body(message: &[u8], kind: BodyKind) -> Option<Body<'_>> {
    let read = || mime::body(message, kind == BodyKind::Html);
    guarded(read).ok()
}
