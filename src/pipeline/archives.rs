//! Reading files that hold several messages: mbox files and archives, one after another, their messages on all threads.

use super::intake::{Intake, NO_HEADER, READ_BATCH, parser_failed};
use super::labels::{self, Labelled};
use super::{BATCH, Progress, drafts};
use crate::envelope::{Draft, Drafting};
use crate::message::head_end;
use crate::panics::guarded;
use crate::rules::Rules;
use crate::source::{Content, Described, MailFile, Opened, Source, open, part};
use crate::threads::Threads;

/// Reads the heads of a file's messages.
pub(super) fn read(
    intake: &mut Intake,
    file: &MailFile,
    rules: &Rules,
    max_size: u64,
    threads: &Threads,
    progress: &dyn Progress,
) {
    let opened = guarded(|| open(file)).map_err(|panic| parser_failed(&panic));
    let opened = opened.and_then(|opened| opened.map_err(|error| error.to_string()));
    let Opened {
        sources,
        failures,
        nested,
    } = match opened {
        Ok(opened) => opened,
        Err(error) => {
            intake.files.unreadable += 1;
            return intake.fail(&file.name(), file.place(), error);
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
        let batch: Vec<Described> = sources.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let mut drafts: Vec<Result<Ranged, String>> =
            threads.map_with(&batch, READ_BATCH, Drafting::default, |drafting, source| {
                read_range(source, drafting, rules, max_size)
            });
        progress.advance(batch.len() as u64);
        for (at, mut source) in batch.into_iter().enumerate() {
            let later = |ahead: usize| Some(&drafts.get(at + ahead)?.as_ref().ok()?.draft);
            Draft::prefetch(later, &intake.distinct);
            match std::mem::replace(&mut drafts[at], Err(String::new())) {
                Ok(Ranged { draft, labels }) => {
                    if let Some(written) = labels {
                        labelled.place(&mut source, written);
                    }
                    intake.take(Source::Other(source.into()), draft);
                }
                Err(error) => intake.fail(&source.name, source.place, error),
            }
        }
    }
}

/// What was read of a message in a range of a file.
struct Ranged {
    draft: Draft,
    /// What it says of its labels.
    labels: Option<Box<[u8]>>,
}

fn read_range(
    source: &Described,
    drafting: &mut Drafting,
    rules: &Rules,
    max_size: u64,
) -> Result<Ranged, String> {
    let (Content::Mbox(map, range) | Content::Part(map, range)) = &source.content else {
        return Err(NO_HEADER.into());
    };
    let read = guarded(|| {
        let bytes = part(map.bytes(), range, max_size).map_err(|error| error.to_string())?;
        let body = head_end(bytes, 0).unwrap_or(bytes.len());
        let (head, after) = bytes.split_at(body);
        let mut draft = drafting.read(head, rules).ok_or(NO_HEADER)?;
        if drafts::wants_whole(&draft, head, after) {
            draft = drafts::complete(draft, bytes, drafting, rules)?;
        }
        let labels = matches!(source.content, Content::Mbox(..)).then(|| labels::written(bytes));
        Ok(Ranged {
            draft,
            labels: labels.flatten(),
        })
    });
    read.unwrap_or_else(|panic| Err(parser_failed(&panic)))
}
