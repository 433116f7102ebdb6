//! What `send` stores: the messages it has begun with their outcomes, and the numbers in tracking tokens (R9).

use crate::output::state::writing::write_client;
use rusqlite::OptionalExtension as _;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::database::StateDatabase;
use super::schema;
use super::writing::Transaction;
use crate::mail::identity::outgoing_id;
use crate::output::state::error::{StateError, unusable};
use crate::output::state::stored::MessageKey;

/// The outcome of a message of an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is being sent. If a later run finds this, the earlier one was stopped.
    Begun,
    /// It was accepted.
    Sent,
    /// It was permanently refused.
    Failed,
    /// It was handed over, but it is not known whether it was accepted.
    Doubtful,
    /// It was not accepted, but may be later.
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

/// The name of a counter that exists if messages may have been begun without a row, because the state was rebuilt and
/// the rows of `send` could not be read.
pub(super) const MAY_LACK: &str = "outgoing/unknown";

/// A message that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// A hash of the content of its line.
    pub content: MessageKey,
    /// Its outcome.
    pub outcome: Outcome,
    /// Its tracking token.
    pub token: String,
}

impl Outgoing {
    /// The content of a message of which a rebuilt state only knows the Message-ID.
    pub const UNKNOWN: MessageKey = [0; 16];

    /// Returns the key in the Message-ID of a message, from the key of its line. A rebuilt state identifies messages by
    /// it.
    pub fn name_of(line: &MessageKey) -> MessageKey {
        outgoing_id(&[b"message", line]).into_bytes()
    }

    /// Returns whether it has the same content as a line of an outbox, as far as the content is known.
    pub fn has_content(&self, content: MessageKey) -> bool {
        self.content == content || self.content == Outgoing::UNKNOWN
    }
}

impl StateDatabase {
    /// Returns whether messages may have been begun that the state does not know.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn may_lack_outgoing(&self) -> Result<bool, StateError> {
        let lacks = self.lacks_outgoing_rows();
        lacks.map_err(|error| unusable(&self.path, error))
    }

    pub(super) fn lacks_outgoing_rows(&self) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM counter WHERE name = ?1)";
        self.connection.query_row(sql, [MAY_LACK], |row| row.get(0))
    }

    /// Records that every line of the outbox was checked: from now on a message without a row is new.
    ///
    /// # Errors
    /// If the state cannot be written.
    pub fn clear_may_lack(&mut self) -> Result<(), StateError> {
        let sql = "DELETE FROM counter WHERE name = ?1";
        let deleted = self.connection.execute(sql, [MAY_LACK]);
        deleted.map_err(|error| unusable(&self.path, error))?;
        Ok(())
    }

    /// Returns the row of a line of an outbox, by the line's key or by the key in its Message-ID; `None` if it was
    /// never begun.
    ///
    /// # Errors
    /// If the state cannot be read; likewise for all methods below.
    pub fn outgoing(&self, line: &MessageKey) -> Result<Option<Outgoing>, StateError> {
        let by_key = self.outgoing_by(line)?;
        match by_key {
            Some(_) => Ok(by_key),
            None => self.outgoing_by(&Outgoing::name_of(line)),
        }
    }

    fn outgoing_by(&self, line: &MessageKey) -> Result<Option<Outgoing>, StateError> {
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

    /// Returns the number of a sender in tracking tokens and the next value of the sender's counter, both from 1.
    /// Neither is ever used again, whatever the outcome of the message.
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

    /// Records that a message is being sent. From now on it is never sent again unless its outcome is recorded.
    pub fn begin(
        &mut self,
        line: MessageKey,
        content: MessageKey,
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
            write_client(&transaction, client)?;
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

/// Writes the outcomes of messages.
pub(super) fn write_outgoing(
    to: &Transaction<'_>,
    rows: &[(MessageKey, Outgoing)],
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO outgoing VALUES (?1, ?2, ?3, ?4)";
    let mut insert = to.prepare_cached(sql)?;
    for (line, row) in rows {
        insert.execute((line, row.content, row.outcome, &row.token))?;
    }
    Ok(())
}
