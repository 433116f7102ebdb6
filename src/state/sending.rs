//! What `send` keeps: which messages were begun and what became of them, and the numbers of tracking tokens (R9).

use rusqlite::OptionalExtension as _;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::writing::Transaction;
use super::{Key, State, StateError, schema, unusable};

/// What became of a message of an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is being handed over; where a run finds this, the one before it was stopped.
    Begun,
    /// It was taken.
    Sent,
    /// It was refused, for good.
    Failed,
    /// It was handed over, and nobody said whether it was taken.
    Doubtful,
    /// It was not taken, and may be the next time.
    PutOff,
}

impl ToSql for Outcome {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((*self as i64).into())
    }
}

impl FromSql for Outcome {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Outcome> {
        let all = [
            Outcome::Begun,
            Outcome::Sent,
            Outcome::Failed,
            Outcome::Doubtful,
            Outcome::PutOff,
        ];
        let number = value.as_i64()?;
        let mut all = all.into_iter();
        all.find(|it| *it as i64 == number)
            .ok_or(FromSqlError::OutOfRange(number))
    }
}

/// A message that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// What its line says, as a hash.
    pub content: Key,
    /// What became of it.
    pub outcome: Outcome,
    /// Its tracking token.
    pub token: String,
}

impl State {
    /// What became of a line of an outbox; `None` where it was never begun.
    ///
    /// # Errors
    /// Where the state cannot be read; so for all that follows.
    pub fn outgoing(&self, line: &Key) -> Result<Option<Outgoing>, StateError> {
        if self.version < schema::VERSION_OF_SENDING {
            return Ok(None);
        }
        let sql = "SELECT content, outcome, token FROM outgoing WHERE line = ?1";
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let row = statement.query_row([line], |row| {
                Ok(Outgoing {
                    content: row.get(0)?,
                    outcome: row.get(1)?,
                    token: row.get(2)?,
                })
            });
            row.optional()
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    /// The number that a sender has in tracking tokens, and the next of the sender's counter, both from 1 on; neither is
    /// ever given again, whatever becomes of the message.
    pub fn next_token(&mut self, owner: &str) -> Result<(u64, u64), StateError> {
        let write = || {
            let transaction = Transaction::begin(&self.connection)?;
            let number = user_number(&transaction, owner)?;
            let sql = "INSERT INTO counter VALUES (?1, 1)
                ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value";
            let count: i64 =
                transaction.query_row(sql, [format!("token/{number}")], |row| row.get(0))?;
            transaction.commit()?;
            Ok((number as u64, count as u64))
        };
        write().map_err(|error| unusable(&self.path, error))
    }

    /// Says that a message is being handed over. From now on it is never handed over again, unless it is said what
    /// became of it.
    pub fn begin(
        &mut self,
        line: Key,
        content: Key,
        token: &str,
        client: &str,
    ) -> Result<(), StateError> {
        let begun = Outgoing {
            content,
            outcome: Outcome::Begun,
            token: token.into(),
        };
        let write = || {
            let transaction = Transaction::begin(&self.connection)?;
            write_outgoing(&transaction, &[(line, begun.clone())])?;
            super::changes::write_client(&transaction, client)?;
            transaction.commit()
        };
        write().map_err(|error| unusable(&self.path, error))
    }
}

fn user_number(to: &Transaction<'_>, owner: &str) -> rusqlite::Result<i64> {
    let known = to.query_row(
        "SELECT number FROM tokenuser WHERE owner = ?1",
        [owner],
        |row| row.get(0),
    );
    if let Some(number) = known.optional()? {
        return Ok(number);
    }
    let sql = "INSERT INTO tokenuser SELECT ?1, coalesce(max(number), 0) + 1 FROM tokenuser RETURNING number";
    to.query_row(sql, [owner], |row| row.get(0))
}

/// Writes what became of messages.
pub(super) fn write_outgoing(
    to: &Transaction<'_>,
    rows: &[(Key, Outgoing)],
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO outgoing VALUES (?1, ?2, ?3, ?4)";
    let mut insert = to.prepare_cached(sql)?;
    for (line, row) in rows {
        insert.execute((line, row.content, row.outcome, &row.token))?;
    }
    Ok(())
}
