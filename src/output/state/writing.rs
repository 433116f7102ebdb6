//! Transactions of the state. The first transaction of a new state begins when it is opened, and its tables are
//! committed together with the first changes, because each commit waits several times for the disk.

use std::ops::Deref;

use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};

/// Rows per INSERT statement. Starting and ending a statement takes as long as a row.
const ROWS_TOGETHER: usize = 32;

/// A transaction. If it is dropped before the commit, the state stays unchanged.
#[derive(Debug)]
pub(super) struct Transaction<'c> {
    connection: &'c Connection,
    is_left_open: bool,
}

impl<'c> Transaction<'c> {
    /// Begins a transaction, or continues the one that was left open.
    pub(super) fn begin(connection: &'c Connection) -> rusqlite::Result<Transaction<'c>> {
        if connection.is_autocommit() {
            connection.execute_batch("BEGIN")?;
        }
        Ok(Transaction {
            connection,
            is_left_open: false,
        })
    }

    /// Inserts rows with all columns of a table, replacing rows with the same key.
    pub(super) fn insert<'r, R, const COLUMNS: usize>(
        &self,
        table: &str,
        rows: &'r [R],
        values: impl Fn(&'r R) -> [ValueRef<'r>; COLUMNS],
    ) -> rusqlite::Result<()> {
        let row = format!("({})", ["?"; COLUMNS].join(","));
        // The remaining rows need a statement of their own, because they are fewer.
        let (together, last) = rows.split_at(rows.len() / ROWS_TOGETHER * ROWS_TOGETHER);
        for (rows, count) in [(together, ROWS_TOGETHER), (last, last.len())] {
            if rows.is_empty() {
                continue;
            }
            let all = vec![row.as_str(); count].join(",");
            let sql = format!("INSERT OR REPLACE INTO {table} VALUES {all}");
            let mut statement = self.connection.prepare(&sql)?;
            for rows in rows.chunks(count) {
                for (at, value) in rows.iter().flat_map(&values).enumerate() {
                    statement.raw_bind_parameter(at + 1, ToSqlOutput::Borrowed(value))?;
                }
                statement.raw_execute()?;
            }
        }
        Ok(())
    }

    /// Commits the transaction.
    pub(super) fn commit(self) -> rusqlite::Result<()> {
        self.connection.execute_batch("COMMIT")
    }

    /// Leaves the transaction open, for the next one to commit.
    pub(super) fn leave_open(mut self) {
        self.is_left_open = true;
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.is_left_open && !self.connection.is_autocommit() {
            // If this fails too, closing the file rolls back.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

pub(super) fn write_client(to: &Transaction<'_>, client: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO client VALUES (1, ?1) ON CONFLICT (number) DO UPDATE SET name = ?1 WHERE name <> ?1";
    to.execute(sql, [client])?;
    Ok(())
}
