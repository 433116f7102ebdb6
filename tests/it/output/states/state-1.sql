-- The state of version 1, as the program made it then; never to be changed. Sums, places, times and hashes that depend on
-- where the mail lies are 0 here: the test fills them in.
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

INSERT INTO output VALUES ('activityparties', 0);
INSERT INTO output VALUES ('contacts', 0);
INSERT INTO output VALUES ('decisions', 0);
INSERT INTO output VALUES ('emails', 0);
INSERT INTO output VALUES ('failures', 0);
INSERT INTO output VALUES ('leads', 0);
INSERT INTO output VALUES ('updates', 0);
INSERT INTO run VALUES (1, X'0000000000000000', 4);
INSERT INTO counter VALUES ('activity', 3);
INSERT INTO counter VALUES ('created', 1);
INSERT INTO file VALUES (1, 242, 0, 1);
INSERT INTO file VALUES (2, 147, 0, 1);
INSERT INTO file VALUES (3, 142, 0, 1);
INSERT INTO file VALUES (4, 141, 0, 1);
INSERT INTO file VALUES (5, 11, 0, 0);
INSERT INTO file VALUES (6, 4, 0, NULL);
INSERT INTO decided VALUES (X'01f92d53ea46519e84c84adba0ee1895', 1, 1, 1);
INSERT INTO decided VALUES (X'234057a0f99159fa8a405121e263586a', 2, 1, 1);
INSERT INTO decided VALUES (X'c8be411218135180aa4b28a1471b7ffb', 4, 1, 0);
INSERT INTO decided VALUES (X'c9a1690ef0965707a62544374f61b0c2', 3, 1, 1);
INSERT INTO activity VALUES (X'01f92d53ea46519e84c84adba0ee1895', 0, 0, 1772443800, '1.eml', NULL, NULL, NULL, 'Offer for two kettles CRM:0001001', 'jo@x.example
ann@contoso.example');
INSERT INTO activity VALUES (X'234057a0f99159fa8a405121e263586a', 0, 1, 1772447400, 'Deals/2.eml', 'contact:c-1', '', NULL, 'Repair', 'kim@fabrikam.example
ann@contoso.example');
INSERT INTO activity VALUES (X'c9a1690ef0965707a62544374f61b0c2', 2, 2, 1772451000, '3.eml', NULL, NULL, X'6a71dbc3a3fe5f5e8bc7aea56a53c34e', 'Lunch', 'ben@contoso.example
ann@contoso.example');
INSERT INTO token VALUES ('CRM:0001001', X'01f92d53ea46519e84c84adba0ee1895', 0);
INSERT INTO conversation VALUES (X'01d931ac5c8efbf6105d42644b16850544e0f841b991', X'01f92d53ea46519e84c84adba0ee1895', 0, 'AdkxrFyO+/YQXUJkSxaFBUTg+EG5kQ==');
INSERT INTO created VALUES ('jo@x.example', 'jo@x.example', 0, 'contact', '1c32280e-d969-5a75-978b-f87f59249f43', 'jo@x.example', 'Jo Dunn', 'Jo', 'Dunn', NULL, 1772443800);
INSERT INTO failure VALUES (5, 0);
