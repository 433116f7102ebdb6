//! Files of the rules folder, and errors in them.

use crate::base::text_place::LineColumn;
use std::fmt;

/// An error in a file of `rules/`.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct RulesError {
    pub(super) file: String,
    pub(super) message: String,
}

/// A file of the rules: its name in errors, and its text.
pub(super) struct RulesFile {
    pub(super) name: String,
    pub(super) text: String,
}

impl RulesFile {
    pub(super) fn error(&self, place: impl fmt::Display, message: String) -> RulesError {
        RulesError {
            file: format!("{}:{place}", self.name),
            message,
        }
    }
}

pub(super) fn toml_file<T: serde::de::DeserializeOwned>(file: &RulesFile) -> Result<T, RulesError> {
    toml::from_str(&file.text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        file.error(
            LineColumn::of(&file.text, start),
            error.message().replace('\n', "; "),
        )
    })
}
