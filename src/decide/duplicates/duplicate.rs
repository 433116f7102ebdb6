//! A created record that the book already has.

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

/// A created record that equals one of the book, or one that was not created because of that.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// How certain it is that they are equal.
    pub certainty: Certainty,
    /// The created record; `None` if it was not created.
    pub record: Option<CreatedId>,
    /// The equal record of the book.
    pub equals: Reference,
    /// The address as written in the message.
    pub written: Box<str>,
    /// The full name of the record that was, or would have been, created.
    pub full_name: Box<str>,
    /// Its company.
    pub company: Option<Box<str>>,
    /// The activity of the message.
    pub activity: ActivityKey,
    /// The position of that message in the order of decisions.
    pub ordinal: Ordinal,
}
