//! The *place* of a record type: where its rows stand, and by what what is wrong with them is found.

use std::path::PathBuf;

use crate::book::rows::row::SheetError;

/// Where the rows of a record type stand.
#[derive(Clone, Debug)]
pub(crate) enum TableInput {
    /// In a file.
    File(PathBuf),
    /// In a database.
    Query {
        /// The database, as it is shown.
        database: String,
        /// The record type.
        kind: String,
        /// What selects them.
        query: String,
    },
}

impl TableInput {
    /// Where a row stands, in front of what is wrong with it.
    pub(crate) fn at(&self, line: Option<u64>) -> String {
        match (self, line) {
            (TableInput::File(path), Some(line)) => format!("{}:{line}", path.display()),
            (TableInput::File(path), None) => path.display().to_string(),
            (TableInput::Query { database, kind, .. }, Some(row)) => {
                format!("{database}, query of {kind}, row {row}")
            }
            (TableInput::Query { database, kind, .. }, None) => {
                format!("{database}, query of {kind}")
            }
        }
    }

    /// What is wrong with it.
    pub(crate) fn says(&self, error: &SheetError) -> String {
        format!("{}: {}", self.at(error.line), error.message)
    }
}
