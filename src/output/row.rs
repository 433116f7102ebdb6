//! The rows that are written, one type a table. Keys stand in the order of the fields, and all are always present.

use crate::decide::class::Class;
use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::reference::{Reference, ReferenceView};
use crate::base::time_schema::Time;
use crate::decide::created::Why;
use crate::decide::duplicates::Certainty;
use crate::decide::resolve::AuthorField;
use crate::decide::track::Reason;
use crate::mail::direction::Direction;
use crate::mail::identity::ActivityId;
use crate::mail::message::mime::Attachment;
use crate::mail::source::Failure;

/// Dataverse's `participationtypemask` codes.
pub(crate) mod mask {
    pub(crate) const FROM: u8 = 1;
    pub(crate) const TO: u8 = 2;
    pub(crate) const CC: u8 = 3;
    pub(crate) const BCC: u8 = 4;
    pub(crate) const REGARDING: u8 = 8;
    pub(crate) const OWNER: u8 = 9;
}

/// A line of `emails.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Dataverse's columns, or the interface's"
)]
pub struct EmailActivity<'a> {
    pub activityid: &'a ActivityId,
    pub source: Cow<'a, str>,
    pub folder: &'a str,
    pub mailbox: &'a str,
    pub messageid: Option<&'a str>,
    pub subject: Option<&'a str>,
    #[schemars(with = "Option<Time>")]
    pub senton: Option<Timestamp>,
    #[schemars(with = "Option<Time>")]
    pub receivedon: Option<Timestamp>,
    pub directioncode: bool,
    pub sender: Option<&'a str>,
    pub torecipients: String,
    pub inreplyto: Option<String>,
    pub references: Vec<&'a str>,
    pub conversationindex: Option<&'a str>,
    pub trackingtoken: Option<String>,
    pub correlationmethod: u8,
    pub correlatedactivityid: Option<&'a ActivityId>,
    pub parentactivityid: Option<&'a ActivityId>,
    pub regardingobjectid: Option<&'a Reference>,
    pub ownerid: Option<&'a Reference>,
    pub acceptingentityid: Option<&'a Reference>,
    pub receivingmailboxid: Option<&'a Reference>,
    pub reason: Reason,
    pub mimetype: Option<&'static str>,
    pub description: Option<Cow<'a, str>>,
    pub attachments: Option<Vec<Attachment>>,
}

/// A line of `activityparties.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Dataverse's columns, or the interface's"
)]
pub struct ActivityParty<'a> {
    pub activityid: &'a ActivityId,
    #[schemars(extend("enum" = [mask::FROM, mask::TO, mask::CC, mask::BCC, mask::REGARDING, mask::OWNER]))]
    pub participationtypemask: u8,
    pub addressused: Option<&'a str>,
    pub partyid: Option<ReferenceView<'a>>,
    pub partyidname: Option<&'a str>,
    pub unresolvedpartyname: Option<&'a str>,
    pub equivalence: Option<&'static str>,
    pub outofscope: bool,
}

/// A line of `contacts.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[allow(
    missing_docs,
    reason = "the fields are Dataverse's columns, or the interface's"
)]
pub struct Contact<'a> {
    pub contactid: &'a str,
    pub fullname: Option<&'a str>,
    pub firstname: Option<&'a str>,
    pub lastname: &'a str,
    pub emailaddress1: &'a str,
    pub parentcustomerid: Option<&'a Reference>,
    pub ownerid: Option<&'a Reference>,
    #[schemars(with = "Option<Time>")]
    pub createdon: Option<Timestamp>,
    pub activityid: &'a ActivityId,
    #[serde(flatten)]
    pub further: Further<'a>,
}

/// A line of `leads.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[allow(
    missing_docs,
    reason = "the fields are Dataverse's columns, or the interface's"
)]
pub struct Lead<'a> {
    pub leadid: &'a str,
    pub subject: Option<&'a str>,
    pub fullname: Option<&'a str>,
    pub firstname: Option<&'a str>,
    pub lastname: &'a str,
    pub companyname: Option<&'a str>,
    pub emailaddress1: &'a str,
    pub ownerid: Option<&'a Reference>,
    #[schemars(with = "Option<Time>")]
    pub createdon: Option<Timestamp>,
    pub activityid: &'a ActivityId,
    #[serde(flatten)]
    pub further: Further<'a>,
}

impl Contact<'_> {
    /// Those of its columns that pairs of synchronized fields govern.
    pub(crate) const SYNCHRONIZED: &'static [&'static str] = &[
        "fullname",
        "firstname",
        "lastname",
        "emailaddress1",
        "parentcustomerid",
    ];
}

impl Lead<'_> {
    /// As [`Contact::SYNCHRONIZED`].
    pub(crate) const SYNCHRONIZED: &'static [&'static str] = &[
        "fullname",
        "firstname",
        "lastname",
        "companyname",
        "emailaddress1",
    ];
}

/// Columns of a created record that only a vCard fills, in the order of the pairs.
#[derive(Debug, Default)]
pub struct Further<'a>(pub Vec<(&'a str, Option<&'a str>)>);

impl Serialize for Further<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().copied())
    }
}

/// A line of `decisions.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "the fields are Dataverse's columns, or the interface's"
)]
pub struct DecisionRow<'a> {
    pub source: Cow<'a, str>,
    pub messageid: Option<&'a str>,
    #[schemars(with = "Option<Time>")]
    pub receivedon: Option<Timestamp>,
    pub direction: Direction,
    pub tracked: bool,
    pub reason: Reason,
    pub mailbox: &'a str,
    pub acceptingentityid: Option<&'a Reference>,
    pub sender: Option<&'a str>,
    pub senderrecord: Option<ReferenceView<'a>>,
    pub correlationmethod: Option<u8>,
    pub activityid: Option<&'a ActivityId>,
    pub created: Vec<ReferenceView<'a>>,
    pub notcreated: Vec<NotCreated<'a>>,
    /// The header field that named the author.
    pub authorfrom: AuthorField,
    pub class: Option<Class>,
}

/// An address for which no record was created.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the interface's")]
pub struct NotCreated<'a> {
    pub address: &'a str,
    pub why: Why,
}

/// A line of `updates.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the interface's")]
pub struct UpdateRow<'a> {
    pub activityid: &'a ActivityId,
    pub regardingobjectid: &'a Reference,
    pub source: Cow<'a, str>,
}

/// A line of `duplicates.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the interface's")]
pub struct DuplicateRow<'a> {
    pub certainty: Certainty,
    pub record: Option<ReferenceView<'a>>,
    pub equals: &'a Reference,
    pub emailaddress1: &'a str,
    pub fullname: &'a str,
    pub companyname: Option<&'a str>,
    pub activityid: &'a ActivityId,
}

/// A line of `failures.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the interface's")]
pub struct FailureRow<'a> {
    pub source: &'a str,
    pub error: &'a str,
}

/// A line of `sent.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the interface's")]
pub struct SentRow<'a> {
    pub id: Option<&'a str>,
    pub source: &'a str,
    pub activityid: &'a str,
    pub messageid: &'a str,
    pub trackingtoken: &'a str,
    pub subject: Option<&'a str>,
    #[schemars(with = "Option<Time>")]
    pub senton: Option<Timestamp>,
    pub recipients: &'a [String],
}

/// A line of `failed.jsonl`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the interface's")]
pub struct FailedRow<'a> {
    pub id: Option<&'a str>,
    pub source: &'a str,
    /// `failed`, or `doubtful`: it may have gone out.
    #[schemars(extend("enum" = ["failed", "doubtful"]))]
    pub outcome: &'a str,
    pub trackingtoken: Option<&'a str>,
    pub error: &'a str,
}

impl<'a> From<&'a Failure> for FailureRow<'a> {
    fn from(failure: &'a Failure) -> FailureRow<'a> {
        FailureRow {
            source: &failure.source,
            error: &failure.error,
        }
    }
}

impl<'a> ActivityParty<'a> {
    pub(super) fn none(activityid: &'a ActivityId) -> ActivityParty<'a> {
        ActivityParty {
            activityid,
            participationtypemask: 0,
            addressused: None,
            partyid: None,
            partyidname: None,
            unresolvedpartyname: None,
            equivalence: None,
            outofscope: false,
        }
    }
}
