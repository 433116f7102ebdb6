//! What a summary is made of.

use crate::decide::decision::Decision;
use crate::mail::source::Unread;
use crate::mail::source::failure::Failure;
use crate::mail::source::listing::FileCounts;
use crate::options::MailboxId;
use crate::output::Rows;
use crate::output::summary::counts::Written;

/// What a summary is made of.
pub struct Material<'a> {
    /// The rows' makings.
    pub rows: &'a Rows<'a>,
    /// What writing counted.
    pub written: &'a Written,
    /// The files.
    pub files: FileCounts,
    /// What could not be read.
    pub failures: &'a [Failure],
    /// Names of skipped files.
    pub skipped: &'a [Box<str>],
    /// The skipped files that may well hold mail.
    pub unread: Unread,
    /// Messages that an earlier run decided at the same place.
    pub seen: u64,
    /// Whether an earlier run tracked anything.
    pub has_earlier: bool,
    /// Messages that stand as earlier runs decided them under other options or with another book.
    pub decided_under_others: u64,
    /// That the book was built again.
    pub book_note: Option<&'a str>,
    /// That the book is older than it should be, or could not be asked.
    pub book_doubts: Vec<String>,
    /// The run's reference time, RFC 3339.
    pub now: String,
}

pub(super) fn stray(rows: &Rows<'_>) -> u64 {
    let has_others = rows.resolver.options.mailboxes.len() > 1;
    let is_stray = |it: &&Decision| has_others && it.receiving == MailboxId::GENERAL;
    rows.decided.decisions.iter().filter(is_stray).count() as u64
}
