//! The *input* of a record type: the file or query that its rows come from, and how errors name it.

use std::path::PathBuf;

use crate::book::rows::row::SheetError;

/// The input of a record type.
#[derive(Clone, Debug)]
pub(crate) enum TableInput {
    /// A file.
    File(PathBuf),
    /// A query of a database.
    Query {
        /// The name of the database, without its password.
        database: String,
        /// The record type.
        kind: String,
        /// The SQL text.
        query: String,
    },
}

impl TableInput {
    /// Returns the location of a row, as errors name it.
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

    /// Returns an error message with its location.
    pub(crate) fn says(&self, error: &SheetError) -> String {
        format!("{}: {}", self.at(error.line), error.message)
    }
}
