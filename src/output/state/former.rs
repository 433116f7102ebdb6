//! What a state knows under names that this program derives otherwise: versions before the fifth kept Message-IDs with the
//! white space and RFC 2047 words that programs put into them (R1), and addresses with their invisible characters (R7).
//!
//! The state has only hashes of Message-IDs. Their texts are in the decisions of the folder, so they are read there, once.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::Path;

use rusqlite::Connection;
use serde::Deserialize;

use crate::base::disk;
use crate::mail::address::{Address, Equivalence};
use crate::mail::identity::{Identity, activity_id};
use crate::mail::message::message_id;
use crate::output::state::stored::Key;
use crate::output::table::{Lengths, Table};

/// A message's key as the state has it, and the one by which it is known now.
type Renamed = (Key, Key);

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    messageid: Option<std::borrow::Cow<'a, str>>,
}

/// The messages of a folder that are known by another key now, as far as its decisions are committed.
///
/// # Errors
/// If the decisions cannot be read. A folder without them has nothing to say.
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

/// The keys of a decision's message, if they differ.
fn renaming(line: &[u8]) -> Option<Renamed> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let former = line.messageid?;
    let is_plain = !former.contains(char::is_whitespace) && !former.contains("=?");
    let present = message_id::identity(&former).filter(|id| !is_plain && **id != *former)?;
    let key = |id: &str| activity_id(Identity::MessageId(id), None).into_bytes();
    Some((key(&former), key(&present)))
}

/// Gives messages and created records the names by which they are known now. What is known by that name already stays.
pub(super) fn rename(connection: &Connection, messages: &[Renamed]) -> rusqlite::Result<()> {
    // An activity's id never changes: where it was the key, it is kept beside it from now on.
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
