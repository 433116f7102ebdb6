//! What runs were *given*: the arguments that a decision depends on. Whoever asks later why a message was decided so
//! needs them to decide it alike.

use serde::{Deserialize, Serialize};

use super::database::State;
use super::files::damaged;
use super::schema::VERSION_OF_GIVEN;
use super::writing::Transaction;
use crate::output::state::error::{StateError, unusable};
use crate::output::table::Table;

/// What a run was given. Paths are absolute, so that they hold from any folder; a book's URL is without its password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// The mail.
    pub mail: Vec<String>,
    /// The book.
    pub book: String,
    /// The preset that the command line named.
    pub preset: Option<String>,
    /// The options file.
    pub options: Option<String>,
    /// The folder of word lists and patterns.
    pub rules: Option<String>,
    /// The vCards.
    pub vcards: Option<String>,
    /// The reference time (RFC 3339): if the command line named it, or if a filter counts days from it.
    pub now: Option<String>,
}

/// What the runs from some line of `decisions.jsonl` on were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFrom {
    /// How many bytes of `decisions.jsonl` were committed before the run.
    pub start: u64,
    /// What it was given.
    pub given: Given,
}

pub(super) fn write_given(to: &Transaction<'_>, run: i64, given: &Given) -> rusqlite::Result<()> {
    let arguments = serde_json::to_string(given)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    // `watch` runs alike again and again: what is as it was for the last run is not repeated.
    let sql = "INSERT INTO given
        SELECT ?1, coalesce((SELECT length FROM output WHERE name = ?2), 0), ?3
        WHERE ?3 IS NOT (SELECT arguments FROM given ORDER BY run DESC LIMIT 1)";
    to.execute(sql, (run, Table::Decisions.name(), arguments))?;
    Ok(())
}

impl State {
    /// What runs were given, in their order. Runs of versions before 5 have left nothing of it.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn given(&self) -> Result<Vec<GivenFrom>, StateError> {
        if self.version < VERSION_OF_GIVEN {
            return Ok(Vec::new());
        }
        let read = || {
            let sql = "SELECT start, arguments FROM given ORDER BY run";
            let mut statement = self.connection.prepare(sql)?;
            let mut rows = statement.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let arguments: String = row.get(1)?;
                let given = serde_json::from_str(&arguments).map_err(|_| damaged())?;
                let start: i64 = row.get(0)?;
                all.push(GivenFrom {
                    start: start as u64,
                    given,
                });
            }
            Ok(all)
        };
        read().map_err(|error| unusable(&self.path, error))
    }
}
