//! The two sides of a difference, as data and as text.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Group;
use crate::base::reference::{Reference, ReferenceView};
use crate::decide::created::Why;
use crate::decide::track::Reason;
use crate::mail::direction::Direction;
use crate::mail::identity::ActivityId;
use crate::output::ActivityParty;

/// Maximum number of parties that the text lists.
const PARTIES_SHOWN_MAX: usize = 3;

/// The key of a created record's `type:id`.
pub(super) const RECORD: &str = "record";

/// Columns that identify a created record: they are shown even if they do not differ.
const WHO: [&str; 3] = [RECORD, "fullname", "emailaddress1"];

/// Returns whether the column identifies the record.
pub(super) fn is_who(column: &str) -> bool {
    WHO.contains(&column)
}

/// One difference: a line of `compare --json`.
#[derive(Debug, Serialize)]
pub(crate) struct Difference<'a> {
    /// The kind of difference.
    pub group: Group,
    /// The source of the message; for a record, of the message that created it.
    pub source: Cow<'a, str>,
    /// Its Message-ID.
    pub messageid: Option<&'a str>,
    /// The value of A.
    pub a: SideText<'a>,
    /// The value of B.
    pub b: SideText<'a>,
    /// The message's subject, else its sender as written.
    #[serde(skip)]
    pub about: Option<&'a str>,
}

/// The value of one side.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum SideText<'a> {
    /// No value.
    Nothing,
    /// A reason.
    Reason(Reason),
    /// The reason why no record was created.
    Why(Why),
    /// The source of the copy that is tracked.
    Source(Cow<'a, str>),
    /// A direction.
    Direction(Direction),
    /// A record.
    Record(ReferenceView<'a>),
    /// The path of a mailbox, and its owner.
    Mailbox {
        /// As in `decisions.jsonl`.
        mailbox: &'a str,
        /// As in `decisions.jsonl`.
        acceptingentityid: Option<&'a Reference>,
    },
    /// The result of correlation.
    Correlation {
        /// As in `emails.jsonl`.
        correlationmethod: u8,
        /// As in `emails.jsonl`.
        correlatedactivityid: Option<&'a ActivityId>,
    },
    /// The parties that the other side does not have.
    Parties(Vec<Party>),
    /// A record that only this side creates, with all columns.
    New(Map<String, Value>),
    /// A record that both create: the columns that identify it, and those that differ.
    Other(Map<String, Value>),
}

/// A recipient as an activity party, with the columns of `activityparties.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[allow(missing_docs, reason = "the fields are Dataverse's columns")]
pub(crate) struct Party {
    pub participationtypemask: u8,
    pub addressused: Option<Box<str>>,
    pub partyid: Option<Box<str>>,
    pub equivalence: Option<&'static str>,
    pub outofscope: bool,
}

impl From<&ActivityParty<'_>> for Party {
    fn from(row: &ActivityParty<'_>) -> Party {
        Party {
            participationtypemask: row.participationtypemask,
            addressused: row.addressused.map(Into::into),
            partyid: row.partyid.map(|record| record.to_string().into()),
            equivalence: row.equivalence,
            outofscope: row.outofscope,
        }
    }
}

impl fmt::Display for SideText<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SideText::Nothing => out.write_str("none"),
            SideText::Reason(reason) => write!(out, "{reason}: {}", reason.words()),
            SideText::Why(why) => write!(out, "not created: {}", why.words()),
            SideText::Source(source) => out.write_str(source),
            SideText::Direction(Direction::Incoming) => out.write_str("incoming"),
            SideText::Direction(Direction::Outgoing) => out.write_str("outgoing"),
            SideText::Record(record) => write!(out, "{record}"),
            SideText::Mailbox {
                mailbox,
                acceptingentityid,
            } => {
                match *mailbox {
                    "" => out.write_str("all mail")?,
                    path => write!(out, "`{path}`")?,
                }
                match acceptingentityid {
                    Some(owner) => write!(out, " of {owner}"),
                    None => out.write_str(", without an owner"),
                }
            }
            SideText::Correlation {
                correlationmethod,
                correlatedactivityid: Some(activity),
            } => write!(out, "to {activity}, method {correlationmethod}"),
            SideText::Correlation {
                correlationmethod, ..
            } => write!(out, "to none, method {correlationmethod}"),
            SideText::Parties(parties) => tell_parties(parties, out),
            SideText::New(fields) => tell_name(fields, out),
            SideText::Other(fields) => {
                tell_name(fields, out)?;
                tell_fields(fields, out)
            }
        }
    }
}

fn tell_parties(parties: &[Party], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    if parties.is_empty() {
        return out.write_str("no other");
    }
    for (number, party) in parties.iter().take(PARTIES_SHOWN_MAX).enumerate() {
        if number > 0 {
            out.write_str("; ")?;
        }
        out.write_str(match party.participationtypemask {
            3 => "Cc ",
            4 => "Bcc ",
            _ => "To ",
        })?;
        out.write_str(party.addressused.as_deref().unwrap_or("none"))?;
        match &party.partyid {
            Some(record) => write!(out, ": {record}")?,
            None if party.outofscope => out.write_str(": unresolved, out of scope or inactive")?,
            None => out.write_str(": unresolved")?,
        }
    }
    match parties.len().saturating_sub(PARTIES_SHOWN_MAX) {
        0 => Ok(()),
        more => write!(out, "; and {more} more"),
    }
}

/// Writes the type, name and address of a created record.
fn tell_name(fields: &Map<String, Value>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let [record, name, address] = WHO.map(|name| fields.get(name).and_then(Value::as_str));
    let kind = record.and_then(|record| record.split(':').next());
    out.write_str(kind.unwrap_or("none"))?;
    let rest = [name, address].into_iter().flatten();
    rest.into_iter().try_for_each(|text| write!(out, " {text}"))
}

fn tell_fields(fields: &Map<String, Value>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (name, value) in fields.iter().filter(|(name, _)| !is_who(name)) {
        match value {
            Value::String(text) => write!(out, ", {name} {text}")?,
            Value::Null => write!(out, ", {name} none")?,
            other => write!(out, ", {name} {other}")?,
        }
    }
    Ok(())
}
