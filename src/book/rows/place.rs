//! The *input* of a record type: the file or the query that its rows come from, and how errors name it.

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
    /// The location of a row, as errors name it.
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
