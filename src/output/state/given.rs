//! The arguments of runs that decisions depend on. `explain` needs them to repeat a decision.

use serde::{Deserialize, Serialize};

use super::database::StateDatabase;
use super::files::damaged;
use super::schema::VERSION_OF_GIVEN;
use super::writing::Transaction;
use crate::output::state::error::{StateError, unusable};
use crate::output::table::Table;

/// The arguments of a run. Paths are absolute, so that they are valid in any folder; a database URL has no password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunArguments {
    /// The mail.
    pub mail: Vec<String>,
    /// The book.
    pub book: String,
    /// The preset given on the command line.
    pub preset: Option<String>,
    /// The options file.
    pub options: Option<String>,
    /// The folder of word lists and patterns.
    pub rules: Option<String>,
    /// The vCards.
    pub vcards: Option<String>,
    /// The reference time (RFC 3339), if the command line gave it or a filter counts days from it.
    pub now: Option<String>,
}

/// The arguments of the runs that wrote `decisions.jsonl` from some line on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFrom {
    /// The committed length in bytes of `decisions.jsonl` before the first of these runs.
    pub start: u64,
    /// The arguments.
    pub given: RunArguments,
}

pub(super) fn write_given(
    to: &Transaction<'_>,
    run: i64,
    given: &RunArguments,
) -> rusqlite::Result<()> {
    let arguments = serde_json::to_string(given)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    // `watch` repeats the same run many times, so arguments are stored only if they differ from those of the last run.
    let sql = "INSERT INTO given
        SELECT ?1, coalesce((SELECT length FROM output WHERE name = ?2), 0), ?3
        WHERE ?3 IS NOT (SELECT arguments FROM given ORDER BY run DESC LIMIT 1)";
    to.execute(sql, (run, Table::Decisions.name(), arguments))?;
    Ok(())
}

impl StateDatabase {
    /// Returns the arguments of runs, in their order. Versions before 5 did not store them.
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
