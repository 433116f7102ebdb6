//! Reads an output folder into a report.

use std::collections::VecDeque;

use hashbrown::{HashMap, HashSet};

use super::conversations::Conversations;
use super::interner::Interner;
use super::model::{CreatedRecord, DecisionRow, Report, RowParty};
use super::outcomes::Outcome;
use super::shared_addresses::SharedAddresses;
use super::summary::Summary;
use super::unknown_senders::{IsUnwanted, UnknownSenders};
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

/// At most this many failures and created records are listed.
pub(super) const LISTED_MAX: usize = 500;

/// The state of reading a folder.
#[derive(Default)]
struct Gatherer {
    report: Report,
    unknown_senders: UnknownSenders,
    shared_addresses: SharedAddresses,
    conversations: Conversations,
    /// Addresses in normal form.
    addresses: Interner,
    /// The id of the normal form for each id of a written text; `None` if the text is not an address.
    normal: HashMap<u32, Option<u32>>,
    /// The last decisions so far.
    kept: VecDeque<DecisionRow>,
}

/// Looks up addresses in an address book; returns for each its records as `type:id`, with their names.
pub(super) type LookUp<'a> = dyn Fn(&[&str]) -> Vec<Vec<(String, Option<String>)>> + 'a;

/// Reads an output folder. The table has the last `rows_max` decisions; everything else covers all of them.
///
/// # Errors
/// If the folder's files cannot be read, or differ from what runs write.
pub(crate) fn gather(
    folder: &Committed,
    rules: &Rules,
    rows_max: usize,
    look_up: Option<&LookUp<'_>>,
    is_unwanted: &IsUnwanted<'_>,
) -> Result<Report, CommittedError> {
    let mut gatherer = Gatherer::default();
    folder.each_at::<_, CommittedError>(Table::Decisions, |start, line| {
        gatherer.add_decision(line, folder.given_at(start), rows_max);
        Ok(())
    })?;
    gatherer.finish_rows();
    folder.each::<_, CommittedError>(Table::Emails, |line| {
        gatherer.add_email(line);
        Ok(())
    })?;
    folder.each::<_, CommittedError>(Table::ActivityParties, |line| {
        gatherer.add_party(&line);
        Ok(())
    })?;
    let mut created = HashSet::new();
    for table in [Table::Contacts, Table::Leads] {
        folder.each::<_, CommittedError>(table, |line| {
            created.extend(gatherer.add_created(line));
            Ok(())
        })?;
    }
    folder.each::<_, CommittedError>(Table::Failures, |line| {
        gatherer.add_failure(line);
        Ok(())
    })?;
    let summary: Summary = folder.summary()?.unwrap_or_default();
    gatherer.add_summary(&summary);
    if let Some(look_up) = look_up {
        gatherer.add_records_of_book(look_up);
    }
    Ok(gatherer.finish(&created, rules, is_unwanted))
}

impl Gatherer {
    fn add_decision(&mut self, line: DecisionLine, given: Option<usize>, rows_max: usize) {
        let report = &mut self.report;
        let outcome = Outcome::of(line.reason);
        *report.reasons.entry(line.reason).or_default() += 1;
        report.outcomes.count(outcome);
        report.days.add(line.receivedon, outcome);
        let mailbox = report.mailboxes.intern(&line.mailbox);
        report.by_mailbox.entry(mailbox).or_default().count(outcome);
        let sender = line.sender.as_deref().map(|it| report.written.intern(it));
        let sender_record = line.senderrecord.as_deref();
        let sender_record = sender_record.map(|it| report.records.intern(it));
        if let Some(address) = sender.and_then(|sender| self.normal(sender)) {
            self.unknown_senders.add(&line, address);
            if let Some(record) = sender_record {
                self.shared_addresses.add_sender(address, record);
            }
        }
        let not_created = self.add_not_created(&line);
        let records = &mut self.report.records;
        self.kept.push_back(DecisionRow {
            time: line.receivedon,
            is_outgoing: line.direction == Direction::Outgoing,
            reason: line.reason,
            mailbox,
            sender,
            sender_record,
            accepting: line.acceptingentityid.map(|it| records.intern(&it)),
            method: line.correlationmethod,
            activity: line.activityid,
            created: line.created.iter().map(|it| records.intern(it)).collect(),
            not_created,
            source: line.source,
            given,
            subject: None,
            regarding: None,
            correlated: None,
            parties: Vec::new(),
        });
        if self.kept.len() > rows_max {
            self.kept.pop_front();
            self.report.left_out += 1;
        }
    }

    fn add_not_created(&mut self, line: &DecisionLine) -> Vec<(u32, Why)> {
        let mut not_created = Vec::new();
        for it in &line.notcreated {
            let address = self.report.written.intern(&it.address);
            let addresses = self.report.not_created.entry(it.why).or_default();
            *addresses.entry(address).or_default() += 1;
            not_created.push((address, it.why));
        }
        not_created
    }

    /// Returns the id of the normal form of a written address; `None` if the text is not an address.
    fn normal(&mut self, written: u32) -> Option<u32> {
        let (texts, addresses) = (&self.report.written, &mut self.addresses);
        *self.normal.entry(written).or_insert_with(|| {
            let address = Address::parse(texts.text(written))?;
            Some(addresses.intern(address.as_str()))
        })
    }

    /// Makes rows of the decisions that are kept, after all have been read.
    fn finish_rows(&mut self) {
        self.report.rows = std::mem::take(&mut self.kept).into();
        for (number, row) in (0..).zip(&self.report.rows) {
            let tracked = row.activity.as_ref().filter(|_| row.reason.is_tracked());
            if let Some(activity) = tracked {
                self.report.row_of_activity.insert(activity.clone(), number);
            }
        }
    }

    fn row(&mut self, activity: &str) -> Option<&mut DecisionRow> {
        let number = self.report.row(activity)?;
        self.report.rows.get_mut(number as usize)
    }

    fn add_email(&mut self, line: EmailLine) {
        self.report.sent += u64::from(line.reason == Reason::Sent);
        let regarding = line.regardingobjectid.as_deref();
        let regarding = regarding.map(|it| self.report.records.intern(it));
        self.conversations.add(
            &line.activityid,
            line.correlatedactivityid.as_deref(),
            line.subject.clone(),
            line.receivedon,
        );
        if let Some(row) = self.row(&line.activityid) {
            row.subject = line.subject;
            row.regarding = regarding;
            row.correlated = line.correlatedactivityid;
        }
    }

    fn add_party(&mut self, line: &PartyLine) {
        let report = &mut self.report;
        let address = line.addressused.as_deref();
        let address = address.map(|it| report.written.intern(it));
        let record = line.partyid.as_deref().map(|it| report.records.intern(it));
        if let (Some(record), Some(name)) = (record, &line.partyidname) {
            report.record_names.insert(record, name.as_str().into());
        }
        if let Some(normal) = address.and_then(|address| self.normal(address)) {
            self.shared_addresses.add_party(line, normal, record);
        }
        if let Some(row) = self.row(&line.activityid) {
            row.parties.push(RowParty {
                mask: line.participationtypemask,
                address,
                record,
                is_out_of_scope: line.outofscope,
            });
        }
    }

    /// Adds a created record and returns the id of its address.
    fn add_created(&mut self, line: RecordLine) -> Option<u32> {
        let report = &mut self.report;
        let (kind, id) = line.record()?;
        *report.created_counts.entry(kind).or_default() += 1;
        let record = report.records.intern(&format!("{kind}:{id}"));
        if let Some(name) = line.fullname.or(line.lastname) {
            report.record_names.insert(record, name.into());
        }
        let written = report.written.intern(&line.emailaddress1);
        if report.created.len() < LISTED_MAX {
            report.created.push(CreatedRecord {
                record,
                address: line.emailaddress1,
                company: line.companyname.or(line.parentcustomerid),
                activity: line.activityid,
            });
        }
        self.normal(written)
    }

    fn add_failure(&mut self, line: FailureLine) {
        self.report.failure_count += 1;
        if self.report.failures.len() < LISTED_MAX {
            self.report.failures.push((line.source, line.error));
        }
    }

    fn add_summary(&mut self, summary: &Summary) {
        let (addresses, records) = (&mut self.addresses, &mut self.report.records);
        self.shared_addresses
            .add_examples(summary, addresses, records);
    }

    fn add_records_of_book(&mut self, look_up: &LookUp<'_>) {
        let addresses: Vec<&str> = self.addresses.texts().iter().map(|it| &**it).collect();
        let report = &mut self.report;
        report.has_book = true;
        for (address, found) in (0..).zip(look_up(&addresses)) {
            if found.len() < 2 {
                continue;
            }
            let records = found.into_iter().map(|(record, name)| {
                let record = report.records.intern(&record);
                if let Some(name) = name {
                    report.record_names.insert(record, name.into());
                }
                record
            });
            self.shared_addresses.add_records(address, records);
        }
    }

    fn finish(
        mut self,
        created: &HashSet<u32>,
        rules: &Rules,
        is_unwanted: &IsUnwanted<'_>,
    ) -> Report {
        let (mut report, addresses) = (self.report, &self.addresses);
        self.unknown_senders.remove(addresses, created, is_unwanted);
        report.unknown_senders = self.unknown_senders.top(addresses, rules);
        (report.shared, report.shared_count) = self.shared_addresses.most_frequent(addresses);
        report.conversations = self.conversations.grouped();
        copy_subjects(&mut report);
        report
    }
}

/// Gives each duplicate the subject of the message that was tracked, because only activities have one in the output.
fn copy_subjects(report: &mut Report) {
    let subjects: Vec<(usize, Option<Box<str>>)> = report
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| !row.reason.is_tracked())
        .filter_map(|(at, row)| Some((at, report.row(row.activity.as_deref()?)?)))
        .map(|(at, tracked)| (at, report.rows[tracked as usize].subject.clone()))
        .collect();
    for (at, subject) in subjects {
        report.rows[at].subject = subject;
    }
}
