//! What each of two options files says where they differ, as data and in plain words.

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

/// At most so many parties are told of in words.
const PARTIES_TOLD_MAX: usize = 3;

/// The key of a created record's `type:id`.
pub(super) const RECORD: &str = "record";

/// What tells a created record: it is named also where it is no difference.
const WHO: [&str; 3] = [RECORD, "fullname", "emailaddress1"];

/// Whether the column tells which record it is.
pub(super) fn is_who(column: &str) -> bool {
    WHO.contains(&column)
}

/// One difference: a line of `compare --json`.
#[derive(Debug, Serialize)]
pub(crate) struct Difference<'a> {
    /// Of what kind.
    pub group: Group,
    /// The message's source; of a record, that of the message that created it.
    pub source: Cow<'a, str>,
    /// Its Message-ID.
    pub messageid: Option<&'a str>,
    /// What A says.
    pub a: SideText<'a>,
    /// What B says.
    pub b: SideText<'a>,
    /// The message's subject, else its sender as written.
    #[serde(skip)]
    pub about: Option<&'a str>,
}

/// What one of the two says.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum SideText<'a> {
    /// Nothing.
    Nothing,
    /// A reason.
    Reason(Reason),
    /// Why no record was created.
    Why(Why),
    /// The source of the copy that is tracked.
    Source(Cow<'a, str>),
    /// A direction.
    Direction(Direction),
    /// A record.
    Record(ReferenceView<'a>),
    /// A mailbox, by its path, and its owner.
    Mailbox {
        /// As in `decisions.jsonl`.
        mailbox: &'a str,
        /// As in `decisions.jsonl`.
        acceptingentityid: Option<&'a Reference>,
    },
    /// How it was correlated.
    Correlation {
        /// As in `emails.jsonl`.
        correlationmethod: u8,
        /// As in `emails.jsonl`.
        correlatedactivityid: Option<&'a ActivityId>,
    },
    /// The parties that the other one does not have.
    Parties(Vec<Party>),
    /// A created record that the other one does not create: all its columns.
    New(Map<String, Value>),
    /// A created record: who it is, and the columns that are not as in the other one.
    Other(Map<String, Value>),
}

/// A recipient as an activity party; the fields are those of `activityparties.jsonl`.
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
    for (number, party) in parties.iter().take(PARTIES_TOLD_MAX).enumerate() {
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
    match parties.len().saturating_sub(PARTIES_TOLD_MAX) {
        0 => Ok(()),
        more => write!(out, "; and {more} more"),
    }
}

/// The type, the name and the address of a created record.
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
