//! Computes the summary of a run from its decisions.

use crate::output::summary::counts::{
    AddressCount, EXAMPLES_MAX, Files, MessageCounts, PartyCounts, SharedAddress, Timing,
};
use crate::output::summary::material::{Material, stray};
use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashSet};
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::time_schema::Time;
use crate::decide::created::Why;
use crate::decide::decision::Decision;
use crate::decide::duplicates::duplicate::{Certainty, Duplicate};
use crate::decide::track::Reason;
use crate::mail::address::Address;
use crate::mail::envelope::{AddressId, When};
use crate::mail::source::failure::Failure;
use crate::options::Track;
use crate::output::OutputRows;

use super::warnings::warnings;

/// `summary.json`: counts of the last run, and how long it took.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    /// Version of the program.
    pub version: &'static str,
    /// Reference time of the run: the clock, or `--now`.
    #[schemars(with = "Time")]
    pub now: String,
    /// Messages by outcome.
    pub messages: MessageCounts,
    /// Files by outcome.
    pub files: Files,
    /// Decisions by reason (R4).
    pub reasons: BTreeMap<Reason, u64>,
    /// Created records by type.
    pub created: BTreeMap<&'static str, u64>,
    /// Addresses without a created record, by reason (R11).
    pub notcreated: BTreeMap<Why, u64>,
    /// Tracked messages by correlation method (R8).
    pub correlationmethods: BTreeMap<u8, u64>,
    /// How activity parties were linked.
    pub parties: PartyCounts,
    /// Records of the book by type.
    pub records: BTreeMap<String, u64>,
    /// Distinct addresses in the book.
    pub bookaddresses: u64,
    /// Lines added to `updates.jsonl`.
    pub updates: u64,
    /// Lines added to `duplicates.jsonl`, by certainty.
    pub duplicates: BTreeMap<Certainty, u64>,
    /// Messages that earlier runs decided under other options or with another book (R1).
    pub decidedunderothers: u64,
    /// Messages outside every configured mailbox.
    pub straymessages: u64,
    /// Tracked activities that equal an earlier one in sender, date, subject and recipients under another Message-ID.
    pub likelycopies: u64,
    /// Addresses of this mail that several records have.
    pub sharedaddresses: u64,
    /// At most 5 of these, those with the most records first.
    pub sharedaddressexamples: Vec<SharedAddress>,
    /// At most 5 senders without a record who wrote most; automated mail, bulk mail, role accounts, blocked senders
    /// and colleagues are left out.
    pub senderswithoutrecord: Vec<AddressCount>,
    /// Names of some skipped files.
    pub skippedexamples: Vec<String>,
    /// At most 5 failures.
    pub failureexamples: Vec<String>,
    /// What the terminal shows as notes.
    pub notes: Vec<String>,
    /// What the terminal shows as warnings.
    pub warnings: Vec<String>,
    /// How long it took.
    pub timing: Timing,
}

impl Summary {
    /// Computes the summary.
    pub fn new(material: Material<'_>) -> Summary {
        let Material { rows, files, .. } = &material;
        let decisions = &rows.decided.decisions;
        let mut reasons: BTreeMap<Reason, u64> = BTreeMap::new();
        let mut notcreated: BTreeMap<Why, u64> = BTreeMap::new();
        let mut methods: BTreeMap<u8, u64> = BTreeMap::new();
        for decision in decisions {
            *reasons.entry(decision.reason).or_default() += 1;
            decision
                .not_created()
                .iter()
                .for_each(|(_, why)| *notcreated.entry(*why).or_default() += 1);
            if let Some(correlated) = decision.correlated {
                *methods.entry(correlated.method.code()).or_default() += 1;
            }
        }
        let mut created: BTreeMap<&'static str, u64> =
            BTreeMap::from([("contact", 0), ("lead", 0)]);
        rows.decided
            .created
            .made()
            .for_each(|(_, record)| *created.entry(record.kind).or_default() += 1);
        let (shared, examples) = shared_addresses(rows);
        Summary {
            version: env!("CARGO_PKG_VERSION"),
            now: material.now.clone(),
            messages: message_counts(decisions, &reasons, material.failures, material.seen),
            files: Files {
                total: files.with_messages + files.skipped + files.unreadable,
                withmessages: files.with_messages,
                skipped: files.skipped,
                unreadable: files.unreadable,
            },
            reasons,
            created,
            notcreated,
            correlationmethods: methods,
            parties: material.written.parties.clone(),
            records: rows
                .resolver
                .book
                .counts()
                .into_iter()
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect(),
            bookaddresses: rows.resolver.book.address_count(),
            updates: rows.decided.updates.len() as u64,
            duplicates: duplicates(&rows.decided.duplicates),
            decidedunderothers: material.decided_under_others,
            straymessages: stray(rows),
            likelycopies: likely_copies(rows),
            sharedaddresses: shared,
            sharedaddressexamples: examples,
            senderswithoutrecord: super::unknown_senders::most(rows),
            skippedexamples: material
                .skipped
                .iter()
                .map(|name| name.to_string())
                .collect(),
            failureexamples: material
                .failures
                .iter()
                .take(EXAMPLES_MAX)
                .map(|it| format!("{}: {}", it.source, it.error))
                .collect(),
            notes: notes(&material),
            warnings: warnings(&material),
            timing: Timing::default(),
        }
    }

    /// Returns whether the counts add up (R13).
    pub fn adds_up(&self) -> bool {
        let messages = &self.messages;
        let by_reason: u64 = self.reasons.values().sum();
        let outcomes = messages.tracked
            + messages.nottracked
            + messages.duplicates
            + messages.seen
            + messages.failures;
        let files = self.files.withmessages + self.files.skipped + self.files.unreadable;
        outcomes == messages.total
            && by_reason + messages.seen + messages.failures == messages.total
            && files == self.files.total
    }
}

pub(super) fn duplicates(all: &[Duplicate]) -> BTreeMap<Certainty, u64> {
    let both = [Certainty::Certain, Certainty::Possible];
    let count = |of| all.iter().filter(|it| it.certainty == of).count() as u64;
    both.into_iter().map(|of| (of, count(of))).collect()
}

fn message_counts(
    decisions: &[Decision],
    reasons: &BTreeMap<Reason, u64>,
    failures: &[Failure],
    seen: u64,
) -> MessageCounts {
    let count = |is: &dyn Fn(Reason) -> bool| {
        let counts = reasons.iter().filter(|(reason, _)| is(**reason));
        counts.map(|(_, count)| count).sum()
    };
    MessageCounts {
        total: (decisions.len() + failures.len()) as u64 + seen,
        tracked: count(&Reason::is_tracked),
        nottracked: count(&|it| !it.is_tracked() && it != Reason::Duplicate),
        duplicates: count(&|it| it == Reason::Duplicate),
        seen,
        failures: failures.len() as u64,
    }
}

/// Counts tracked activities that equal an earlier one in sender, date, subject and recipients under another
/// Message-ID.
fn likely_copies(rows: &OutputRows<'_>) -> u64 {
    let mut seen = HashSet::new();
    let hashing = DefaultHashBuilder::default();
    let tracked = rows
        .decided
        .decisions
        .iter()
        .filter(|it| it.reason.is_tracked());
    let mut recipients: Vec<Option<AddressId>> = Vec::new();
    let is_copy = |decision: &&Decision| {
        let message = &rows.mail(decision).envelope;
        let sender = rows.author(decision).address();
        if sender.is_none() || message.sent_on == When::NONE {
            return false;
        }
        recipients.clear();
        recipients.extend(message.recipients(false).map(|party| party.address));
        recipients.sort_unstable();
        let what = (sender, message.sent_on, message.subject(), &recipients);
        !seen.insert(hashing.hash_one(what))
    };
    tracked.filter(is_copy).count() as u64
}

/// Returns how many addresses of this mail several records have, and some examples.
fn shared_addresses(rows: &OutputRows<'_>) -> (u64, Vec<SharedAddress>) {
    let resolver = rows.resolver;
    let mut count = 0;
    let mut examples = Vec::new();
    for (number, address) in (0u32..).map(AddressId).zip(resolver.addresses.all()) {
        let exact = resolver
            .candidates(number)
            .iter()
            .filter(|it| it.equivalence.is_exact() && !resolver.book.is_left_out(it.record));
        let mut records: Vec<_> = exact.map(|it| it.record).collect();
        records.dedup();
        if records.len() > 1 {
            count += 1;
            examples.push((records.len(), address, records));
        }
    }
    examples.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
    examples.truncate(EXAMPLES_MAX);
    let shown = |(_, address, records): (usize, &Address, Vec<_>)| SharedAddress {
        address: address.as_str().into(),
        records: records
            .into_iter()
            .map(|record| resolver.book.reference(record).to_string())
            .collect(),
    };
    (count, examples.into_iter().map(shown).collect())
}

/// Returns notes about the result.
fn notes(of: &Material<'_>) -> Vec<String> {
    let decided_under_others = of.decided_under_others;
    let mut notes = Vec::new();
    notes.extend(of.book_note.map(ToOwned::to_owned));
    notes.extend(nothing_tracked(of.rows, of.has_earlier));
    if decided_under_others > 0 {
        notes.push(match decided_under_others {
            1 => "1 message keeps the decision of an earlier run with other options or another book; `run --again` decides it again unless it is tracked".into(),
            many => format!(
                "{many} messages keep the decisions of earlier runs with other options or another book; `run --again` decides the untracked ones again"
            ),
        });
    }
    notes
}

fn nothing_tracked(rows: &OutputRows<'_>, has_earlier: bool) -> Option<String> {
    let options = rows.resolver.options;
    let decisions = &rows.decided.decisions;
    let wants_replies = options
        .mailboxes
        .iter()
        .any(|mailbox| mailbox.email.track == Track::Responses);
    if decisions.is_empty() || decisions.iter().any(|it| it.reason.is_tracked()) {
        None
    } else if wants_replies && rows.resolver.book.has_no_emails() && !has_earlier {
        Some(
            "nothing was tracked: track = \"responses\" tracks replies to tracked mail, and there is none yet: no email.csv in the book, and no message in a tracked folder"
                .into(),
        )
    } else {
        Some("nothing was tracked; the reasons are above, and `mailtrack explain` says more about any message".into())
    }
}
