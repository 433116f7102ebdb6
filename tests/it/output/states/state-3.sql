-- The state of version 3, as the program made it then; never to be changed. Sums, places, times and hashes that depend on
-- where the mail lies are 0 here: the test fills them in.
PRAGMA page_size = 8192;
PRAGMA application_id = 1297371723;
PRAGMA user_version = 3;
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
-- The client that the folder belongs to: one row, or none where nobody has written to it since version 1.
CREATE TABLE client (number INTEGER PRIMARY KEY CHECK (number = 1), name TEXT NOT NULL);
-- Every message that was begun, what it says, and what became of it: 0 being handed over, 1 sent, 2 failed, 3 doubtful,
-- 4 put off.
CREATE TABLE outgoing (
    line BLOB PRIMARY KEY, content BLOB NOT NULL, outcome INTEGER NOT NULL, token TEXT NOT NULL
) WITHOUT ROWID;
-- Who has which number in tracking tokens, from 1 on.
CREATE TABLE tokenuser (owner TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE) WITHOUT ROWID;

INSERT INTO output VALUES ('activityparties', 0);
INSERT INTO output VALUES ('contacts', 0);
INSERT INTO output VALUES ('decisions', 0);
INSERT INTO output VALUES ('duplicates', 0);
INSERT INTO output VALUES ('emails', 0);
INSERT INTO output VALUES ('failed', 0);
INSERT INTO output VALUES ('failures', 0);
INSERT INTO output VALUES ('leads', 0);
INSERT INTO output VALUES ('sent', 0);
INSERT INTO output VALUES ('updates', 0);
INSERT INTO run VALUES (1, X'0000000000000000', 4);
INSERT INTO counter VALUES ('activity', 4);
INSERT INTO counter VALUES ('created', 1);
INSERT INTO counter VALUES ('token/1', 1);
INSERT INTO file VALUES (1, 242, 0, 1);
INSERT INTO file VALUES (2, 147, 0, 1);
INSERT INTO file VALUES (3, 142, 0, 1);
INSERT INTO file VALUES (4, 141, 0, 1);
INSERT INTO file VALUES (5, 11, 0, 0);
INSERT INTO file VALUES (6, 4, 0, NULL);
INSERT INTO decided VALUES (X'01f92d53ea46519e84c84adba0ee1895', 1, 1, 1);
INSERT INTO decided VALUES (X'234057a0f99159fa8a405121e263586a', 2, 1, 1);
INSERT INTO decided VALUES (X'3edd53b8fe3951f19d10e1318285ce3a', 0, 0, 1);
INSERT INTO decided VALUES (X'c8be411218135180aa4b28a1471b7ffb', 4, 1, 0);
INSERT INTO decided VALUES (X'c9a1690ef0965707a62544374f61b0c2', 3, 1, 1);
INSERT INTO activity VALUES (X'01f92d53ea46519e84c84adba0ee1895', 0, 0, 1772443800, '1.eml', NULL, NULL, NULL, 'Offer for two kettles CRM:0001001', 'jo@x.example
ann@contoso.example');
INSERT INTO activity VALUES (X'234057a0f99159fa8a405121e263586a', 0, 1, 1772447400, 'Deals/2.eml', 'contact:c-1', '', NULL, 'Repair', 'kim@fabrikam.example
ann@contoso.example');
INSERT INTO activity VALUES (X'3edd53b8fe3951f19d10e1318285ce3a', 0, 3, 1772456400, 'outbox.jsonl#1', NULL, NULL, NULL, 'Your order CRM:0001001', 'ann@contoso.example
kim@fabrikam.example');
INSERT INTO activity VALUES (X'c9a1690ef0965707a62544374f61b0c2', 2, 2, 1772451000, '3.eml', NULL, NULL, X'6a71dbc3a3fe5f5e8bc7aea56a53c34e', 'Lunch', 'ben@contoso.example
ann@contoso.example');
INSERT INTO token VALUES ('CRM:0001001', X'01f92d53ea46519e84c84adba0ee1895', 0);
INSERT INTO token VALUES ('CRM:0001001', X'3edd53b8fe3951f19d10e1318285ce3a', 0);
INSERT INTO conversation VALUES (X'01d931ac5c8efbf6105d42644b16850544e0f841b991', X'01f92d53ea46519e84c84adba0ee1895', 0, 'AdkxrFyO+/YQXUJkSxaFBUTg+EG5kQ==');
INSERT INTO created VALUES ('jo@x.example', 'jo@x.example', 0, 'contact', '1c32280e-d969-5a75-978b-f87f59249f43', 'jo@x.example', 'Jo Dunn', 'Jo', 'Dunn', NULL, 1772443800);
INSERT INTO failure VALUES (5, 0);
INSERT INTO client VALUES (1, 'laptop');
INSERT INTO outgoing VALUES (X'279402aa03cf53a5a2ef2d82206d8d6e', X'30b60c6344c05573b40e2f4e30c0a5a5', 1, 'CRM:0001001');
INSERT INTO tokenuser VALUES ('systemuser:u-1', 1);
