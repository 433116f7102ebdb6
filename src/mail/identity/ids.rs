//! Ids that are derived from the identity of what they stand for.

use std::fmt;

use sha1::{Digest as _, Sha1};
use uuid::Uuid;

use crate::mail::direction::Direction;

/// The namespace of all ids that this program derives. It was chosen at random and must never change.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d2f_0c1e_9a57_4b38_8f64_51d3_7be2_a0c9);

/// What identifies a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Identity<'a> {
    /// Its Message-ID, without `<` and `>`.
    MessageId(&'a str),
    /// A hash over From, To, Cc, Date, Subject and the body.
    Content([u8; 20]),
}

/// The id of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ActivityId {
    /// Derived from the identity of its message.
    Derived(Uuid),
    /// Assigned by the CRM.
    Given(Box<str>),
}

impl fmt::Display for ActivityId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActivityId::Derived(id) => id.hyphenated().fmt(out),
            ActivityId::Given(id) => out.write_str(id),
        }
    }
}

impl serde::Serialize for ActivityId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            ActivityId::Derived(id) => {
                let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
                to.serialize_str(id.hyphenated().encode_lower(&mut text))
            }
            ActivityId::Given(id) => to.serialize_str(id),
        }
    }
}

/// Returns the id of a message's activity. If internal mail is tracked as two activities, `direction` distinguishes
/// them.
pub fn activity_id(identity: Identity<'_>, direction: Option<Direction>) -> Uuid {
    let (kind, own): (&[u8], &[u8]) = match &identity {
        Identity::MessageId(id) => (b"email\0message-id\0", id.as_bytes()),
        Identity::Content(hash) => (b"email\0content\0", hash),
    };
    let direction: &[u8] = match direction {
        None => b"",
        Some(Direction::Incoming) => b"\0incoming",
        Some(Direction::Outgoing) => b"\0outgoing",
    };
    derived(&NAMESPACE, &[kind, own, direction])
}

/// Returns the id of a created record, from its type and its address in normal form. `series` is increased if the book
/// already has the id.
pub(crate) fn record_id(kind: &str, address: &str, series: u32) -> Uuid {
    let series = match series {
        0 => String::new(),
        _ => format!("\0{series}"),
    };
    let parts = [kind, "\0", address, &series];
    derived(&NAMESPACE, &parts.map(str::as_bytes))
}

/// Returns the id of an outgoing message. No part but the last may contain a NUL. The id is stable, so composing a
/// message again yields the same message.
pub(crate) fn outgoing_id(parts: &[&[u8]]) -> Uuid {
    let mut name = b"outgoing".to_vec();
    for part in parts {
        name.push(0);
        name.extend_from_slice(part);
    }
    derived(&NAMESPACE, &[&name])
}

/// Returns the version 5 UUID (RFC 9562, section 5.5) of a name, given in parts. The `uuid` crate computes the same
/// ids, but with a SHA-1 that does not use the processor's instructions for it.
pub(crate) fn derived(namespace: &Uuid, name: &[&[u8]]) -> Uuid {
    let mut hash = Sha1::new().chain_update(namespace);
    name.iter().for_each(|part| hash.update(part));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_sha1_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids must stay the same from version to version: the CRM has them.
    #[test]
    fn ids_do_not_change() {
        let id = activity_id(Identity::MessageId("m1@x.example"), None);
        assert_eq!(id.to_string(), "5342f838-61e9-5885-81a9-7b3bb77a8f08");
        assert_ne!(
            id,
            activity_id(
                Identity::MessageId("m1@x.example"),
                Some(Direction::Incoming)
            )
        );
        assert_ne!(
            record_id("contact", "a@x", 0),
            record_id("contact", "a@x", 1)
        );
        assert_ne!(record_id("contact", "a@x", 0), record_id("lead", "a@x", 0));
    }
}
