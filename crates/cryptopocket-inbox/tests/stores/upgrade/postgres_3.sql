-- The tables as version 3 made them.
CREATE TABLE cryptopocket_inbox_version (version BIGINT NOT NULL);
INSERT INTO cryptopocket_inbox_version (version) VALUES (3);
CREATE TABLE cryptopocket_inbox_events (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    object_id TEXT,
    fingerprint BYTEA NOT NULL,
    body BYTEA,
    sealed_with BIGINT,
    received_at BIGINT NOT NULL,
    signed_at BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    token BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    settled_at BIGINT,
    reason TEXT
);
CREATE INDEX cryptopocket_inbox_open ON cryptopocket_inbox_events (due_at, seq) WHERE state < 2;
CREATE INDEX cryptopocket_inbox_dead ON cryptopocket_inbox_events (seq) WHERE state = 3;
CREATE INDEX cryptopocket_inbox_kept ON cryptopocket_inbox_events (settled_at) WHERE state = 2 AND body IS NOT NULL;
CREATE TABLE cryptopocket_inbox_quarantine (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    object_id TEXT,
    fingerprint BYTEA NOT NULL,
    body BYTEA,
    sealed_with BIGINT,
    received_at BIGINT NOT NULL,
    signed_at BIGINT NOT NULL,
    deliveries BIGINT NOT NULL,
    resolved BOOLEAN NOT NULL,
    UNIQUE (key, fingerprint)
);
CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE NOT resolved;
CREATE TABLE cryptopocket_inbox_journal (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    request_hash BYTEA NOT NULL,
    request BYTEA NOT NULL,
    request_sealed_with BIGINT,
    phase SMALLINT NOT NULL,
    sent_at BIGINT,
    answer BYTEA,
    answer_sealed_with BIGINT,
    recovered BOOLEAN NOT NULL,
    reason TEXT,
    token BIGINT NOT NULL,
    held_until BIGINT NOT NULL
);
CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4);
-- An event that waits, and a call whose outcome is not known.
INSERT INTO cryptopocket_inbox_events
    (key, name, object_id, fingerprint, body, received_at, signed_at, state, due_at, token, attempts, lost)
VALUES ('COINS_SENT|id:p1', 'COINS_SENT', 'p1', '\x7b7d', '\x7b2274797065223a22434f494e535f53454e54222c2264617461223a7b226964223a227031227d7d', 1764000000000000, 1764000000000000, 0, 1764000000000000, 0, 0, 0);
INSERT INTO cryptopocket_inbox_journal (key, request_hash, request, phase, recovered, token, held_until)
VALUES ('order-1', '\x7b7d', '\x7b7d', 1, false, 1, 0);
