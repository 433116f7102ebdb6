//! The checks of `[book]`.

use super::checker::Checker;
use crate::options::error::OptionsError;
use crate::options::file::BookSection;

impl Checker<'_> {
    /// Checks the section, and returns it as it is.
    pub(super) fn book(&self, read: &BookSection) -> Result<BookSection, OptionsError> {
        for (kind, name) in &read.files {
            let is_name = !name.trim().is_empty() && !name.contains(['/', '\\']);
            if !is_name {
                let message = format!(
                    "`{name}` is not a valid file name in the book's folder (expected one such as `People*.csv`)"
                );
                let place = self.at.place(&format!("book.files.{kind}"));
                return self.error(place, message);
            }
        }
        for (kind, query) in &read.query {
            if query.trim().trim_end_matches(';').is_empty() {
                let message = format!(
                    "the query of {kind} is empty: write one that selects its records, {kind} = \"select ...\""
                );
                let place = self.at.place(&format!("book.query.{kind}"));
                return self.error(place, message);
            }
        }
        Ok(read.clone())
    }
}
