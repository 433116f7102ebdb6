//! From the lines of an output folder to what a report says.

use crate::inspect::report::outcomes::Outcomes;
use crate::inspect::report::strangers::IsUnwanted;
use std::collections::{BTreeMap, VecDeque};

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;

use super::names::Names;
use super::shared::{Shared, Sharing};
use super::strangers;
use super::strangers::Strangers;
use super::summary::SummaryLine;
use super::talks::{Talk, Talks};
use super::times::Days;
use crate::decide::created::Why;
use crate::decide::track::Reason;
use crate::mail::address::Address;
use crate::mail::direction::Direction;
use crate::mail::rules::Rules;
use crate::output::committed::error::CommittedError;
use crate::output::committed::reader::Committed;
use crate::output::committed::row_types::{
    DecisionLine, EmailLine, FailureLine, PartyLine, RecordLine,
};
use crate::output::table::Table;

/// At most so many lines of a list stand on the page; the folder's files have all.
pub(super) const LISTED_MAX: usize = 500;

/// A decision that the page's table has.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) source: Box<str>,
    /// The place of what its run was given, if that is known.
    pub(super) given: Option<usize>,
    pub(super) time: Option<Timestamp>,
    pub(super) is_outgoing: bool,
    pub(super) reason: Reason,
    pub(super) mailbox: u32,
    pub(super) sender: Option<u32>,
    pub(super) sender_record: Option<u32>,
    pub(super) accepting: Option<u32>,
    pub(super) method: Option<u8>,
    pub(super) activity: Option<Box<str>>,
    pub(super) created: Vec<u32>,
    pub(super) not_created: Vec<(u32, Why)>,
    pub(super) subject: Option<Box<str>>,
    pub(super) regarding: Option<u32>,
    pub(super) tied_to: Option<Box<str>>,
    pub(super) parties: Vec<Party>,
}

/// A party of a decision's activity.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) mask: u8,
    pub(super) address: Option<u32>,
    pub(super) record: Option<u32>,
    pub(super) is_out_of_scope: bool,
}

/// A created record.
#[derive(Debug)]
pub(super) struct Created {
    pub(super) record: u32,
    pub(super) address: String,
    pub(super) company: Option<String>,
    pub(super) activity: Box<str>,
}

/// Addresses that were refused for one reason.
#[derive(Debug, Default)]
pub(super) struct Refused {
    /// By address: how often.
    pub(super) addresses: HashMap<u32, u64>,
}

/// What a report says.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(super) reasons: BTreeMap<Reason, u64>,
    pub(super) outcomes: Outcomes,
    pub(super) days: Days,
    pub(super) by_mailbox: BTreeMap<u32, Outcomes>,
    pub(super) strangers: strangers::Told,
    pub(super) shared: Vec<Shared>,
    pub(super) shared_count: usize,
    /// Whether a book said which addresses several records share.
    pub(super) has_book: bool,
    pub(super) created: Vec<Created>,
    pub(super) created_counts: BTreeMap<&'static str, u64>,
    pub(super) refused: BTreeMap<Why, Refused>,
    pub(super) talks: Vec<Talk>,
    pub(super) failures: Vec<(String, String)>,
    pub(super) failure_count: u64,
    /// Activities that `send` made.
    pub(super) sent: u64,
    /// The decisions that the table has, in the order in which they were made.
    pub(super) entries: Vec<Entry>,
    /// How many earlier ones it does not have.
    pub(super) left_out: u64,
    pub(super) mailboxes: Names,
    pub(super) records: Names,
    pub(super) record_names: HashMap<u32, Box<str>>,
    /// Addresses and other words for senders, as they were written.
    pub(super) written: Names,
    /// Where a tracked decision of the table stands, by its activity.
    pub(super) places: HashMap<Box<str>, u32>,
}

/// What is counted while lines are read.
#[derive(Default)]
struct Counting {
    report: Report,
    strangers: Strangers,
    sharing: Sharing,
    talks: Talks,
    /// Addresses in normal form.
    addresses: Names,
    /// From a text as it was written to its address's number.
    normal: HashMap<u32, Option<u32>>,
    kept: VecDeque<Entry>,
}

/// Asks a book which records have each of these addresses.
pub(super) type AskBook<'a> = dyn Fn(&[&str]) -> Vec<Vec<(String, Option<String>)>> + 'a;

/// Reads an output folder. The table gets the last `rows_max` decisions; all else is about every one.
///
/// # Errors
/// Where the folder's files cannot be read, or are not as runs write them.
pub(crate) fn gather(
    folder: &Committed,
    rules: &Rules,
    rows_max: usize,
    ask_book: Option<&AskBook<'_>>,
    is_unwanted: &IsUnwanted<'_>,
) -> Result<Report, CommittedError> {
    let mut all = Counting::default();
    folder.each_at::<_, CommittedError>(Table::Decisions, |start, line| {
        all.decision(line, folder.given_at(start), rows_max);
        Ok(())
    })?;
    all.place_entries();
    folder.each::<_, CommittedError>(Table::Emails, |line| {
        all.email(line);
        Ok(())
    })?;
    folder.each::<_, CommittedError>(Table::ActivityParties, |line| {
        all.party(&line);
        Ok(())
    })?;
    let mut made = HashSet::new();
    for table in [Table::Contacts, Table::Leads] {
        folder.each::<_, CommittedError>(table, |line| {
            made.extend(all.created(line));
            Ok(())
        })?;
    }
    folder.each::<_, CommittedError>(Table::Failures, |line: FailureLine| {
        all.report.failure_count += 1;
        if all.report.failures.len() < LISTED_MAX {
            all.report.failures.push((line.source, line.error));
        }
        Ok(())
    })?;
    let summary: SummaryLine = folder.summary()?.unwrap_or_default();
    all.sharing
        .summary(&summary, &mut all.addresses, &mut all.report.records);
    if let Some(ask) = ask_book {
        all.ask_book(ask);
    }
    Ok(all.end(&made, rules, is_unwanted))
}

impl Counting {
    fn decision(&mut self, line: DecisionLine, given: Option<usize>, rows_max: usize) {
        let report = &mut self.report;
        let outcome = Outcomes::of(line.reason);
        *report.reasons.entry(line.reason).or_default() += 1;
        report.outcomes.add(outcome);
        report.days.add(line.receivedon, outcome);
        let mailbox = report.mailboxes.number(&line.mailbox);
        report.by_mailbox.entry(mailbox).or_default().add(outcome);
        let sender = line.sender.as_deref().map(|it| report.written.number(it));
        let record = line
            .senderrecord
            .as_deref()
            .map(|it| report.records.number(it));
        if let Some(address) = sender.and_then(|sender| self.normal(sender)) {
            self.strangers.add(&line, address);
            if let Some(record) = record {
                self.sharing.sender(address, record);
            }
        }
        let not_created = self.refused(&line);
        let records = &mut self.report.records;
        self.kept.push_back(Entry {
            time: line.receivedon,
            is_outgoing: line.direction == Direction::Outgoing,
            reason: line.reason,
            mailbox,
            sender,
            sender_record: record,
            accepting: line.acceptingentityid.map(|it| records.number(&it)),
            method: line.correlationmethod,
            activity: line.activityid,
            created: line.created.iter().map(|it| records.number(it)).collect(),
            not_created,
            source: line.source,
            given,
            subject: None,
            regarding: None,
            tied_to: None,
            parties: Vec::new(),
        });
        if self.kept.len() > rows_max {
            self.kept.pop_front();
            self.report.left_out += 1;
        }
    }

    fn refused(&mut self, line: &DecisionLine) -> Vec<(u32, Why)> {
        let mut out = Vec::new();
        for it in &line.notcreated {
            let address = self.report.written.number(&it.address);
            let refused = self.report.refused.entry(it.why).or_default();
            *refused.addresses.entry(address).or_default() += 1;
            out.push((address, it.why));
        }
        out
    }

    /// The number of a written address's normal form; none where it is no address.
    fn normal(&mut self, written: u32) -> Option<u32> {
        let (texts, addresses) = (&self.report.written, &mut self.addresses);
        *self.normal.entry(written).or_insert_with(|| {
            let address = Address::parse(texts.text(written))?;
            Some(addresses.number(address.as_str()))
        })
    }

    fn place_entries(&mut self) {
        self.report.entries = std::mem::take(&mut self.kept).into();
        for (place, entry) in (0..).zip(&self.report.entries) {
            if let Some(activity) = entry
                .activity
                .as_ref()
                .filter(|_| entry.reason.is_tracked())
            {
                self.report.places.insert(activity.clone(), place);
            }
        }
    }

    fn entry(&mut self, activity: &str) -> Option<&mut Entry> {
        let place = *self.report.places.get(activity)?;
        self.report.entries.get_mut(place as usize)
    }

    fn email(&mut self, line: EmailLine) {
        self.report.sent += u64::from(line.reason == Reason::Sent);
        let regarding = line
            .regardingobjectid
            .map(|it| self.report.records.number(&it));
        self.talks.add(
            &line.activityid,
            line.correlatedactivityid.as_deref(),
            line.subject.clone(),
            line.receivedon,
        );
        if let Some(entry) = self.entry(&line.activityid) {
            entry.subject = line.subject;
            entry.regarding = regarding;
            entry.tied_to = line.correlatedactivityid;
        }
    }

    fn party(&mut self, line: &PartyLine) {
        let report = &mut self.report;
        let address = line
            .addressused
            .as_deref()
            .map(|it| report.written.number(it));
        let record = line.partyid.as_deref().map(|it| report.records.number(it));
        if let (Some(record), Some(name)) = (record, &line.partyidname) {
            report.record_names.insert(record, name.as_str().into());
        }
        if let Some(normal) = address.and_then(|address| self.normal(address)) {
            self.sharing.party(line, normal, record);
        }
        if let Some(entry) = self.entry(&line.activityid) {
            entry.parties.push(Party {
                mask: line.participationtypemask,
                address,
                record,
                is_out_of_scope: line.outofscope,
            });
        }
    }

    /// Takes note of a created record; its address's number.
    fn created(&mut self, line: RecordLine) -> Option<u32> {
        let report = &mut self.report;
        let (kind, id) = line.record()?;
        *report.created_counts.entry(kind).or_default() += 1;
        let record = report.records.number(&format!("{kind}:{id}"));
        if let Some(name) = line.fullname.or(line.lastname) {
            report.record_names.insert(record, name.into());
        }
        let written = report.written.number(&line.emailaddress1);
        if report.created.len() < LISTED_MAX {
            report.created.push(Created {
                record,
                address: line.emailaddress1,
                company: line.companyname.or(line.parentcustomerid),
                activity: line.activityid,
            });
        }
        self.normal(written)
    }

    fn ask_book(&mut self, ask: &AskBook<'_>) {
        let asked: Vec<&str> = self.addresses.texts().iter().map(|it| &**it).collect();
        let report = &mut self.report;
        report.has_book = true;
        for (address, found) in (0..).zip(ask(&asked)) {
            let is_shared = found.len() > 1;
            let several = found.into_iter().filter(|_| is_shared);
            let numbers = several.map(|(record, name)| {
                let record = report.records.number(&record);
                if let Some(name) = name {
                    report.record_names.insert(record, name.into());
                }
                record
            });
            self.sharing.book(address, numbers);
        }
    }

    fn end(mut self, made: &HashSet<u32>, rules: &Rules, is_unwanted: &IsUnwanted<'_>) -> Report {
        let mut report = self.report;
        self.strangers.leave_out(&self.addresses, made, is_unwanted);
        report.strangers = self.strangers.told(&self.addresses, rules);
        (report.shared, report.shared_count) = self.sharing.told(&self.addresses);
        report.talks = self.talks.whole();
        report.copy_subjects();
        report
    }
}

impl Report {
    /// How many decisions it is about.
    pub(crate) fn decisions(&self) -> u64 {
        self.outcomes.total()
    }

    /// A duplicate's subject is that of the message that was tracked.
    fn copy_subjects(&mut self) {
        let of_duplicates: Vec<(usize, Option<Box<str>>)> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.reason.is_tracked())
            .filter_map(|(at, entry)| Some((at, self.place(entry.activity.as_deref()?)?)))
            .map(|(at, place)| (at, self.entries[place as usize].subject.clone()))
            .collect();
        for (at, subject) in of_duplicates {
            self.entries[at].subject = subject;
        }
    }

    /// Where the tracked decision of an activity stands in the table.
    pub(super) fn place(&self, activity: &str) -> Option<u32> {
        self.places.get(activity).copied()
    }

    /// What a record is called, and its `type:id`.
    pub(super) fn record_words(&self, record: u32) -> (Option<&str>, &str) {
        let name = self.record_names.get(&record).map(|name| &**name);
        (name, self.records.text(record))
    }
}
