-- The state of version 1, as the program made it then; never to be changed.
PRAGMA page_size = 8192;
PRAGMA application_id = 1297371723;
PRAGMA user_version = 1;
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
