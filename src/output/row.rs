//! The rows of the output, one type per table. Keys are written in the order of the fields, and all are always present.

use crate::decide::class::Class;
use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::base::reference::{Reference, ReferenceView};
use crate::base::time_schema::Time;
use crate::decide::created::Why;
use crate::decide::duplicates::duplicate::Certainty;
use crate::decide::resolve::AuthorField;
use crate::decide::track::Reason;
use crate::mail::direction::Direction;
use crate::mail::identity::ActivityId;
use crate::mail::message::mime::Attachment;
use crate::mail::source::failure::Failure;

/// Dataverse's `participationtypemask` codes.
pub(crate) mod mask {
    pub(crate) const FROM: u8 = 1;
    pub(crate) const TO: u8 = 2;
    pub(crate) const CC: u8 = 3;
    pub(crate) const BCC: u8 = 4;
    pub(crate) const REGARDING: u8 = 8;
    pub(crate) const OWNER: u8 = 9;
}

/// A line of `emails.jsonl`: a tracked message, as an email activity.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EmailActivity<'a> {
    /// Id of the activity, derived from the message's identity (R1).
    pub activityid: &'a ActivityId,
    /// Where the message was read: its path relative to the mail argument; `FILE#N` in an mbox, `ARCHIVE/PATH` in an
    /// archive.
    pub source: Cow<'a, str>,
    /// Folder of the message, relative to the mail argument; empty for a message directly in it.
    pub folder: &'a str,
    /// `path` of the receiving mailbox in the options; empty without one.
    pub mailbox: &'a str,
    /// The Message-ID without `<>`; null if the message has none.
    pub messageid: Option<&'a str>,
    /// The subject, decoded, on one line.
    pub subject: Option<&'a str>,
    /// Time of the `Date:` field; null if it cannot be read.
    #[schemars(with = "Option<Time>")]
    pub senton: Option<Timestamp>,
    /// Time of the topmost `Received:` field, else of `Date:`; null if neither can be read.
    #[schemars(with = "Option<Time>")]
    pub receivedon: Option<Timestamp>,
    /// True for an outgoing message (R3).
    pub directioncode: bool,
    /// Address of the author (R3) as written.
    pub sender: Option<&'a str>,
    /// Addresses of the To field as written, separated by `;`.
    pub torecipients: String,
    /// Ids of the In-Reply-To field, separated by a blank; null if there are none.
    pub inreplyto: Option<String>,
    /// Ids of the References field, in their order.
    pub references: Vec<&'a str>,
    /// The Thread-Index field (base64); null if it is missing or cannot be decoded.
    pub conversationindex: Option<&'a str>,
    /// First tracking token in the subject (R9), with the prefix as it is configured; null without one.
    pub trackingtoken: Option<String>,
    /// How the correlated activity was found (R8): 0 none found, 1 correlation is off, 3 In-Reply-To, 4 tracking
    /// token, 5 conversation index, 6 smart matching, 7 References.
    pub correlationmethod: u8,
    /// The activity that the message correlates to (R8).
    pub correlatedactivityid: Option<&'a ActivityId>,
    /// The same activity if the method is In-Reply-To, conversation index or References; else null.
    pub parentactivityid: Option<&'a ActivityId>,
    /// The record that the activity is about: from a folder rule (R5), else from the correlated activity.
    pub regardingobjectid: Option<&'a Reference>,
    /// Owner of the accepting mailbox.
    pub ownerid: Option<&'a Reference>,
    /// Owner of the mailbox whose options accepted the message (R4).
    pub acceptingentityid: Option<&'a Reference>,
    /// Owner of the mailbox whose folder holds the message.
    pub receivingmailboxid: Option<&'a Reference>,
    /// Why the message is tracked (R4).
    pub reason: Reason,
    /// Media type of `description`: `text/plain` or `text/html`; null with `--body none`.
    pub mimetype: Option<&'static str>,
    /// The body, as `--body` asks for it.
    pub description: Option<Cow<'a, str>>,
    /// Every part that is neither a multipart nor a body; null with `--body none`.
    pub attachments: Option<Vec<Attachment>>,
}

/// A line of `activityparties.jsonl`: a party of an activity, linked to a record or unresolved.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ActivityParty<'a> {
    /// The activity, as in `emails`.
    pub activityid: &'a ActivityId,
    /// Role of the party: 1 From, 2 To, 3 Cc, 4 Bcc, 8 Regarding, 9 Owner.
    #[schemars(extend("enum" = [mask::FROM, mask::TO, mask::CC, mask::BCC, mask::REGARDING, mask::OWNER]))]
    pub participationtypemask: u8,
    /// The address as the message writes it; null for Regarding and Owner.
    pub addressused: Option<&'a str>,
    /// The record that the party is linked to; null if it is unresolved (R7).
    pub partyid: Option<ReferenceView<'a>>,
    /// Name of that record in the book.
    pub partyidname: Option<&'a str>,
    /// Of an unresolved party: its display name, else its address.
    pub unresolvedpartyname: Option<&'a str>,
    /// Set if the address matched only under an address equivalence: `plus-tag`, `gmail-dots` or
    /// `plus-tag+gmail-dots`.
    pub equivalence: Option<&'static str>,
    /// True if records have the address, but none that is in scope and active (R6).
    pub outofscope: bool,
}

/// A line of `contacts.jsonl`: a created contact.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Contact<'a> {
    /// Id of the contact, derived from its address.
    pub contactid: &'a str,
    /// Full name (R11); null if no synchronized field takes it to the CRM.
    pub fullname: Option<&'a str>,
    /// First name; null if the name is one word, or if no synchronized field takes it to the CRM.
    pub firstname: Option<&'a str>,
    /// Last name; the local part of the address if no name is known.
    pub lastname: &'a str,
    /// The address, as the message that created the record writes it.
    pub emailaddress1: &'a str,
    /// The one account of the address's domain, with `email.link_account`.
    pub parentcustomerid: Option<&'a Reference>,
    /// Owner of the mailbox that accepted the message.
    pub ownerid: Option<&'a Reference>,
    /// Received time of that message, never the clock.
    #[schemars(with = "Option<Time>")]
    pub createdon: Option<Timestamp>,
    /// The activity of that message.
    pub activityid: &'a ActivityId,
    /// Columns that only vCards fill, after all others.
    #[serde(flatten)]
    pub further: Further<'a>,
}

/// A line of `leads.jsonl`: a created lead.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Lead<'a> {
    /// Id of the lead, derived from its address.
    pub leadid: &'a str,
    /// Topic: the subject of the message that created the lead.
    pub subject: Option<&'a str>,
    /// Full name (R11); null if no synchronized field takes it to the CRM.
    pub fullname: Option<&'a str>,
    /// First name; null if the name is one word, or if no synchronized field takes it to the CRM.
    pub firstname: Option<&'a str>,
    /// Last name; the local part of the address if no name is known.
    pub lastname: &'a str,
    /// Company of a vCard, else name of the account of the address's domain, else that domain; null for free-mail
    /// domains.
    pub companyname: Option<&'a str>,
    /// The address, as the message that created the record writes it.
    pub emailaddress1: &'a str,
    /// Owner of the mailbox that accepted the message.
    pub ownerid: Option<&'a Reference>,
    /// Received time of that message, never the clock.
    #[schemars(with = "Option<Time>")]
    pub createdon: Option<Timestamp>,
    /// The activity of that message.
    pub activityid: &'a ActivityId,
    /// Columns that only vCards fill, after all others.
    #[serde(flatten)]
    pub further: Further<'a>,
}

impl Contact<'_> {
    /// The columns that synchronized fields govern.
    pub(crate) const SYNCHRONIZED: &'static [&'static str] = &[
        "fullname",
        "firstname",
        "lastname",
        "emailaddress1",
        "parentcustomerid",
    ];
}

impl Lead<'_> {
    /// The columns that synchronized fields govern.
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

/// A line of `decisions.jsonl`: the decision on a message.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DecisionRow<'a> {
    /// Where the message was read, as in `emails`.
    pub source: Cow<'a, str>,
    /// The Message-ID without `<>`; null if the message has none.
    pub messageid: Option<&'a str>,
    /// Received time, as in `emails`.
    #[schemars(with = "Option<Time>")]
    pub receivedon: Option<Timestamp>,
    /// Direction of the message in the accepting mailbox, else in the receiving mailbox (R3).
    pub direction: Direction,
    /// Whether the message is tracked.
    pub tracked: bool,
    /// The line of the decision table that applied (R4).
    pub reason: Reason,
    /// `path` of the receiving mailbox in the options; empty without one.
    pub mailbox: &'a str,
    /// Owner of the mailbox whose options accepted the message; null if it is not tracked.
    pub acceptingentityid: Option<&'a Reference>,
    /// Address of the author (R3) as written; null without a From address.
    pub sender: Option<&'a str>,
    /// Record of the sender (R7); a record that this message created, too.
    pub senderrecord: Option<ReferenceView<'a>>,
    /// As in `emails`; null if the message is not tracked.
    pub correlationmethod: Option<u8>,
    /// The activity; for a duplicate, the activity of the message tracked first.
    pub activityid: Option<&'a ActivityId>,
    /// Records that this message created (R11).
    pub created: Vec<ReferenceView<'a>>,
    /// Addresses for which no record was created, each with the reason.
    pub notcreated: Vec<NotCreated<'a>>,
    /// Header field that named the author (R3).
    pub authorfrom: AuthorField,
    /// Set for mail that no person wrote to a person, tracked or not.
    pub class: Option<Class>,
}

/// An address for which no record was created.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NotCreated<'a> {
    /// The address.
    pub address: &'a str,
    /// Why no record was created for it.
    pub why: Why,
}

/// A line of `updates.jsonl`: an activity that a tracked folder gave another regarding record.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UpdateRow<'a> {
    /// An activity that an earlier run tracked, or that `email.csv` lists.
    pub activityid: &'a ActivityId,
    /// The record that it is about from now on.
    pub regardingobjectid: &'a Reference,
    /// The message in a tracked folder that led to the change.
    pub source: Cow<'a, str>,
}

/// A line of `duplicates.jsonl`: a record that the address book already has.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DuplicateRow<'a> {
    /// How certain it is that the two records are the same.
    pub certainty: Certainty,
    /// The created record; null if nothing was created.
    pub record: Option<ReferenceView<'a>>,
    /// The record that the book has.
    pub equals: &'a Reference,
    /// The address for which a record was to be created.
    pub emailaddress1: &'a str,
    /// The name that the created record has, or would have had.
    pub fullname: &'a str,
    /// The company that it has, or would have had.
    pub companyname: Option<&'a str>,
    /// The activity of the message that asked for the record.
    pub activityid: &'a ActivityId,
}

/// A line of `failures.jsonl`: a file or message that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FailureRow<'a> {
    /// The file or message that could not be read.
    pub source: &'a str,
    /// Why.
    pub error: &'a str,
}

/// A line of `sent.jsonl`: a message that `send` sent.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct SentRow<'a> {
    /// `id` of the line in the outbox; null if it has none.
    pub id: Option<&'a str>,
    /// The outbox and the line's number in it: `FILE#N`.
    pub source: &'a str,
    /// The activity, as in `emails`.
    pub activityid: &'a str,
    /// The Message-ID, without `<>`.
    pub messageid: &'a str,
    /// The tracking token at the end of the subject (R9).
    pub trackingtoken: &'a str,
    /// The subject with its token.
    pub subject: Option<&'a str>,
    /// When it was sent.
    #[schemars(with = "Option<Time>")]
    pub senton: Option<Timestamp>,
    /// All recipients, also those of Bcc.
    pub recipients: &'a [String],
}

/// A line of `failed.jsonl`: a message that `send` did not send, or whose fate is doubtful.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct FailedRow<'a> {
    /// `id` of the line in the outbox; null if it has none.
    pub id: Option<&'a str>,
    /// The outbox and the line's number in it: `FILE#N`.
    pub source: &'a str,
    /// `failed`: it was not sent. `doubtful`: it may have been sent.
    #[schemars(extend("enum" = ["failed", "doubtful"]))]
    pub outcome: &'a str,
    /// The tracking token that the message has; null if it failed before it got one.
    pub trackingtoken: Option<&'a str>,
    /// Why.
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
