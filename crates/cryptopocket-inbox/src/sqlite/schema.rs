//! Tables and their versions.

use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::error::{Error, ErrorKind, of_sqlx};

/// One step a version. A step that has been released never changes, and only adds: a program of the version before may
/// still be running while it is made, until its next transaction is refused.
const MIGRATIONS: &[&str] = &[
    // 1: events.
    "CREATE TABLE cryptopocket_inbox_events (
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
    CREATE INDEX cryptopocket_inbox_kept ON cryptopocket_inbox_events (settled_at) WHERE state = 2 AND body IS NOT NULL;",
    // 2: quarantine.
    "CREATE TABLE cryptopocket_inbox_quarantine (
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
    CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE resolved = 0;",
    // 3: journal.
    "CREATE TABLE cryptopocket_inbox_journal (
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
    CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4);",
    // 4: what a call was about, its raw answer, and how long it is kept.
    "ALTER TABLE cryptopocket_inbox_journal ADD COLUMN operation TEXT NOT NULL DEFAULT '';
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN begun_at INTEGER;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN settled_at INTEGER;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN final_at INTEGER;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN raw BLOB;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN raw_sealed_with INTEGER;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN object TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN candidates TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN settled_by TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
    DROP INDEX cryptopocket_inbox_quarantined;
    CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE NOT resolved;
    DROP INDEX cryptopocket_inbox_unsettled;
    CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4, 5);
    CREATE INDEX cryptopocket_inbox_called ON cryptopocket_inbox_journal (object, operation);
    CREATE INDEX cryptopocket_inbox_erasable ON cryptopocket_inbox_journal (final_at) WHERE NOT erased;",
    // 5: tracked objects.
    "CREATE TABLE cryptopocket_inbox_objects (
        kind INTEGER NOT NULL,
        id TEXT NOT NULL,
        state TEXT NOT NULL,
        tracked TEXT NOT NULL,
        method TEXT,
        expected INTEGER NOT NULL,
        due_at INTEGER,
        gap_since INTEGER,
        missing_since INTEGER,
        token INTEGER NOT NULL,
        quiet INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        reason TEXT,
        PRIMARY KEY (kind, id)
    ) STRICT;
    CREATE INDEX cryptopocket_inbox_due ON cryptopocket_inbox_objects (due_at, kind, id) WHERE due_at IS NOT NULL;
    CREATE INDEX cryptopocket_inbox_gaps ON cryptopocket_inbox_objects (kind, id) WHERE gap_since IS NOT NULL;
    CREATE INDEX cryptopocket_inbox_missing ON cryptopocket_inbox_objects (kind, id) WHERE missing_since IS NOT NULL;
    CREATE TABLE cryptopocket_inbox_changes (
        number INTEGER PRIMARY KEY,
        kind INTEGER NOT NULL,
        object_id TEXT NOT NULL,
        change TEXT NOT NULL,
        source TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE cryptopocket_inbox_tracker (number INTEGER NOT NULL, beat_at INTEGER) STRICT;
    INSERT INTO cryptopocket_inbox_tracker (number) VALUES (0);",
];

/// The version of the tables that this program writes.
pub(super) const VERSION: i64 = 5;

/// Makes or updates the tables, in one transaction.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Error> {
    let failed = |error| of_sqlx("the tables of the inbox could not be brought up to date", error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS cryptopocket_inbox_version (version INTEGER NOT NULL) STRICT")
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    let found = sqlx::query("SELECT max(version) FROM cryptopocket_inbox_version")
        .fetch_one(&mut *transaction)
        .await
        .and_then(|row| row.try_get::<Option<i64>, _>(0))
        .map_err(failed)?
        .unwrap_or(0);
    if found > VERSION {
        return Err(too_new(found));
    }
    let done = usize::try_from(found).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(done) {
        sqlx::raw_sql(*step)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    if found < VERSION {
        sqlx::query("INSERT INTO cryptopocket_inbox_version (version) VALUES (?)")
            .bind(VERSION)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// Refuses to write tables that a newer program has changed since they were opened.
pub(super) async fn check(connection: &mut SqliteConnection) -> Result<(), Error> {
    let found = sqlx::query("SELECT max(version) FROM cryptopocket_inbox_version")
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get(0))
        .map_err(|error| of_sqlx("the version of the tables of the inbox could not be read", error))?;
    if found == VERSION {
        Ok(())
    } else {
        Err(too_new(found))
    }
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
}
