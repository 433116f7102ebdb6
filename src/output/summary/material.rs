//! The input of a summary.

use crate::decide::decision::Decision;
use crate::mail::source::Unread;
use crate::mail::source::failure::Failure;
use crate::mail::source::listing::FileCounts;
use crate::options::MailboxId;
use crate::output::OutputRows;
use crate::output::summary::counts::Written;

/// The input of a summary.
pub struct Material<'a> {
    /// The source of the rows.
    pub rows: &'a OutputRows<'a>,
    /// The counts made while writing.
    pub written: &'a Written,
    /// The number of files.
    pub files: FileCounts,
    /// The files and messages that could not be read.
    pub failures: &'a [Failure],
    /// Names of skipped files.
    pub skipped: &'a [Box<str>],
    /// The skipped files that may contain mail.
    pub unread: Unread,
    /// Messages that an earlier run decided at the same place.
    pub seen: u64,
    /// Whether an earlier run tracked anything.
    pub has_earlier: bool,
    /// Messages that earlier runs decided with other options or another book.
    pub decided_under_others: u64,
    /// A note that the book was rebuilt.
    pub book_note: Option<&'a str>,
    /// Warnings that the book is too old, or that its source could not be read.
    pub book_doubts: Vec<String>,
    /// The run's reference time, RFC 3339.
    pub now: String,
}

pub(super) fn stray(rows: &OutputRows<'_>) -> u64 {
    let has_others = rows.resolver.options.mailboxes.len() > 1;
    let is_stray = |it: &&Decision| has_others && it.receiving == MailboxId::GENERAL;
    rows.decided.decisions.iter().filter(is_stray).count() as u64
}
