-- The tables as version 3 made them.
CREATE TABLE cryptopocket_inbox_version (version INTEGER NOT NULL) STRICT;
INSERT INTO cryptopocket_inbox_version (version) VALUES (3);
CREATE TABLE cryptopocket_inbox_events (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    object_id TEXT,
    fingerprint BLOB NOT NULL,
    body BLOB,
    sealed_with INTEGER,
    received_at INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    token INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    settled_at INTEGER,
    reason TEXT
) STRICT;
CREATE INDEX cryptopocket_inbox_open ON cryptopocket_inbox_events (due_at, seq) WHERE state < 2;
CREATE INDEX cryptopocket_inbox_dead ON cryptopocket_inbox_events (seq) WHERE state = 3;
CREATE INDEX cryptopocket_inbox_kept ON cryptopocket_inbox_events (settled_at) WHERE state = 2 AND body IS NOT NULL;
CREATE TABLE cryptopocket_inbox_quarantine (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    object_id TEXT,
    fingerprint BLOB NOT NULL,
    body BLOB,
    sealed_with INTEGER,
    received_at INTEGER NOT NULL,
    signed_at INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    resolved INTEGER NOT NULL,
    UNIQUE (key, fingerprint)
) STRICT;
CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE resolved = 0;
CREATE TABLE cryptopocket_inbox_journal (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    request_hash BLOB NOT NULL,
    request BLOB NOT NULL,
    request_sealed_with INTEGER,
    phase INTEGER NOT NULL,
    sent_at INTEGER,
    answer BLOB,
    answer_sealed_with INTEGER,
    recovered INTEGER NOT NULL,
    reason TEXT,
    token INTEGER NOT NULL,
    held_until INTEGER NOT NULL
) STRICT;
CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4);
-- An event that waits, and a call whose outcome is not known.
INSERT INTO cryptopocket_inbox_events
    (key, name, object_id, fingerprint, body, received_at, signed_at, state, due_at, token, attempts, lost)
VALUES ('COINS_SENT|id:p1', 'COINS_SENT', 'p1', x'7b7d', x'7b2274797065223a22434f494e535f53454e54222c2264617461223a7b226964223a227031227d7d', 1764000000000000, 1764000000000000, 0, 1764000000000000, 0, 0, 0);
INSERT INTO cryptopocket_inbox_journal (key, request_hash, request, phase, recovered, token, held_until)
VALUES ('order-1', x'7b7d', x'7b7d', 1, 0, 1, 0);
