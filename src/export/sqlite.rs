//! Exports every table to an SQLite file in one transaction: an existing row takes the values of the new one. Times are
//! text (RFC 3339, in UTC), which SQLite's date functions accept; booleans are 0 and 1; lists are JSON.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, Value as SqlValue};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, ToSql, params_from_iter};

use super::columns::{Cell, ColumnType, TableColumn};
use super::keyed::{Existing, Keyed, ORDINAL, quoted};
use crate::base::disk;
use crate::export::error::ExportError;
use crate::output::committed::reader::Committed;
use crate::output::state::APPLICATION_ID;
use crate::output::table::Table;

/// Number of prepared statements that are cached, enough for one table at a time.
const STATEMENTS_MAX: usize = 16;

/// Writes every table into the file, which is created if it does not exist: either all tables or none. Returns the
/// number of rows written to each.
///
/// # Errors
/// If a table cannot be read, or the file is of another kind, has a different table of that name, or cannot be written.
pub(crate) fn to_sqlite(from: &Committed, file: &Path) -> Result<Vec<(Table, u64)>, ExportError> {
    disk::check_database(file).map_err(ExportError::writing(file))?;
    let is_there = disk::is_there(file).map_err(ExportError::writing(file))?;
    let is_made = !is_there;
    let written = write_all(from, file);
    if is_made && written.is_err() {
        for path in [file.into(), beside(file, "-journal")] {
            let _ = fs::remove_file(path);
        }
    }
    written
}

/// Returns the path of a file that SQLite keeps beside its own.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn write_all(from: &Committed, file: &Path) -> Result<Vec<(Table, u64)>, ExportError> {
    let failed = |error: rusqlite::Error| problem(file, &error);
    // Without `SQLITE_OPEN_URI`, so that a file name that begins with `file:` is not taken for a URI.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut database = Connection::open_with_flags(file, flags).map_err(failed)?;
    let of_whom: rusqlite::Result<i32> =
        database.query_row("PRAGMA application_id", [], |row| row.get(0));
    if of_whom.map_err(failed)? == APPLICATION_ID {
        return Err(ExportError::Place {
            place: file.display().to_string(),
            problem: "is the state of an output folder; name another file".into(),
        });
    }
    database.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    let begun = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
    let transaction = begun.map_err(failed)?;
    let mut counts = Vec::new();
    for table in Table::ALL {
        let keyed = Keyed::of(from, table)?;
        let out = SqliteWriter {
            database: &transaction,
            file,
            keyed: &keyed,
        };
        counts.push((table, out.write(from)?));
    }
    transaction.commit().map_err(failed)?;
    Ok(counts)
}

/// Converts an error of SQLite into one for a user.
fn problem(file: &Path, error: &rusqlite::Error) -> ExportError {
    let place = file.display().to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => ExportError::Place {
            place,
            problem: "is not an SQLite database; name one, or a file that is not there".into(),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ExportError::Failed {
            place,
            problem: "another program is writing to it; try again when that has ended".into(),
        },
        _ => ExportError::Failed {
            place,
            problem: format!("cannot be written: {error}"),
        },
    }
}

/// A table that is being written.
struct SqliteWriter<'o> {
    database: &'o Connection,
    file: &'o Path,
    keyed: &'o Keyed,
}

impl SqliteWriter<'_> {
    fn name(&self) -> &'static str {
        self.keyed.table.name()
    }

    fn failed(&self, error: &rusqlite::Error) -> ExportError {
        problem(self.file, error)
    }

    fn execute(&self, sql: &str) -> Result<(), ExportError> {
        let done = self.database.execute_batch(sql);
        done.map_err(|error| self.failed(&error))
    }

    fn write(&self, from: &Committed) -> Result<u64, ExportError> {
        let is_new = !self.prepare_table()?;
        let mut insert = self.prepare(&self.upsert())?;
        let mut count = 0;
        let mut parties = Parties::default();
        let has_parties = self.keyed.table == Table::ActivityParties && !is_new;
        self.keyed.each_row(from, |cells| {
            if has_parties && let Some(gone) = parties.next(&cells) {
                self.remove_parties(&gone)?;
            }
            count += 1;
            let done = insert.execute(params_from_iter(cells));
            done.map(drop).map_err(|error| self.failed(&error))
        })?;
        if let Some(gone) = parties.last.filter(|_| has_parties) {
            self.remove_parties(&gone)?;
        }
        for column in self.keyed.indexes {
            let table = self.name();
            self.execute(&format!(
                "CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} ({column})"
            ))?;
        }
        Ok(count)
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, ExportError> {
        let prepared = self.database.prepare_cached(sql);
        prepared.map_err(|error| self.failed(&error))
    }

    /// Creates the table, or checks the existing one; returns whether it existed.
    fn prepare_table(&self) -> Result<bool, ExportError> {
        let kind = self.kind_of_name();
        let wrong = |problem: &str| ExportError::Place {
            place: self.file.display().to_string(),
            problem: format!(
                "the table `{}` {problem}, so this program did not make it; name another file, or rename the table",
                self.name()
            ),
        };
        match kind.map_err(|error| self.failed(&error))?.as_deref() {
            None => {
                self.execute(&self.create())?;
                return Ok(false);
            }
            Some("table") => {}
            Some(other) => return Err(wrong(&format!("is a {other}"))),
        }
        let existing = self.existing().map_err(|error| self.failed(&error))?;
        let missing = self.keyed.missing(&existing, type_of);
        for column in missing.map_err(|problem| wrong(&problem.to_string()))? {
            let (table, column) = (self.name(), definition(column));
            self.execute(&format!("ALTER TABLE {table} ADD COLUMN {column}"))?;
        }
        Ok(true)
    }

    fn kind_of_name(&self) -> rusqlite::Result<Option<String>> {
        let sql = "SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        let mut asked = self.database.prepare(sql)?;
        asked.query_row([self.name()], |row| row.get(0)).optional()
    }

    fn existing(&self) -> rusqlite::Result<Vec<Existing>> {
        let sql =
            "SELECT name, type, \"notnull\" AND dflt_value IS NULL, pk FROM pragma_table_info(?1)";
        let mut asked = self.database.prepare(sql)?;
        let columns = asked.query_map([self.name()], |row| {
            Ok(Existing {
                name: row.get(0)?,
                kind: row.get(1)?,
                is_demanded: row.get(2)?,
                is_key: row.get::<_, i64>(3)? > 0,
            })
        })?;
        columns.collect()
    }

    fn create(&self) -> String {
        let mut lines: Vec<String> = self.keyed.columns.iter().map(definition).collect();
        lines.push(format!("PRIMARY KEY ({})", self.keyed.key_list()));
        // In a strict table, a value of a wrong type is an error instead of being stored.
        format!(
            "CREATE TABLE {} (\n    {}\n) STRICT",
            self.name(),
            lines.join(",\n    ")
        )
    }

    fn upsert(&self) -> String {
        let values = vec!["?"; self.keyed.columns.len()].join(", ");
        let (into, otherwise) = self.keyed.upsert(self.name());
        format!("{into} VALUES ({values}) {otherwise}")
    }

    /// Removes parties that an activity no longer has.
    fn remove_parties(&self, (activity, count): &(Cell, i64)) -> Result<(), ExportError> {
        let sql = format!(
            "DELETE FROM {} WHERE activityid = ?1 AND {ORDINAL} > ?2",
            self.name()
        );
        let done = self.prepare(&sql)?.execute((activity, count));
        done.map(drop).map_err(|error| self.failed(&error))
    }
}

/// Counts the parties of activities while their rows are written.
#[derive(Default)]
struct Parties {
    last: Option<(Cell, i64)>,
}

impl Parties {
    /// Counts a party. If it is the first of an activity, returns the one before and its number of parties.
    fn next(&mut self, cells: &[Cell]) -> Option<(Cell, i64)> {
        let [Cell::Integer(ordinal), activity, ..] = cells else {
            return None;
        };
        let before = self.last.replace((activity.clone(), *ordinal));
        before.filter(|_| *ordinal == 1)
    }
}

fn definition(column: &TableColumn) -> String {
    let name = quoted(&column.name);
    let null = if column.is_nullable { "" } else { " NOT NULL" };
    let check = match column.kind {
        ColumnType::Boolean => format!(" CHECK ({name} IN (0, 1))"),
        _ => String::new(),
    };
    format!("{name} {}{null}{check}", type_of(column.kind))
}

fn type_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer | ColumnType::Boolean => "INTEGER",
        ColumnType::Text
        | ColumnType::Uuid
        | ColumnType::Time
        | ColumnType::Texts
        | ColumnType::Objects => "TEXT",
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = |text: String| ToSqlOutput::Owned(SqlValue::Text(text));
        Ok(match self {
            Cell::Null => ToSqlOutput::Owned(SqlValue::Null),
            Cell::Text(it) => ToSqlOutput::Borrowed(it.as_str().into()),
            Cell::Uuid(it) => text(it.to_string()),
            Cell::Integer(it) => ToSqlOutput::Owned(SqlValue::Integer(*it)),
            Cell::Boolean(it) => ToSqlOutput::Owned(SqlValue::Integer((*it).into())),
            Cell::Time(it) => text(it.to_string()),
            Cell::Texts(it) => text(serde_json::Value::from(it.as_slice()).to_string()),
            Cell::Objects(it) => text(it.to_string()),
        })
    }
}
