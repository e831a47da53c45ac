//! Tables and their versions.

use super::dialect::Dialect;
use super::{Columns as _, Connection, bind};
use crate::error::{Error, ErrorKind, Result, of_sqlx};

/// What a database writes for each word in braces of [`MIGRATIONS`].
pub(crate) type Words = [(&'static str, &'static str); 12];

#[cfg(feature = "sqlite")]
pub(crate) const SQLITE: Words = [
    ("{seq}", "INTEGER"),
    ("{int}", "INTEGER"),
    ("{small}", "INTEGER"),
    ("{bytes}", "BLOB"),
    ("{flag}", "INTEGER"),
    ("{id}", "TEXT"),
    ("{no}", "0"),
    ("{waits}", "resolved = 0"),
    ("{number}", "number INTEGER PRIMARY KEY"),
    ("{unnumbered}", ""),
    // Keys get an index of their own, see `sqlite::keys`. SQLite cannot drop the unique index of the column `key`, so the
    // table is made anew without it.
    (
        "{keys}",
        "CREATE TABLE cryptopocket_inbox_keys (number INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
        CREATE TABLE cryptopocket_inbox_events_6 (
            seq INTEGER PRIMARY KEY,
            key TEXT NOT NULL,
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
        INSERT INTO cryptopocket_inbox_events_6 SELECT * FROM cryptopocket_inbox_events;
        DROP TABLE cryptopocket_inbox_events;
        ALTER TABLE cryptopocket_inbox_events_6 RENAME TO cryptopocket_inbox_events;
        CREATE INDEX cryptopocket_inbox_open ON cryptopocket_inbox_events (due_at, seq) WHERE state < 2;
        CREATE INDEX cryptopocket_inbox_dead ON cryptopocket_inbox_events (seq) WHERE state = 3;
        CREATE INDEX cryptopocket_inbox_kept ON cryptopocket_inbox_events (settled_at)
            WHERE state = 2 AND body IS NOT NULL;",
    ),
    ("{strict}", " STRICT"),
];

#[cfg(feature = "postgres")]
pub(crate) const POSTGRES: Words = [
    ("{seq}", "BIGINT GENERATED ALWAYS AS IDENTITY"),
    ("{int}", "BIGINT"),
    ("{small}", "SMALLINT"),
    ("{bytes}", "BYTEA"),
    ("{flag}", "BOOLEAN"),
    // Ordered as bytes, as SQLite does.
    ("{id}", "TEXT COLLATE \"C\""),
    ("{no}", "false"),
    ("{waits}", "NOT resolved"),
    // A change gets its number after its commit.
    (
        "{number}",
        "id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number BIGINT UNIQUE",
    ),
    (
        "{unnumbered}",
        "CREATE INDEX cryptopocket_inbox_unnumbered ON cryptopocket_inbox_changes (id) WHERE number IS NULL;",
    ),
    ("{keys}", "SELECT 1"),
    ("{strict}", ""),
];

/// One step a version. A step that has been released never changes, and only adds: a program of the version before may
/// still be running while it is made, until its next transaction is refused.
const MIGRATIONS: &[&str] = &[
    // 1: events.
    "CREATE TABLE cryptopocket_inbox_events (
        seq {seq} PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        object_id TEXT,
        fingerprint {bytes} NOT NULL,
        body {bytes},
        sealed_with {int},
        received_at {int} NOT NULL,
        signed_at {int} NOT NULL,
        state {small} NOT NULL,
        due_at {int} NOT NULL,
        token {int} NOT NULL,
        attempts {int} NOT NULL,
        lost {int} NOT NULL,
        settled_at {int},
        reason TEXT
    ){strict};
    CREATE INDEX cryptopocket_inbox_open ON cryptopocket_inbox_events (due_at, seq) WHERE state < 2;
    CREATE INDEX cryptopocket_inbox_dead ON cryptopocket_inbox_events (seq) WHERE state = 3;
    CREATE INDEX cryptopocket_inbox_kept ON cryptopocket_inbox_events (settled_at) WHERE state = 2 AND body IS NOT NULL;",
    // 2: quarantine.
    "CREATE TABLE cryptopocket_inbox_quarantine (
        id {seq} PRIMARY KEY,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        object_id TEXT,
        fingerprint {bytes} NOT NULL,
        body {bytes},
        sealed_with {int},
        received_at {int} NOT NULL,
        signed_at {int} NOT NULL,
        deliveries {int} NOT NULL,
        resolved {flag} NOT NULL,
        UNIQUE (key, fingerprint)
    ){strict};
    CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE {waits};",
    // 3: journal.
    "CREATE TABLE cryptopocket_inbox_journal (
        seq {seq} PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        request_hash {bytes} NOT NULL,
        request {bytes} NOT NULL,
        request_sealed_with {int},
        phase {small} NOT NULL,
        sent_at {int},
        answer {bytes},
        answer_sealed_with {int},
        recovered {flag} NOT NULL,
        reason TEXT,
        token {int} NOT NULL,
        held_until {int} NOT NULL
    ){strict};
    CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4);",
    // 4: what a call was about, its raw answer, and how long it is kept.
    "ALTER TABLE cryptopocket_inbox_journal ADD COLUMN operation TEXT NOT NULL DEFAULT '';
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN begun_at {int};
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN settled_at {int};
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN final_at {int};
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN raw {bytes};
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN raw_sealed_with {int};
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN object TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN candidates TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN settled_by TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN erased {flag} NOT NULL DEFAULT {no};
    DROP INDEX cryptopocket_inbox_quarantined;
    CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE NOT resolved;
    DROP INDEX cryptopocket_inbox_unsettled;
    CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4, 5);
    CREATE INDEX cryptopocket_inbox_called ON cryptopocket_inbox_journal (object, operation);
    CREATE INDEX cryptopocket_inbox_erasable ON cryptopocket_inbox_journal (final_at) WHERE NOT erased;",
    // 5: tracked objects.
    "CREATE TABLE cryptopocket_inbox_objects (
        kind {small} NOT NULL,
        id {id} NOT NULL,
        state TEXT NOT NULL,
        tracked TEXT NOT NULL,
        method TEXT,
        expected {flag} NOT NULL,
        due_at {int},
        gap_since {int},
        missing_since {int},
        token {int} NOT NULL,
        quiet {int} NOT NULL,
        failures {int} NOT NULL,
        reason TEXT,
        PRIMARY KEY (kind, id)
    ){strict};
    CREATE INDEX cryptopocket_inbox_due ON cryptopocket_inbox_objects (due_at, kind, id) WHERE due_at IS NOT NULL;
    CREATE INDEX cryptopocket_inbox_gaps ON cryptopocket_inbox_objects (kind, id) WHERE gap_since IS NOT NULL;
    CREATE INDEX cryptopocket_inbox_missing ON cryptopocket_inbox_objects (kind, id) WHERE missing_since IS NOT NULL;
    CREATE TABLE cryptopocket_inbox_changes (
        {number},
        kind {small} NOT NULL,
        object_id TEXT NOT NULL,
        change TEXT NOT NULL,
        source TEXT NOT NULL,
        at {int} NOT NULL
    ){strict};
    {unnumbered}
    CREATE TABLE cryptopocket_inbox_tracker (number {int} NOT NULL, beat_at {int}){strict};
    INSERT INTO cryptopocket_inbox_tracker (number) VALUES (0);",
    // 6: the index of keys.
    "{keys}",
    // 7: every answer of a call, when a call is looked for, and one rate of polls for all machines.
    "CREATE TABLE cryptopocket_inbox_answers (
        seq {seq} PRIMARY KEY,
        key TEXT NOT NULL,
        at {int} NOT NULL,
        body {bytes} NOT NULL,
        sealed_with {int}
    ){strict};
    CREATE INDEX cryptopocket_inbox_answered ON cryptopocket_inbox_answers (key, seq);
    INSERT INTO cryptopocket_inbox_answers (key, at, body, sealed_with)
        SELECT key, coalesce(settled_at, sent_at, 0), raw, raw_sealed_with
        FROM cryptopocket_inbox_journal WHERE raw IS NOT NULL ORDER BY seq;
    UPDATE cryptopocket_inbox_journal SET raw = NULL, raw_sealed_with = NULL WHERE raw IS NOT NULL;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN due_at {int};
    UPDATE cryptopocket_inbox_journal SET due_at = held_until WHERE phase IN (1, 5);
    CREATE INDEX cryptopocket_inbox_due_calls ON cryptopocket_inbox_journal (due_at) WHERE due_at IS NOT NULL;
    CREATE TABLE cryptopocket_inbox_polls (permits {int} NOT NULL, filled_at {int}, paused_until {int}){strict};
    INSERT INTO cryptopocket_inbox_polls (permits) VALUES (0);",
];

/// The version of the tables that this program writes.
pub(crate) const VERSION: i64 = 7;

/// Makes or updates the tables, in a transaction that no other program has at the same time.
pub(crate) async fn migrate<C: Connection>(connection: &mut C, words: &Words) -> Result<()> {
    let failed = |error| of_sqlx("the tables of the inbox could not be brought up to date", error);
    let versions = "CREATE TABLE IF NOT EXISTS cryptopocket_inbox_version (version {int} NOT NULL){strict}";
    connection.script(filled(versions, words)).await.map_err(failed)?;
    let found = version(connection).await.map_err(failed)?;
    if found > VERSION {
        return Err(too_new(found));
    }
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        connection.script(filled(step, words)).await.map_err(failed)?;
    }
    if found < VERSION {
        let note = "INSERT INTO cryptopocket_inbox_version (version) VALUES ($1)";
        connection.change(note, bind![VERSION]).await.map_err(failed)?;
    }
    Ok(())
}

/// Refuses to write tables that a newer program has changed since they were opened.
pub(crate) fn check(found: i64) -> Result<()> {
    if found == VERSION {
        Ok(())
    } else {
        Err(too_new(found))
    }
}

/// Refuses a store without the tables of an inbox.
pub(crate) async fn check_used<C: Dialect>(connection: &mut C) -> Result<()> {
    if is_used(connection).await.map_err(unread)? {
        return Ok(());
    }
    let error = Error::new(ErrorKind::TooOld, "the store has no tables of an inbox");
    Err(error.with_hint(
        "give the store that your service keeps its inbox in; the service makes the tables when it opens it, as \
         `cryptopocket webhooks listen` does",
    ))
}

/// Refuses tables of another version than this program knows, for reading.
pub(crate) async fn check_readable<C: Dialect>(connection: &mut C) -> Result<()> {
    check_used(connection).await?;
    match version(connection).await.map_err(unread)? {
        VERSION => Ok(()),
        newer if newer > VERSION => Err(too_new(newer)),
        older => Err(Error::new(
            ErrorKind::TooOld,
            format!("the store has tables of version {older}, and this program reads version {VERSION}"),
        )),
    }
}

/// Whether the store has the tables of an inbox.
pub(crate) async fn is_used<C: Dialect>(connection: &mut C) -> Result<bool, sqlx::Error> {
    let row = connection.row(C::TABLES_OF_VERSIONS, bind![]).await?;
    Ok(row.number("found")? > 0)
}

pub(crate) async fn version<C: Connection>(connection: &mut C) -> Result<i64, sqlx::Error> {
    let sql = "SELECT max(version) AS version FROM cryptopocket_inbox_version";
    let row = connection.row(sql, bind![]).await?;
    Ok(row.int("version")?.unwrap_or(0))
}

pub(crate) fn unread(error: sqlx::Error) -> Error {
    of_sqlx("the version of the tables of the inbox could not be read", error)
}

fn filled(step: &str, words: &Words) -> String {
    let fill = |text: String, (word, written): &(&str, &str)| text.replace(word, written);
    words.iter().fold(step.to_owned(), fill)
}

fn too_new(found: i64) -> Error {
    Error::new(
        ErrorKind::TooNew,
        format!("the store has tables of version {found}, and this program knows version {VERSION}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_a_migration() {
        assert_eq!(i64::try_from(MIGRATIONS.len()), Ok(VERSION));
    }

    #[test]
    fn every_word_is_filled_in() {
        for words in [SQLITE, POSTGRES] {
            for step in MIGRATIONS {
                assert!(!filled(step, &words).contains('{'));
            }
        }
    }
}
