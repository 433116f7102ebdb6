//! The messages that were read, and everything else that reading the mail of a run yields.

use crate::base::memory;
use crate::mail::envelope::Distinct;
use crate::mail::envelope::Envelope;
use crate::mail::envelope::EnvelopeDraft;
use crate::mail::source::MessageSource;
use crate::mail::source::SourceKey;
use crate::mail::source::Stamp;
use crate::mail::source::Unread;
use crate::mail::source::failure::Failure;
use crate::mail::source::listing::FileCounts;
use crate::mail::source::mail_file::MailFile;

/// A message as the fold receives it.
#[derive(Debug)]
pub struct Mail {
    /// Its location.
    pub source: MessageSource,
    /// Its envelope.
    pub envelope: Envelope,
    /// Whether an earlier run's decision is kept, and only a folder's rule is checked again (`--again`, R5).
    pub stands: bool,
}

impl Mail {
    /// Prefetches the next messages. They are decided in another order than they have in memory, so a loop over them
    /// would wait for each. The message some steps ahead is fetched first, and its `parts` a few steps later.
    pub fn prefetch<'m>(later: impl Fn(usize) -> Option<&'m Mail>, parts: impl FnOnce(&Envelope)) {
        if let Some(mail) = later(16) {
            memory::prefetch_value(mail);
        }
        if let Some(mail) = later(8) {
            parts(&mail.envelope);
        }
    }
}

/// Maximum number of skipped files that are named.
const SKIPPED_NAMED_MAX: usize = 5;

/// The number of a message among all that were read, in the order of their sources, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageNumber(pub u32);

impl MessageNumber {
    /// Returns its index in [`Intake::mail`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All mail that was read.
#[derive(Debug, Default)]
pub struct Intake {
    /// The messages.
    pub mail: Vec<Mail>,
    /// Every distinct address and id of the messages.
    pub distinct: Distinct,
    /// The messages that could not be read, by source.
    pub failures: Vec<Failure>,
    /// The counts of files.
    pub files: FileCounts,
    /// Names of the first skipped files.
    pub skipped: Vec<Box<str>>,
    /// Files that were read and are certain not to be mail; a compressed one may contain some.
    pub no_mail: Vec<SourceKey>,
    /// The mbox files and archives that were read.
    pub archives: Vec<SourceKey>,
    /// Skipped files that probably contain mail, including those within archives.
    pub unread: Unread,
    /// The files' stamps, if they were requested.
    pub stamps: Vec<(SourceKey, Stamp)>,
}

impl Intake {
    pub(crate) fn skip(&mut self, file: &MailFile) {
        self.files.skipped += 1;
        if self.skipped.len() < SKIPPED_NAMED_MAX {
            self.skipped.push(file.name().into());
        }
    }

    pub(crate) fn take(&mut self, source: MessageSource, draft: EnvelopeDraft) {
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
