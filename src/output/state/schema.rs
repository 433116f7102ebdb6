//! The tables of `state.db`. A released version is never changed; a new version is another step.

use rusqlite::Connection;

use super::writing::Transaction;

/// Identifies the file as ours in its header.
pub(crate) const APPLICATION_ID: i32 = 0x4d54_524b;

/// The steps from one version to the next; the version is the number of steps taken.
const STEPS: [&str; 5] = [FIRST, SECOND, THIRD, FOURTH, FIFTH];

/// The version that this program reads and writes.
pub(super) const VERSION: i32 = STEPS.len() as i32;

/// Identities are the ids of the activities derived from them: 16 bytes. A direction is 0, or for internal mail that is
/// tracked in both directions 1 (incoming) or 2 (outgoing). Times are seconds since 1970, except for those of files,
/// which are nanoseconds.
const FIRST: &str = "
-- How many bytes of each output file are committed.
CREATE TABLE output (name TEXT PRIMARY KEY, length INTEGER NOT NULL) WITHOUT ROWID;
-- Runs that decided something: under which options and book, and how many messages still stand as it decided them.
CREATE TABLE run (number INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL, decided INTEGER NOT NULL);
-- Numbers that go on from run to run.
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
-- Files as they were when they were read. Without messages: no mail.
CREATE TABLE file (place INTEGER PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, messages INTEGER);
-- Every message that was decided, and where it lay.
CREATE TABLE decided (
    identity BLOB NOT NULL, place INTEGER NOT NULL, run INTEGER NOT NULL, stands INTEGER NOT NULL,
    PRIMARY KEY (identity, place)
) WITHOUT ROWID;
-- Every activity that was tracked.
CREATE TABLE activity (
    identity BLOB NOT NULL, direction INTEGER NOT NULL, sequence INTEGER NOT NULL, received INTEGER,
    source TEXT NOT NULL, regarding TEXT, folder TEXT,
    -- Where a direction is part of it: the activity's id, which is else the identity.
    id BLOB,
    -- Where smart matching is on.
    subject TEXT, addresses TEXT,
    PRIMARY KEY (identity, direction)
) WITHOUT ROWID;
CREATE INDEX activity_received ON activity (received) WHERE subject IS NOT NULL;
-- Tracking tokens, and whole conversation indexes by the conversation's id.
CREATE TABLE token (
    token TEXT NOT NULL, identity BLOB NOT NULL, direction INTEGER NOT NULL, PRIMARY KEY (token, identity, direction)
) WITHOUT ROWID;
CREATE TABLE conversation (
    conversation BLOB NOT NULL, identity BLOB NOT NULL, direction INTEGER NOT NULL, conversationindex TEXT NOT NULL,
    PRIMARY KEY (conversation, identity, direction)
) WITHOUT ROWID;
-- Every record that was created, by its address in normal form and under the widest equality.
CREATE TABLE created (
    address TEXT PRIMARY KEY, folded TEXT NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    written TEXT NOT NULL, fullname TEXT NOT NULL, firstname TEXT, lastname TEXT NOT NULL, owner TEXT, created INTEGER
) WITHOUT ROWID;
CREATE INDEX created_folded ON created (folded);
-- What could not be read, and the hash of why.
CREATE TABLE failure (place INTEGER PRIMARY KEY, error INTEGER NOT NULL);
";

/// The client that the folder belongs to.
const SECOND: &str = "
-- The client that the folder belongs to: one row, or none where nobody has written to it since version 1.
CREATE TABLE client (number INTEGER PRIMARY KEY CHECK (number = 1), name TEXT NOT NULL);
";

/// What `send` has done. Lines of an outbox are identified by 16 bytes, derived from their id or their content.
const THIRD: &str = "
-- Every message that was begun, what it says, and what became of it: 0 being handed over, 1 sent, 2 failed, 3 doubtful,
-- 4 put off.
CREATE TABLE outgoing (
    line BLOB PRIMARY KEY, content BLOB NOT NULL, outcome INTEGER NOT NULL, token TEXT NOT NULL
) WITHOUT ROWID;
-- Who has which number in tracking tokens, from 1 on.
CREATE TABLE tokenuser (owner TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE) WITHOUT ROWID;
";

/// Files share rows. Known files are discarded, so the next run opens each of them once more.
const FOURTH: &str = "
DROP TABLE file;
-- Files as they were when they were read, by place, those together whose places begin with the same bits; 28 bytes each:
-- place, size and time (eight bytes each), how many messages (four; all ones: it is no mail), the lowest byte first.
CREATE TABLE files (part INTEGER PRIMARY KEY, files BLOB NOT NULL);
";

/// The arguments of runs, so that a decision can be explained as it was made.
const FIFTH: &str = "
-- What runs that decided something were given, as JSON, if that differs from the run before, and how long decisions.jsonl
-- was then.
CREATE TABLE given (run INTEGER PRIMARY KEY, start INTEGER NOT NULL, arguments TEXT NOT NULL);
";

/// For each version, a table that was new in it.
pub(super) const NEW_TABLES: [(i32, &str); 5] = [
    (1, "decided"),
    (2, "client"),
    (3, "outgoing"),
    (VERSION_OF_FILES, "files"),
    (VERSION_OF_GIVEN, "given"),
];

/// First version with the present keys of messages and records (see `former.rs`).
pub(super) const VERSION_OF_NAMES: i32 = 5;

/// First version that stores the client of the folder.
pub(super) const VERSION_OF_CLIENT: i32 = 2;

/// First version that stores what was sent.
pub(super) const VERSION_OF_SENDING: i32 = 3;

/// First version in which files share rows.
pub(super) const VERSION_OF_FILES: i32 = 4;

/// First version with checksums on the pages.
pub(super) const VERSION_OF_SUMS: i32 = 5;

/// First version that stores the arguments of runs.
pub(super) const VERSION_OF_GIVEN: i32 = 5;

/// Upgrades the tables to the present version. A new state's tables are created, and committed with the first changes.
/// `rename` is the last step to version 5.
pub(super) fn migrate(
    connection: &Connection,
    is_new: bool,
    rename: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == VERSION {
        // Writes nothing, so that a folder that turns out to belong to another client is left untouched.
        return Ok(());
    }
    let transaction = Transaction::begin(connection)?;
    for step in STEPS.iter().skip(version as usize) {
        transaction.execute_batch(step)?;
    }
    if !is_new && version < VERSION_OF_NAMES {
        rename(&transaction)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    match is_new {
        true => transaction.leave_open(),
        false => transaction.commit()?,
    }
    Ok(())
}
