//! The *class* of a message: whether a person or a machine wrote it, and thus whether its sender is worth a record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::created::Why;
use crate::mail::envelope::Envelope;

/// The class of mail that no person wrote to a person; the first that applies.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A machine sent the message (the `[automated]` patterns of `rules/automated.toml`).
    Automated,
    /// It is a newsletter or comes from a mailing list (the `[bulk]` patterns).
    Bulk,
    /// Its author's address belongs to a function or a machine (`rules/role-accounts.txt`), or writes in others' names.
    Role,
}

impl Class {
    /// Returns the class of a message; `None` for personal mail. `is_of_role` returns whether the author's address
    /// belongs to a function or a machine, or writes in others' names.
    pub fn of(message: &Envelope, is_of_role: impl FnOnce() -> bool) -> Option<Class> {
        Class::of_head(message).or_else(|| is_of_role().then_some(Class::Role))
    }

    /// Returns the class that the header fields alone determine: automated or bulk.
    pub fn of_head(message: &Envelope) -> Option<Class> {
        let is_bulk = || message.bulk.map(|_| Class::Bulk);
        message.automated.map(|_| Class::Automated).or_else(is_bulk)
    }

    /// Returns the class that corresponds to a reason against creating a record; `None` for any other reason.
    pub fn behind(why: Why) -> Option<Class> {
        match why {
            Why::Automated => Some(Class::Automated),
            Why::Bulk => Some(Class::Bulk),
            Why::Role => Some(Class::Role),
            _ => None,
        }
    }
}
