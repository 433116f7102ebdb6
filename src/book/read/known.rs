//! The email activities that the CRM already has.

use jiff::Timestamp;

use crate::base::reference::{Reference, ReferenceView};
use crate::book::index::EMAIL_FIELDS;

/// An email activity that the CRM already has: a line of `email.csv`, or what an earlier run tracked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownEmail<'a> {
    /// The activity's id in the CRM.
    pub activity_id: &'a str,
    /// The Message-ID of its message without `<` and `>`; empty if it is not known.
    pub message_id: &'a str,
    /// Its regarding record.
    pub regarding: Option<ReferenceView<'a>>,
    /// Whether it was sent (true) or received (false); `None` matches both.
    pub outgoing: Option<bool>,
    /// Its subject; empty if it is not known. The same holds for the texts below.
    pub subject: &'a str,
    /// Its Thread-Index, in base64.
    pub conversation_index: &'a str,
    /// Its tracking tokens besides those in the subject.
    pub tracking_token: &'a str,
    /// Its sender.
    pub sender: &'a str,
    /// Its recipients, separated by `;`.
    pub to_recipients: &'a str,
    /// When it was created, which R8 takes as the time of receipt.
    pub created_on: Option<Timestamp>,
}

/// An email activity of an earlier run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EarlierEmail {
    /// As in [`KnownEmail`].
    pub activity_id: Box<str>,
    /// As in [`KnownEmail`].
    pub message_id: Box<str>,
    /// As in [`KnownEmail`].
    pub regarding: Option<Reference>,
    /// As in [`KnownEmail`].
    pub outgoing: Option<bool>,
    /// As in [`KnownEmail`].
    pub subject: Box<str>,
    /// As in [`KnownEmail`].
    pub conversation_index: Box<str>,
    /// As in [`KnownEmail`].
    pub tracking_token: Box<str>,
    /// As in [`KnownEmail`].
    pub sender: Box<str>,
    /// As in [`KnownEmail`].
    pub to_recipients: Box<str>,
    /// As in [`KnownEmail`].
    pub created_on: Option<Timestamp>,
}

impl EarlierEmail {
    pub(crate) fn view(&self) -> KnownEmail<'_> {
        KnownEmail {
            activity_id: &self.activity_id,
            message_id: &self.message_id,
            regarding: self.regarding.as_ref().map(Reference::view),
            outgoing: self.outgoing,
            subject: &self.subject,
            conversation_index: &self.conversation_index,
            tracking_token: &self.tracking_token,
            sender: &self.sender,
            to_recipients: &self.to_recipients,
            created_on: self.created_on,
        }
    }
}

/// Reads an activity from its fields, in the order in which `emails.rs` writes them.
pub(crate) fn known_email<'a>(
    [
        activity_id,
        message_id,
        regarding,
        outgoing,
        subject,
        conversation_index,
        tracking_token,
        sender,
        to_recipients,
        created_on,
    ]: [&'a str; EMAIL_FIELDS],
) -> KnownEmail<'a> {
    KnownEmail {
        activity_id,
        message_id,
        regarding: regarding
            .split_once(':')
            .map(|(kind, id)| ReferenceView { kind, id }),
        outgoing: match outgoing {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        subject,
        conversation_index,
        tracking_token,
        sender,
        to_recipients,
        created_on: created_on.parse().ok(),
    }
}
