//! Upgrades the keys of an older state. Versions before 5 kept Message-IDs with the white space and RFC 2047 words that
//! some programs put into them (R1), and addresses with invisible characters (R7).
//!
//! The state has only hashes of Message-IDs. Their texts are read once from the decisions in the output folder.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::Path;

use rusqlite::Connection;
use serde::Deserialize;

use crate::base::disk;
use crate::mail::address::{Address, Equivalence};
use crate::mail::identity::{Identity, activity_id};
use crate::mail::message::message_id;
use crate::output::state::stored::MessageKey;
use crate::output::table::{Lengths, Table};

/// A message's key in the state, and its present key.
type Renamed = (MessageKey, MessageKey);

#[derive(Deserialize)]
struct FormerDecision<'a> {
    #[serde(borrow)]
    messageid: Option<std::borrow::Cow<'a, str>>,
}

/// Returns the messages of a folder whose keys differ, according to its committed decisions.
///
/// # Errors
/// If the decisions cannot be read. If the file does not exist, there is nothing to rename.
pub(super) fn renamed(folder: &Path, committed: &Lengths) -> std::io::Result<Vec<Renamed>> {
    let name = format!("{}.jsonl", Table::Decisions.name());
    let file = match disk::open_file(&folder.join(name)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        file => file?,
    };
    let mut lines = BufReader::new(file.take(committed.of(Table::Decisions)));
    let (mut found, mut line) = (Vec::new(), Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 {
        found.extend(renaming(&line));
        line.clear();
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Returns the old and the present key of a decision's message, if they differ.
fn renaming(line: &[u8]) -> Option<Renamed> {
    let line: FormerDecision<'_> = serde_json::from_slice(line).ok()?;
    let former = line.messageid?;
    let is_plain = !former.contains(char::is_whitespace) && !former.contains("=?");
    let present = message_id::identity(&former).filter(|id| !is_plain && **id != *former)?;
    let key = |id: &str| activity_id(Identity::MessageId(id), None).into_bytes();
    Some((key(&former), key(&present)))
}

/// Renames messages and created records to their present keys. A row that already has the present key stays.
pub(super) fn rename(connection: &Connection, messages: &[Renamed]) -> rusqlite::Result<()> {
    // The id of an activity never changes: if it was the key, it is stored separately from now on.
    let statements = [
        "UPDATE OR IGNORE decided SET identity = ?2 WHERE identity = ?1",
        "UPDATE OR IGNORE activity SET identity = ?2, id = coalesce(id, ?1) WHERE identity = ?1",
        "UPDATE OR IGNORE token SET identity = ?2 WHERE identity = ?1",
        "UPDATE OR IGNORE conversation SET identity = ?2 WHERE identity = ?1",
    ];
    for (former, present) in messages {
        for statement in statements {
            connection
                .prepare_cached(statement)?
                .execute((former, present))?;
        }
    }
    rename_addresses(connection)
}

fn rename_addresses(connection: &Connection) -> rusqlite::Result<()> {
    let mut addresses = connection.prepare("SELECT address FROM created")?;
    let all = addresses.query_map([], |row| row.get::<_, String>(0))?;
    let mut renamed = Vec::new();
    for former in all {
        let former = former?;
        let present =
            Address::parse(&former).filter(|it| !former.is_ascii() && it.as_str() != former);
        renamed.extend(present.map(|present| (former, present)));
    }
    for (former, present) in renamed {
        let folded = present.equivalence_key(Equivalence::WIDEST);
        connection.execute(
            "UPDATE OR IGNORE created SET address = ?2, folded = ?3 WHERE address = ?1",
            (former, present.as_str(), &*folded),
        )?;
    }
    Ok(())
}
