//! Errors of options files.

use crate::base::text_place::LineColumn;
use std::fmt;

/// An options file that cannot be used. The message names the file, line and column, what was found, and what would be
/// right.
#[derive(Debug, PartialEq)]
pub struct OptionsError {
    pub(crate) file: String,
    pub(crate) place: Option<LineColumn>,
    pub(crate) message: String,
}

impl std::error::Error for OptionsError {}

impl fmt::Display for OptionsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(out, "{}:{place}: {}", self.file, self.message),
            None => write!(out, "{}: {}", self.file, self.message),
        }
    }
}
