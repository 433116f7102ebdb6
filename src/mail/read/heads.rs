//! The first stage of a run: reads the header sections of all mail in parallel, then interns and stores what they
//! contain in the order of the files.

use super::error::MessageError;
use super::{archives, drafts};
use crate::base::panics::guarded;
use crate::base::progress::Progress;
use crate::base::threads::BATCH;
use crate::base::threads::Threads;
use crate::mail::envelope::{EnvelopeDraft, HeaderReader};
use crate::mail::intake::Intake;
use crate::mail::read::drafts::READ_BATCH;
use crate::mail::rules::Rules;
use crate::mail::source::form::MailFormat;
use crate::mail::source::listing::Discovered;
use crate::mail::source::mail_file::MailFile;
use crate::mail::source::packing::Packing;
use crate::mail::source::{MessageSource, Reader, Stamp};

#[derive(Default)]
pub(crate) enum FileRead {
    Message(EnvelopeDraft, Option<Packing>),
    /// An mbox file or an archive.
    Several(Option<Packing>),
    #[default]
    Other,
    Failed(MessageError),
    Unreadable(String),
}

impl FileRead {
    fn draft(&self) -> Option<&EnvelopeDraft> {
        match self {
            FileRead::Message(draft, _) => Some(draft),
            _ => None,
        }
    }
}

/// Reads the header sections of all mail.
pub fn read(
    discovered: Discovered,
    rules: &Rules,
    max_size: u64,
    threads: &Threads,
    progress: &dyn Progress,
) -> Intake {
    let mut intake = Intake {
        failures: discovered.failures,
        files: discovered.counts,
        ..Intake::default()
    };
    let mut archives = Vec::new();
    intake.mail.reserve(discovered.files.len());
    if discovered.wants_stamps {
        intake.stamps.reserve(discovered.files.len());
    }
    progress.stage("reading", discovered.files.len() as u64);
    let mut batches = discovered.files.chunks(BATCH);
    let mut read: (&[MailFile], Vec<WithStamp>) = Default::default();
    let reader = || Reader::new(max_size).taking_stamps(discovered.wants_stamps);
    loop {
        // One batch is interned and stored while the next is read.
        let next = batches.next().unwrap_or_default();
        let (files, mut previous) = std::mem::take(&mut read);
        let count = files.len() as u64;
        let take = || {
            for (at, file) in files.iter().enumerate() {
                let later = |ahead: usize| previous.get(at + ahead)?.1.draft();
                EnvelopeDraft::prefetch(later, &intake.distinct);
                let (stamp, read) = std::mem::take(&mut previous[at]);
                intake
                    .stamps
                    .extend(stamp.map(|stamp| (file.place(), stamp)));
                match read {
                    FileRead::Several(packing) => archives.push(file.packed(packing)),
                    read => intake.take_file(file, read),
                }
            }
        };
        let (coming, ()) = threads.both(|| read_files(next, rules, &reader, threads), take);
        progress.advance(count);
        if coming.is_empty() {
            break;
        }
        read = (next, coming);
    }
    for file in archives {
        archives::read(&mut intake, &file, rules, max_size, threads, progress);
    }
    intake.distinct.identities.derive(threads);
    intake
        .failures
        .sort_by(|a, b| (&a.source, &a.error).cmp(&(&b.source, &b.error)));
    intake
}

/// What was read of a file, with its stamp if that was requested.
type WithStamp = (Option<Stamp>, FileRead);

fn read_files(
    files: &[MailFile],
    rules: &Rules,
    reader: &(impl Fn() -> Reader + Sync),
    threads: &Threads,
) -> Vec<WithStamp> {
    let start = || (reader(), HeaderReader::default());
    threads.map_with(files, READ_BATCH, start, |(reader, drafting), file| {
        if file.archive().is_some() {
            // It is opened later, on its own.
            return (reader.stamp_of(file), FileRead::Several(None));
        }
        let read = read_file(reader, drafting, file, rules);
        (reader.take_stamp(), read)
    })
}

fn read_file(
    reader: &mut Reader,
    drafting: &mut HeaderReader,
    file: &MailFile,
    rules: &Rules,
) -> FileRead {
    let read = guarded(|| -> Result<FileRead, MessageError> {
        let head = reader.file_head(file)?;
        let (packing, bytes, after) = (head.packing, head.bytes, head.after);
        let draft = match head.form {
            MailFormat::Mbox => return Ok(FileRead::Several(packing)),
            MailFormat::Other => return Ok(FileRead::Other),
            MailFormat::Message => drafting.read(bytes, rules),
        };
        let mut draft = draft.ok_or(MessageError::NoHeader)?;
        if drafts::wants_whole(&draft, bytes, after) {
            let file = file.packed(packing);
            let whole = reader.whole_file(&file)?;
            draft = drafts::complete(draft, whole, drafting, rules)?;
        }
        Ok(FileRead::Message(draft, packing))
    });
    match read.unwrap_or_else(|panic| Err(MessageError::Parser(panic))) {
        Ok(read) => read,
        Err(MessageError::Read(error)) if error.is_of_file() => {
            FileRead::Unreadable(error.to_string())
        }
        Err(error) => FileRead::Failed(error),
    }
}

impl Intake {
    /// Stores what was read of a file.
    fn take_file(&mut self, file: &MailFile, read: FileRead) {
        match read {
            FileRead::Message(draft, packing) => {
                self.files.with_messages += 1;
                self.take(MessageSource::File(file.packed(packing)), draft);
            }
            FileRead::Failed(error) => {
                self.files.with_messages += 1;
                self.fail(&file.name(), file.place(), error.to_string());
            }
            FileRead::Unreadable(error) => {
                self.files.unreadable += 1;
                self.fail(&file.name(), file.place(), error);
            }
            FileRead::Other | FileRead::Several(_) => {
                if !self.unread.meet(&file.name()) {
                    self.no_mail.push(file.place());
                }
                self.skip(file);
            }
        }
    }
}
