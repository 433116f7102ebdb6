//! The changes that a run makes to the state, in one transaction.

use crate::output::state::writing::write_client;
use std::borrow::Cow;

use rusqlite::types::ValueRef;

use super::database::StateDatabase;
use super::given::{RunArguments, write_given};
use super::sending::{Outgoing, write_outgoing};
use super::writing::Transaction;
use crate::mail::direction::Direction;
use crate::mail::source::SourceKey;
use crate::output::state::error::{StateError, unusable};
use crate::output::state::stored::{MessageKey, direction_number};
use crate::output::table::{Lengths, Table};

/// A message that was decided.
#[derive(Clone, Copy, Debug)]
pub struct DecidedRow {
    /// Its identity.
    pub identity: MessageKey,
    /// The location of the message.
    pub place: SourceKey,
    /// Whether it is tracked, or a duplicate of a tracked message.
    pub stands: bool,
}

/// An activity that was tracked.
#[derive(Clone, Debug, Default)]
pub struct ActivityRow<'a> {
    /// The identity of its message.
    pub identity: MessageKey,
    /// The direction, for internal mail that is tracked in both directions.
    pub direction: Option<Direction>,
    /// When it was received, in seconds since 1970.
    pub received: Option<i64>,
    /// The source of its message.
    pub source: Cow<'a, str>,
    /// The regarding record, `type:id`.
    pub regarding: Option<String>,
    /// The mailbox whose folder rule set the regarding record.
    pub folder: Option<&'a str>,
    /// Its id, if that differs from the identity.
    pub id: Option<MessageKey>,
    /// Its subject, if smart matching is on.
    pub subject: Option<&'a str>,
    /// Its addresses in normal form, one per line, if smart matching is on.
    pub addresses: Option<String>,
    /// Its tracking tokens.
    pub tokens: Vec<String>,
    /// The id of its conversation, and its Thread-Index.
    pub conversation: Option<(Vec<u8>, &'a str)>,
}

/// A regarding record that a folder rule changed.
#[derive(Clone, Debug)]
pub struct RegardingRow<'a> {
    /// The identity of the activity's message.
    pub identity: MessageKey,
    /// See [`ActivityRow::direction`].
    pub direction: Option<Direction>,
    /// The new regarding record, `type:id`.
    pub regarding: String,
    /// The mailbox whose folder rule set it.
    pub folder: &'a str,
}

/// A record that was created.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are those of the record")]
pub struct CreatedRow<'a> {
    pub address: &'a str,
    pub folded: Cow<'a, str>,
    pub kind: &'static str,
    pub id: &'a str,
    pub written: &'a str,
    pub full_name: &'a str,
    pub first_name: Option<&'a str>,
    pub last_name: &'a str,
    pub owner: Option<String>,
    pub created: Option<i64>,
}

/// The activities that a run adds. Their rows are large, so only some exist at a time.
pub struct Activities<'a> {
    /// The identities of their messages, with their positions in the order of decisions.
    identities: Vec<(MessageKey, u32)>,
    row: Box<MakeRow<'a>>,
}

type MakeRow<'a> = dyn Fn(u32) -> ActivityRow<'a> + Send + Sync + 'a;

impl<'a> Activities<'a> {
    /// Creates the activities from the identities of their messages, in the order of decisions; `row` makes the row at
    /// a position in that order.
    pub fn new(
        identities: impl Iterator<Item = MessageKey>,
        row: impl Fn(u32) -> ActivityRow<'a> + Send + Sync + 'a,
    ) -> Activities<'a> {
        Activities {
            identities: identities.zip(0..).collect(),
            row: Box::new(row),
        }
    }
}

impl<'a> FromIterator<ActivityRow<'a>> for Activities<'a> {
    fn from_iter<I: IntoIterator<Item = ActivityRow<'a>>>(rows: I) -> Activities<'a> {
        let rows: Vec<ActivityRow<'a>> = rows.into_iter().collect();
        let identities: Vec<MessageKey> = rows.iter().map(|row| row.identity).collect();
        Activities::new(identities.into_iter(), move |at| rows[at as usize].clone())
    }
}

impl Default for Activities<'_> {
    fn default() -> Self {
        std::iter::empty().collect()
    }
}

/// All changes that a run makes.
#[derive(Default)]
pub struct Changes<'a> {
    /// The client that writes, to which the folder belongs from then on.
    pub client: String,
    /// The fingerprint of the options and the book; empty if no options decided the changes.
    pub fingerprint: Vec<u8>,
    /// The arguments of the run, stored if it decides messages under a fingerprint.
    pub given: Option<RunArguments>,
    /// The messages that were decided.
    pub decided: Vec<DecidedRow>,
    /// The earlier run of each message among them that was decided before.
    pub replaced: Vec<i64>,
    /// The activities.
    pub activities: Activities<'a>,
    /// The changed regarding records of earlier activities.
    pub regarding: Vec<RegardingRow<'a>>,
    /// Created records, in the order of their creation.
    pub created: Vec<CreatedRow<'a>>,
    /// The messages of an outbox that are completed, by the key of their line.
    pub outgoing: Vec<(MessageKey, Outgoing)>,
    /// All failures of this run, each with the hash of its reason.
    pub failures: Vec<(SourceKey, i64)>,
    /// Failures of earlier runs that no longer occur.
    pub mended: Vec<SourceKey>,
}

impl StateDatabase {
    /// Writes changes, which take effect with the commit. If the state is closed before, it stays unchanged.
    ///
    /// # Errors
    /// If the state cannot be written; likewise for [`commit`](StateDatabase::commit).
    pub fn take(&mut self, mut changes: Changes<'_>) -> Result<(), StateError> {
        let mut take = || {
            let transaction = Transaction::begin(&self.connection)?;
            write(&transaction, &mut changes)?;
            transaction.leave_open();
            Ok(())
        };
        take().map_err(|error| unusable(&self.path, error))
    }

    /// Commits the changes, together with the length of each output file that counts from now on. If nothing changed,
    /// nothing is written, which saves waiting for the disk.
    pub fn commit(&mut self, lengths: &Lengths) -> Result<(), StateError> {
        let write = || {
            let transaction = Transaction::begin(&self.connection)?;
            let sql = "INSERT INTO output VALUES (?1, ?2)
                ON CONFLICT (name) DO UPDATE SET length = ?2 WHERE length <> ?2";
            let mut output = transaction.prepare(sql)?;
            for table in Table::ALL {
                output.execute((table.name(), lengths.of(table) as i64))?;
            }
            drop(output);
            transaction.commit()
        };
        write().map_err(|error| unusable(&self.path, error))
    }
}

fn write(to: &Transaction<'_>, changes: &mut Changes<'_>) -> rusqlite::Result<()> {
    write_failures(to, changes)?;
    write_decided(to, changes)?;
    write_activities(to, changes)?;
    write_created(to, changes)?;
    write_outgoing(to, &changes.outgoing)?;
    write_client(to, &changes.client)
}

fn write_failures(to: &Transaction<'_>, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let mut failed = to.prepare("INSERT OR REPLACE INTO failure VALUES (?1, ?2)")?;
    for (place, error) in &changes.failures {
        failed.execute((place.0, error))?;
    }
    let mut mended = to.prepare("DELETE FROM failure WHERE place = ?1")?;
    for place in &changes.mended {
        mended.execute([place.0])?;
    }
    Ok(())
}

/// The run number of sent messages, which no options decided.
const OF_NO_RUN: i64 = 0;

fn write_decided(to: &Transaction<'_>, changes: &mut Changes<'_>) -> rusqlite::Result<()> {
    if changes.decided.is_empty() {
        return Ok(());
    }
    let run = if changes.fingerprint.is_empty() {
        OF_NO_RUN
    } else {
        to.execute(
            "INSERT INTO run (fingerprint, decided) VALUES (?1, ?2)",
            (&changes.fingerprint, changes.decided.len() as i64),
        )?;
        let run = to.last_insert_rowid();
        if let Some(given) = &changes.given {
            write_given(to, run, given)?;
        }
        run
    };
    changes
        .decided
        .sort_unstable_by_key(|row| (u128::from_be_bytes(row.identity), row.place, row.stands));
    to.insert("decided", &changes.decided, |row| {
        [
            ValueRef::Blob(&row.identity),
            ValueRef::Integer(row.place.0),
            ValueRef::Integer(run),
            ValueRef::Integer(row.stands.into()),
        ]
    })?;
    let mut less = to.prepare("UPDATE run SET decided = decided - 1 WHERE number = ?1")?;
    for before in &changes.replaced {
        less.execute([before])?;
    }
    Ok(())
}

fn integer(value: Option<i64>) -> ValueRef<'static> {
    value.map_or(ValueRef::Null, ValueRef::Integer)
}

/// Number of activity rows that exist at a time.
const ACTIVITIES_TOGETHER: usize = 4096;

fn write_activities(to: &Transaction<'_>, changes: &mut Changes<'_>) -> rusqlite::Result<()> {
    let Activities { identities, row } = &mut changes.activities;
    let first = counter(to, "activity", identities.len())?;
    identities.sort_unstable_by_key(|(identity, _)| u128::from_be_bytes(*identity));
    for part in identities.chunks(ACTIVITIES_TOGETHER) {
        let rows = part.iter().map(|&(_, at)| (first + i64::from(at), row(at)));
        let rows: Vec<(i64, ActivityRow<'_>)> = rows.collect();
        insert_activities(to, &rows)?;
    }
    write_regarding(to, &changes.regarding)
}

fn insert_activities(
    to: &Transaction<'_>,
    rows: &[(i64, ActivityRow<'_>)],
) -> rusqlite::Result<()> {
    to.insert("activity", rows, |(sequence, row)| {
        [
            ValueRef::Blob(&row.identity),
            ValueRef::Integer(direction_number(row.direction)),
            ValueRef::Integer(*sequence),
            integer(row.received),
            row.source.as_ref().into(),
            row.regarding.as_deref().into(),
            row.folder.into(),
            row.id.as_ref().map(<[u8; 16]>::as_slice).into(),
            row.subject.into(),
            row.addresses.as_deref().into(),
        ]
    })?;
    let mut token = to.prepare("INSERT OR REPLACE INTO token VALUES (?1, ?2, ?3)")?;
    let mut conversation =
        to.prepare("INSERT OR REPLACE INTO conversation VALUES (?1, ?2, ?3, ?4)")?;
    for (_, row) in rows {
        let direction = direction_number(row.direction);
        for text in &row.tokens {
            token.execute((text, row.identity, direction))?;
        }
        if let Some((id, index)) = &row.conversation {
            conversation.execute((id, row.identity, direction, index))?;
        }
    }
    Ok(())
}

fn write_regarding(to: &Transaction<'_>, rows: &[RegardingRow<'_>]) -> rusqlite::Result<()> {
    let sql =
        "UPDATE activity SET regarding = ?3, folder = ?4 WHERE identity = ?1 AND direction = ?2";
    let mut update = to.prepare(sql)?;
    for row in rows {
        update.execute((
            row.identity,
            direction_number(row.direction),
            &row.regarding,
            row.folder,
        ))?;
    }
    Ok(())
}

fn write_created(to: &Transaction<'_>, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let first = counter(to, "created", changes.created.len())?;
    // Sorted by key for SQLite. The sort is stable, so of several rows with one address, the one created last is kept.
    let mut rows: Vec<(i64, &CreatedRow<'_>)> = (first..).zip(&changes.created).collect();
    rows.sort_by_key(|(_, row)| row.address);
    to.insert("created", &rows, |(sequence, row)| {
        [
            row.address.into(),
            row.folded.as_ref().into(),
            ValueRef::Integer(*sequence),
            row.kind.into(),
            row.id.into(),
            row.written.into(),
            row.full_name.into(),
            row.first_name.into(),
            row.last_name.into(),
            row.owner.as_deref().into(),
            integer(row.created),
        ]
    })
}

/// Reserves `count` unused numbers, and returns the first.
fn counter(to: &Transaction<'_>, name: &str, count: usize) -> rusqlite::Result<i64> {
    if count == 0 {
        return Ok(0);
    }
    let sql = "INSERT INTO counter VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value + ?2 RETURNING value";
    let end: i64 = to.query_row(sql, (name, count as i64), |row| row.get(0))?;
    Ok(end - count as i64)
}
