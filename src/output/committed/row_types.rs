//! The columns of the output that the program itself reads again, for reports and `explain`. Lines of older versions
//! lack newer keys, which are then `None`.

use crate::decide::class::Class;
use crate::decide::created::Why;
use crate::decide::track::Reason;
use crate::mail::direction::Direction;
use jiff::Timestamp;
use serde::Deserialize;

/// A line of `decisions.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct DecisionLine {
    pub(crate) source: Box<str>,
    pub(crate) messageid: Option<Box<str>>,
    pub(crate) receivedon: Option<Timestamp>,
    pub(crate) direction: Direction,
    pub(crate) reason: Reason,
    pub(crate) mailbox: String,
    pub(crate) acceptingentityid: Option<String>,
    pub(crate) sender: Option<String>,
    pub(crate) senderrecord: Option<String>,
    pub(crate) correlationmethod: Option<u8>,
    pub(crate) activityid: Option<Box<str>>,
    pub(crate) created: Vec<String>,
    pub(crate) notcreated: Vec<NotCreatedLine>,
    pub(crate) class: Option<Class>,
}

/// The columns of a line of `decisions.jsonl` that name its message.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedLine {
    pub(crate) source: Box<str>,
    pub(crate) messageid: Option<Box<str>>,
}

/// An address for which no record was created.
#[derive(Debug, Deserialize)]
pub(crate) struct NotCreatedLine {
    pub(crate) address: String,
    pub(crate) why: Why,
}

/// A line of `emails.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct EmailLine {
    pub(crate) activityid: Box<str>,
    pub(crate) messageid: Option<Box<str>>,
    pub(crate) subject: Option<Box<str>>,
    pub(crate) receivedon: Option<Timestamp>,
    pub(crate) directioncode: bool,
    pub(crate) sender: Option<Box<str>>,
    pub(crate) torecipients: String,
    pub(crate) conversationindex: Option<Box<str>>,
    pub(crate) correlatedactivityid: Option<Box<str>>,
    pub(crate) regardingobjectid: Option<String>,
    pub(crate) reason: Reason,
}

/// A line of `activityparties.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct PartyLine {
    pub(crate) activityid: Box<str>,
    pub(crate) participationtypemask: u8,
    pub(crate) addressused: Option<String>,
    pub(crate) partyid: Option<String>,
    pub(crate) partyidname: Option<String>,
    pub(crate) outofscope: bool,
}

/// A line of `contacts.jsonl` or `leads.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct RecordLine {
    pub(crate) contactid: Option<String>,
    pub(crate) leadid: Option<String>,
    /// Null if no synchronized field passes it to the CRM; likewise `firstname`.
    pub(crate) fullname: Option<String>,
    pub(crate) firstname: Option<String>,
    pub(crate) lastname: Option<String>,
    pub(crate) emailaddress1: String,
    pub(crate) companyname: Option<String>,
    pub(crate) parentcustomerid: Option<String>,
    pub(crate) ownerid: Option<String>,
    pub(crate) createdon: Option<Timestamp>,
    pub(crate) activityid: Box<str>,
}

impl RecordLine {
    /// Returns the record's type and id; `None` if the line has neither.
    pub(crate) fn record(&self) -> Option<(&'static str, &str)> {
        match (&self.contactid, &self.leadid) {
            (Some(id), _) => Some(("contact", id)),
            (None, Some(id)) => Some(("lead", id)),
            (None, None) => None,
        }
    }
}

/// A line of `failures.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct FailureLine {
    pub(crate) source: String,
    pub(crate) error: String,
}
