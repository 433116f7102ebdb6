//! The lines of an output folder, as far as a report reads them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::create::Why;
use crate::track::{Direction, Reason};

/// A line of `decisions.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct DecisionLine {
    pub(super) source: Box<str>,
    pub(super) receivedon: Option<Timestamp>,
    pub(super) direction: Direction,
    pub(super) reason: Reason,
    pub(super) mailbox: String,
    pub(super) acceptingentityid: Option<String>,
    pub(super) sender: Option<String>,
    pub(super) senderrecord: Option<String>,
    pub(super) correlationmethod: Option<u8>,
    pub(super) activityid: Option<Box<str>>,
    pub(super) created: Vec<String>,
    pub(super) notcreated: Vec<NotCreatedLine>,
}

/// An address for which no record was created.
#[derive(Debug, Deserialize)]
pub(super) struct NotCreatedLine {
    pub(super) address: String,
    pub(super) why: Why,
}

/// A line of `emails.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct EmailLine {
    pub(super) activityid: Box<str>,
    pub(super) subject: Option<Box<str>>,
    pub(super) receivedon: Option<Timestamp>,
    pub(super) correlatedactivityid: Option<Box<str>>,
    pub(super) regardingobjectid: Option<String>,
    pub(super) reason: Reason,
}

/// A line of `activityparties.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct PartyLine {
    pub(super) activityid: Box<str>,
    pub(super) participationtypemask: u8,
    pub(super) addressused: Option<String>,
    pub(super) partyid: Option<String>,
    pub(super) partyidname: Option<String>,
    pub(super) outofscope: bool,
}

/// A line of `contacts.jsonl` or `leads.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct RecordLine {
    pub(super) contactid: Option<String>,
    pub(super) leadid: Option<String>,
    pub(super) fullname: Option<String>,
    pub(super) lastname: Option<String>,
    pub(super) emailaddress1: String,
    pub(super) companyname: Option<String>,
    pub(super) parentcustomerid: Option<String>,
    pub(super) activityid: Box<str>,
}

/// A line of `failures.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct FailureLine {
    pub(super) source: String,
    pub(super) error: String,
}

/// What a report takes of `summary.json`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SummaryLine {
    #[serde(default)]
    pub(super) sharedaddressexamples: Vec<SharedLine>,
}

/// An address of the last run that several records have.
#[derive(Debug, Deserialize)]
pub(super) struct SharedLine {
    pub(super) address: String,
    pub(super) records: Vec<String>,
}
