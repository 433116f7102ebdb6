//! Reads records from a *database*, with one query for each type, row by row and in one read-only transaction.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{OpenFlags, Statement};

use super::place::TableInput;
use crate::base::disk;
use crate::book::error::BookError;
use crate::book::rows::row::{SheetError, SheetRow};
use crate::book::source::BookSource;

/// How long to wait for another program that has locked a SQLite file.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The connection that the rows of a book are read through.
pub(crate) enum Connection {
    /// Files, which need no connection.
    Files,
    /// A SQLite file.
    Sqlite(rusqlite::Connection),
    /// A PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(Box<crate::base::postgresql::Database>),
}

/// An open connection, and the inputs that are read through it.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    /// The query of each record type.
    pub(crate) places: BTreeMap<String, TableInput>,
    pub(crate) warnings: Vec<String>,
}

/// The error message for a query without result columns.
const NO_COLUMNS: &str = "gives no columns; a query selects a type's records";

/// Opens a database and begins the transaction. `queries` are those of the options.
pub(crate) fn open(
    source: &BookSource,
    queries: &BTreeMap<String, String>,
) -> Result<Opened, BookError> {
    if queries.is_empty() {
        return Err(BookError::of(format!(
            "{}: is a database, and the options have no query; write one for each record type: [book.query] contact = \"select ...\"",
            source.name()
        )));
    }
    let (connection, name, warnings) = match source {
        BookSource::Sqlite(path) => (sqlite(path)?, source.name(), Vec::new()),
        BookSource::Postgres(url) => postgres(url)?,
        BookSource::Built(_) | BookSource::Folder(_) => {
            return Err(BookError::of(format!(
                "{}: is not a database",
                source.name()
            )));
        }
    };
    let place = |(kind, query): (&String, &String)| {
        let place = TableInput::Query {
            database: name.clone(),
            kind: kind.to_lowercase(),
            query: query.trim().trim_end_matches(';').to_owned(),
        };
        (kind.to_lowercase(), place)
    };
    Ok(Opened {
        connection,
        places: queries.iter().map(place).collect(),
        warnings,
    })
}

fn sqlite(path: &Path) -> Result<Connection, BookError> {
    let fail = |error: &dyn std::fmt::Display| {
        BookError::of(format!(
            "sqlite:{}: cannot be read: {error}",
            path.display()
        ))
    };
    disk::open_file(path).map_err(|error| fail(&error))?;
    disk::check_database(path).map_err(|error| fail(&error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        rusqlite::Connection::open_with_flags(path, flags).map_err(|error| fail(&plain(&error)))?;
    let begin = || {
        connection.busy_timeout(TIMEOUT)?;
        connection.pragma_update(None, "query_only", true)?;
        // Lets views of the file call only functions without side effects.
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.execute_batch("begin")?;
        // Opening reads nothing; only a query shows whether the file is a database.
        connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))
    };
    begin().map_err(|error| fail(&plain(&error)))?;
    Ok(Connection::Sqlite(connection))
}

/// Returns SQLite's message without the error codes before it.
fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

#[cfg(feature = "postgres")]
fn postgres(url: &str) -> Result<(Connection, String, Vec<String>), BookError> {
    use crate::base::postgresql::Database;
    let mut database = Database::connect(url).map_err(|error| BookError::of(error.to_string()))?;
    let begun = database.client.batch_execute(
        "begin isolation level repeatable read read only; set local datestyle to 'ISO'; set local timezone to 'UTC'",
    );
    begun.map_err(|error| BookError::of(database.failed("cannot be read", &error).to_string()))?;
    let (name, warnings) = (database.name().to_owned(), database.warnings.clone());
    Ok((Connection::Postgres(Box::new(database)), name, warnings))
}

#[cfg(not(feature = "postgres"))]
fn postgres(url: &str) -> Result<(Connection, String, Vec<String>), BookError> {
    let name = BookSource::Postgres(url.into()).name();
    let missing = crate::base::features::NO_POSTGRES;
    Err(BookError::of(format!("{name}: {missing}")))
}

/// The rows of a SQLite query.
pub(crate) struct SqliteRows<'c> {
    statement: Statement<'c>,
}

impl<'c> SqliteRows<'c> {
    /// Prepares a query; also returns the names of its columns.
    pub(crate) fn of(
        connection: &'c rusqlite::Connection,
        query: &str,
    ) -> Result<(Vec<String>, SqliteRows<'c>), SheetError> {
        let statement = connection
            .prepare(query)
            .map_err(|error| failed(&plain(&error)))?;
        let names = statement.column_names();
        let columns: Vec<String> = names.into_iter().map(ToOwned::to_owned).collect();
        match columns.is_empty() {
            true => Err(failed(NO_COLUMNS)),
            false => Ok((columns, SqliteRows { statement })),
        }
    }

    /// Passes every row to `take`, numbered from 1.
    pub(crate) fn each(mut self, mut take: impl FnMut(&SheetRow<'_>)) -> Result<(), SheetError> {
        let count = self.statement.column_count();
        let mut rows = self
            .statement
            .query([])
            .map_err(|error| failed(&plain(&error)))?;
        let mut number = 0;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(()),
                Err(error) => return Err(failed(&plain(&error))),
            };
            number += 1;
            let cells = (0..count).map(|at| row.get_ref(at).map_or(Some(String::new()), text));
            let Some(cells) = cells.collect::<Option<Vec<String>>>() else {
                return crate::book::rows::row::at(number, "has bytes in a cell that are not text");
            };
            let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
            take(&SheetRow {
                line: number,
                cells: &cells,
            });
        }
    }
}

/// Returns the text of a value; `None` if it is not valid UTF-8.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => Some(String::new()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            std::str::from_utf8(bytes).ok().map(ToOwned::to_owned)
        }
    }
}

fn failed(message: &str) -> SheetError {
    SheetError {
        line: None,
        message: message.to_owned(),
    }
}

/// Runs a PostgreSQL query and returns its rows as CSV with a header, in UTF-8.
#[cfg(feature = "postgres")]
pub(crate) fn postgres_rows<'c>(
    database: &'c mut crate::base::postgresql::Database,
    query: &str,
) -> Result<Box<dyn std::io::Read + 'c>, SheetError> {
    use crate::base::postgresql::error::words;
    // A prepared statement can only be a single statement.
    let statement = database.client.prepare(query);
    let statement = statement.map_err(|error| failed(&words(&error)))?;
    if statement.columns().is_empty() {
        return Err(failed(NO_COLUMNS));
    }
    let copy = format!("copy (\n{query}\n) to stdout (format csv, header true, encoding 'UTF8')");
    let rows = database.client.copy_out(&copy);
    let rows = rows.map_err(|error| failed(&words(&error)))?;
    Ok(Box::new(Copied {
        rows,
        is_at_end: false,
    }))
}

/// The output of a server, with the server's messages for errors.
#[cfg(feature = "postgres")]
struct Copied<'c> {
    rows: crate::base::postgresql::library::CopyOutReader<'c>,
    /// Prevents reading beyond the end, which would consume the server's next message.
    is_at_end: bool,
}

#[cfg(feature = "postgres")]
impl std::io::Read for Copied<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        use crate::base::postgresql::error::words;
        use crate::base::postgresql::library;
        if self.is_at_end {
            return Ok(0);
        }
        let read = self.rows.read(buffer).map_err(|error| {
            let said = error.get_ref().and_then(|it| it.downcast_ref());
            match said.map(|it: &library::Error| words(it)) {
                Some(words) => std::io::Error::other(words),
                None => error,
            }
        })?;
        self.is_at_end = read == 0 && !buffer.is_empty();
        Ok(read)
    }
}
