//! The *class* of a message: whether people or machines write it, and so whether its sender is somebody to add.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::create::Why;
use crate::envelope::{Addresses, Envelope};
use crate::rules::Rules;

/// What is not personal mail; the first that applies.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A machine sent the message (the `[automated]` patterns of `rules/automated.toml`).
    Automated,
    /// It is a newsletter or comes from a mailing list (the `[bulk]` patterns).
    Bulk,
    /// Its sender's address belongs to a function or a machine (`rules/role-accounts.txt`).
    Role,
}

impl Class {
    /// The class of a message; `None` for personal mail.
    pub fn of(message: &Envelope, addresses: &Addresses, rules: &Rules) -> Option<Class> {
        let of_sender = || {
            let sender = addresses.get(message.sender()?.address?);
            rules.role.covers(sender).then_some(Class::Role)
        };
        Class::of_head(message).or_else(of_sender)
    }

    /// The class that the header fields alone give a message: automated or bulk.
    pub fn of_head(message: &Envelope) -> Option<Class> {
        let is_bulk = || message.bulk.map(|_| Class::Bulk);
        message.automated.map(|_| Class::Automated).or_else(is_bulk)
    }

    /// The class that stands behind a reason against creating a record; `None` if that is another reason.
    pub fn behind(why: Why) -> Option<Class> {
        match why {
            Why::Automated => Some(Class::Automated),
            Why::Bulk => Some(Class::Bulk),
            Why::Role => Some(Class::Role),
            _ => None,
        }
    }
}
