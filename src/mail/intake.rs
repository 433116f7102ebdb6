//! One message as it was read, and all mail of a run.

use crate::base::memory;
use crate::base::panics::Panic;
use crate::mail::envelope::Distinct;
use crate::mail::envelope::Envelope;
use crate::mail::envelope::EnvelopeDraft;
use crate::mail::source::Source;
use crate::mail::source::SourceKey;
use crate::mail::source::Stamp;
use crate::mail::source::Unread;
use crate::mail::source::failure::Failure;
use crate::mail::source::listing::FileCounts;
use crate::mail::source::mail_file::MailFile;

/// A message as the fold takes it: where it lies, and its envelope.
#[derive(Debug)]
pub struct Mail {
    /// Where it lies.
    pub source: Source,
    /// What the decision needs of it.
    pub envelope: Envelope,
    /// Whether an earlier run's decision stands, and only a folder's rule is looked at again (`--again`, R5).
    pub stands: bool,
}

impl Mail {
    /// Messages are decided in another order than that in which they lie in memory, and who goes over them so would wait for
    /// each. Has the processor fetch the one that comes in a while, and by `parts` what belongs to one that comes sooner.
    pub fn prefetch<'m>(later: impl Fn(usize) -> Option<&'m Mail>, parts: impl FnOnce(&Envelope)) {
        if let Some(mail) = later(16) {
            memory::prefetch_value(mail);
        }
        if let Some(mail) = later(8) {
            parts(&mail.envelope);
        }
    }
}

/// At most this many skipped files are named.
const SKIPPED_NAMED_MAX: usize = 5;

/// All mail that was read.
#[derive(Debug, Default)]
pub struct Intake {
    /// The messages.
    pub mail: Vec<Mail>,
    /// Every distinct address and id in them.
    pub distinct: Distinct,
    /// What could not be read, by source.
    pub failures: Vec<Failure>,
    /// The files.
    pub files: FileCounts,
    /// Names of skipped files, a few of them.
    pub skipped: Vec<Box<str>>,
    /// Files that were read and are surely no mail; a compressed one may hold some.
    pub no_mail: Vec<SourceKey>,
    /// The mbox files and archives that were read.
    pub archives: Vec<SourceKey>,
    /// The skipped files that may well hold mail; those within an archive too.
    pub unread: Unread,
    /// The files' stamps, where they were asked for.
    pub stamps: Vec<(SourceKey, Stamp)>,
}

impl Intake {
    pub(crate) fn skip(&mut self, file: &MailFile) {
        self.files.skipped += 1;
        if self.skipped.len() < SKIPPED_NAMED_MAX {
            self.skipped.push(file.name().into());
        }
    }

    pub(crate) fn take(&mut self, source: Source, draft: EnvelopeDraft) {
        let envelope = draft.finish(&mut self.distinct);
        self.mail.push(Mail {
            source,
            envelope,
            stands: false,
        });
    }

    pub(crate) fn fail(&mut self, source: &str, place: SourceKey, error: String) {
        self.failures.push(Failure {
            source: source.into(),
            error,
            place,
        });
    }
}

pub(crate) const NO_HEADER: &str = "has no header fields, so it is not a message";

/// The line in failures of a message that the parser panics on.
pub(crate) fn parser_failed(panic: &Panic) -> String {
    format!("the parser failed on it; please report this: {panic}")
}
