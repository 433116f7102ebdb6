//! A record that the book has already.

use crate::base::reference::Reference;
use crate::decide::correlate::method::ActivityKey;
use crate::decide::created::CreatedId;
use crate::decide::ordinal::Ordinal;
use schemars::JsonSchema;
use serde::Serialize;

/// How certain it is that two records are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// They have the same address; nothing was created.
    Certain,
    /// They have the same full name and company; the record was created.
    Possible,
}

/// A record that would be, or is, one that the book has.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// How sure that is.
    pub certainty: Certainty,
    /// The record that was created all the same.
    pub record: Option<CreatedId>,
    /// The record of the book.
    pub equals: Reference,
    /// The address as the message writes it.
    pub written: Box<str>,
    /// The full name of the record that was, or would have been, created.
    pub full_name: Box<str>,
    /// Its company.
    pub company: Option<Box<str>>,
    /// The activity of the message.
    pub activity: ActivityKey,
    /// The number of that message in the order of decisions.
    pub ordinal: Ordinal,
}
