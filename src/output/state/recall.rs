//! Reads the state: only the rows that the mail of a run refers to, in the order of their keys.

use hashbrown::{HashMap, HashSet};
use rusqlite::Row;

use super::database::StateDatabase;
use crate::mail::direction::Direction;
use crate::mail::source::SourceKey;
use crate::output::state::error::{StateError, unusable};
use crate::output::state::stored::{MessageKey, direction_number, direction_of};

/// An earlier decision on a message at a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecidedBefore {
    /// The run.
    pub run: i64,
    /// Whether it is final even with `--again`: the message is tracked, or a duplicate of a tracked one.
    pub stands: bool,
}

/// An activity that an earlier run tracked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedBefore {
    /// The direction, for internal mail that is tracked in both directions.
    pub direction: Option<Direction>,
    /// Its position in the order of decisions over all runs.
    pub sequence: i64,
    /// When it was received, in seconds since 1970.
    pub received: Option<i64>,
    /// The source of its message in that run.
    pub source: String,
    /// The regarding record, `type:id`.
    pub regarding: Option<String>,
    /// The mailbox whose folder rule set the regarding record.
    pub folder: Option<String>,
    /// Its id, if that differs from the identity.
    pub id: Option<MessageKey>,
    /// Its subject, if smart matching was on.
    pub subject: Option<String>,
    /// Its addresses in normal form, one per line, if smart matching was on.
    pub addresses: Option<String>,
    /// Those of its tracking tokens that the query contains.
    pub tokens: Vec<String>,
    /// Its Thread-Index, if the query contains its conversation.
    pub conversation_index: Option<String>,
}

/// Selects activities of earlier runs.
#[derive(Debug, Default)]
pub struct RecallQuery {
    /// Those with these identities.
    pub identities: Vec<MessageKey>,
    /// Those with one of these tracking tokens.
    pub tokens: Vec<String>,
    /// Those in one of these conversations.
    pub conversations: Vec<Vec<u8>>,
    /// For smart matching: those received within these times, both inclusive.
    pub received: Option<(i64, i64)>,
}

/// A record that an earlier run created.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of the record")]
pub struct CreatedBefore {
    pub sequence: i64,
    pub address: String,
    pub kind: String,
    pub id: String,
    pub written: String,
    pub full_name: String,
    pub first_name: Option<String>,
    pub last_name: String,
    pub owner: Option<String>,
    pub created: Option<i64>,
}

impl StateDatabase {
    /// Returns the decisions on messages with these identities and their locations, sorted by identity and location.
    ///
    /// # Errors
    /// If the state cannot be read; likewise for all methods below.
    pub fn decided(
        &self,
        identities: Vec<MessageKey>,
    ) -> Result<Vec<(MessageKey, SourceKey, DecidedBefore)>, StateError> {
        let sql = "SELECT place, run, stands FROM decided WHERE identity = ?1 ORDER BY place";
        let read = || {
            let mut found = Vec::new();
            let mut statement = self.connection.prepare_cached(sql)?;
            for key in sorted(identities) {
                let mut rows = statement.query([key])?;
                while let Some(row) = rows.next()? {
                    let before = DecidedBefore {
                        run: row.get(1)?,
                        stands: row.get(2)?,
                    };
                    found.push((key, SourceKey(row.get(0)?), before));
                }
            }
            Ok(found)
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    /// Returns the selected activities, each once, in the order of decisions.
    pub fn activities(
        &self,
        wanted: RecallQuery,
    ) -> Result<Vec<(MessageKey, TrackedBefore)>, StateError> {
        let read = || {
            let mut identities = wanted.identities;
            let (mut tokens, mut indexes) = (HashMap::new(), HashMap::new());
            self.by_token(wanted.tokens, &mut tokens)?;
            self.by_conversation(wanted.conversations, &mut indexes)?;
            identities.extend(tokens.keys().map(|(identity, _)| *identity));
            identities.extend(indexes.keys().map(|(identity, _)| *identity));
            if let Some(window) = wanted.received {
                let sql = "SELECT identity FROM activity WHERE subject IS NOT NULL AND received BETWEEN ?1 AND ?2";
                let mut statement = self.connection.prepare_cached(sql)?;
                for identity in statement.query_map(window, |row| row.get(0))? {
                    identities.push(identity?);
                }
            }
            let mut found = Vec::new();
            let mut statement = self.connection.prepare_cached(ACTIVITY)?;
            for key in sorted(identities) {
                for activity in statement.query_map([key], tracked)? {
                    let mut activity = activity?;
                    let place = (key, direction_number(activity.direction));
                    activity.tokens = tokens.remove(&place).unwrap_or_default();
                    activity.conversation_index = indexes.remove(&place);
                    found.push((key, activity));
                }
            }
            found.sort_by_key(|(_, activity)| activity.sequence);
            Ok(found)
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    fn by_token(
        &self,
        tokens: Vec<String>,
        found: &mut HashMap<(MessageKey, i64), Vec<String>>,
    ) -> rusqlite::Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT identity, direction FROM token WHERE token = ?1")?;
        for token in sorted(tokens) {
            for place in statement.query_map([&token], |row| Ok((row.get(0)?, row.get(1)?)))? {
                found.entry(place?).or_default().push(token.clone());
            }
        }
        Ok(())
    }

    fn by_conversation(
        &self,
        conversations: Vec<Vec<u8>>,
        found: &mut HashMap<(MessageKey, i64), String>,
    ) -> rusqlite::Result<()> {
        let sql = "SELECT identity, direction, conversationindex FROM conversation WHERE conversation = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        for conversation in sorted(conversations) {
            let rows = statement.query_map([conversation], |row| {
                Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
            })?;
            for row in rows {
                let (place, index) = row?;
                found.insert(place, index);
            }
        }
        Ok(())
    }

    /// Returns the created records with one of these keys of the widest equivalence, in the order of their creation.
    pub fn created(
        &self,
        folded: impl IntoIterator<Item = String>,
    ) -> Result<Vec<CreatedBefore>, StateError> {
        let sql = "SELECT sequence, address, kind, id, written, fullname, firstname, lastname, owner, created
            FROM created WHERE folded = ?1";
        let read = || {
            let mut found = Vec::new();
            if !self
                .connection
                .query_row(&any_of("created"), [], |row| row.get(0))?
            {
                return Ok(found);
            }
            let mut statement = self.connection.prepare_cached(sql)?;
            for folded in sorted(folded.into_iter().collect()) {
                for record in statement.query_map([folded], created)? {
                    found.push(record?);
                }
            }
            found.sort_by_key(|record: &CreatedBefore| record.sequence);
            Ok(found)
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    /// Returns all failures, each with the hash of its reason.
    pub fn failures(&self) -> Result<HashMap<SourceKey, i64>, StateError> {
        let read = || {
            let mut statement = self
                .connection
                .prepare("SELECT place, error FROM failure")?;
            let rows = statement.query_map([], |row| Ok((SourceKey(row.get(0)?), row.get(1)?)))?;
            rows.collect::<rusqlite::Result<HashMap<SourceKey, i64>>>()
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    /// Returns the runs that decided under this fingerprint.
    pub fn runs_under(&self, fingerprint: &[u8]) -> Result<HashSet<i64>, StateError> {
        let read = || {
            let sql = "SELECT number FROM run WHERE fingerprint = ?1";
            let mut statement = self.connection.prepare(sql)?;
            let numbers = statement.query_map([fingerprint], |row| row.get(0))?;
            numbers.collect::<rusqlite::Result<HashSet<i64>>>()
        };
        read().map_err(|error| unusable(&self.path, error))
    }

    /// Returns the number of messages that runs under other fingerprints decided last.
    pub fn decided_under_others(&self, fingerprint: &[u8]) -> Result<u64, StateError> {
        let sql = "SELECT coalesce(sum(decided), 0) FROM run WHERE fingerprint <> ?1";
        let count = self
            .connection
            .query_row(sql, [fingerprint], |row| row.get::<_, i64>(0));
        count
            .map(|count| count.max(0) as u64)
            .map_err(|error| unusable(&self.path, error))
    }

    /// Returns whether anything was tracked.
    pub fn has_activities(&self) -> Result<bool, StateError> {
        self.has_any("activity")
    }

    /// Returns whether any message was decided.
    pub fn has_decided(&self) -> Result<bool, StateError> {
        self.has_any("decided")
    }

    pub(super) fn has_any(&self, table: &str) -> Result<bool, StateError> {
        let found = self
            .connection
            .query_row(&any_of(table), [], |row| row.get(0));
        found.map_err(|error| unusable(&self.path, error))
    }
}

fn any_of(table: &str) -> String {
    format!("SELECT EXISTS (SELECT 1 FROM {table})")
}

/// The columns that [`tracked`] reads.
const ACTIVITY: &str =
    "SELECT direction, sequence, received, source, regarding, folder, id, subject, addresses
    FROM activity WHERE identity = ?1";

/// Sorts and deduplicates keys, so that neighboring rows are read one after another.
fn sorted<K: Ord>(mut keys: Vec<K>) -> Vec<K> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn tracked(row: &Row<'_>) -> rusqlite::Result<TrackedBefore> {
    Ok(TrackedBefore {
        direction: direction_of(row.get(0)?),
        sequence: row.get(1)?,
        received: row.get(2)?,
        source: row.get(3)?,
        regarding: row.get(4)?,
        folder: row.get(5)?,
        id: row.get(6)?,
        subject: row.get(7)?,
        addresses: row.get(8)?,
        tokens: Vec::new(),
        conversation_index: None,
    })
}

fn created(row: &Row<'_>) -> rusqlite::Result<CreatedBefore> {
    Ok(CreatedBefore {
        sequence: row.get(0)?,
        address: row.get(1)?,
        kind: row.get(2)?,
        id: row.get(3)?,
        written: row.get(4)?,
        full_name: row.get(5)?,
        first_name: row.get(6)?,
        last_name: row.get(7)?,
        owner: row.get(8)?,
        created: row.get(9)?,
    })
}
