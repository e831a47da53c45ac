//! Tables and their versions.

use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Row as _};

use crate::error::{Error, ErrorKind, of_sqlx};

/// One step a version. A step that has been released never changes, and only adds: a program of the version before may
/// still be running while it is made, until its next transaction is refused.
const MIGRATIONS: &[&str] = &[
    // 1: events.
    "CREATE TABLE cryptopocket_inbox_events (
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
    CREATE INDEX cryptopocket_inbox_kept ON cryptopocket_inbox_events (settled_at) WHERE state = 2 AND body IS NOT NULL;",
    // 2: quarantine.
    "CREATE TABLE cryptopocket_inbox_quarantine (
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
    CREATE INDEX cryptopocket_inbox_quarantined ON cryptopocket_inbox_quarantine (id) WHERE NOT resolved;",
    // 3: journal.
    "CREATE TABLE cryptopocket_inbox_journal (
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
    CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4);",
    // 4: what a call was about, its raw answer, and how long it is kept.
    "ALTER TABLE cryptopocket_inbox_journal ADD COLUMN operation TEXT NOT NULL DEFAULT '';
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN begun_at BIGINT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN settled_at BIGINT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN final_at BIGINT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN raw BYTEA;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN raw_sealed_with BIGINT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN object TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN candidates TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN settled_by TEXT;
    ALTER TABLE cryptopocket_inbox_journal ADD COLUMN erased BOOLEAN NOT NULL DEFAULT false;
    DROP INDEX cryptopocket_inbox_unsettled;
    CREATE INDEX cryptopocket_inbox_unsettled ON cryptopocket_inbox_journal (seq) WHERE phase IN (0, 1, 4, 5);
    CREATE INDEX cryptopocket_inbox_called ON cryptopocket_inbox_journal (object, operation);
    CREATE INDEX cryptopocket_inbox_erasable ON cryptopocket_inbox_journal (final_at) WHERE NOT erased;",
    // 5: tracked objects.
    "CREATE TABLE cryptopocket_inbox_objects (
        kind SMALLINT NOT NULL,
        id TEXT COLLATE \"C\" NOT NULL,
        state TEXT NOT NULL,
        tracked TEXT NOT NULL,
        method TEXT,
        expected BOOLEAN NOT NULL,
        due_at BIGINT,
        gap_since BIGINT,
        missing_since BIGINT,
        token BIGINT NOT NULL,
        quiet BIGINT NOT NULL,
        failures BIGINT NOT NULL,
        reason TEXT,
        PRIMARY KEY (kind, id)
    );
    CREATE INDEX cryptopocket_inbox_due ON cryptopocket_inbox_objects (due_at, kind, id) WHERE due_at IS NOT NULL;
    CREATE INDEX cryptopocket_inbox_gaps ON cryptopocket_inbox_objects (kind, id) WHERE gap_since IS NOT NULL;
    CREATE INDEX cryptopocket_inbox_missing ON cryptopocket_inbox_objects (kind, id) WHERE missing_since IS NOT NULL;
    CREATE TABLE cryptopocket_inbox_changes (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number BIGINT UNIQUE,
        kind SMALLINT NOT NULL,
        object_id TEXT NOT NULL,
        change TEXT NOT NULL,
        source TEXT NOT NULL,
        at BIGINT NOT NULL
    );
    CREATE INDEX cryptopocket_inbox_unnumbered ON cryptopocket_inbox_changes (id) WHERE number IS NULL;
    CREATE TABLE cryptopocket_inbox_tracker (number BIGINT NOT NULL, beat_at BIGINT);
    INSERT INTO cryptopocket_inbox_tracker (number) VALUES (0);",
];

/// The version of the tables that this program writes.
const VERSION: i64 = 5;
/// Of the advisory lock that lets one program at a time change the tables.
const LOCK: i64 = 0x6370_696e_626f_7801;

/// Makes or updates the tables, in one transaction.
pub(super) async fn migrate(pool: &PgPool) -> Result<(), Error> {
    let failed = |error| of_sqlx("the tables of the inbox could not be brought up to date", error);
    let mut transaction = pool.begin().await.map_err(failed)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS cryptopocket_inbox_version (version BIGINT NOT NULL)")
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    let found = sqlx::query("SELECT coalesce(max(version), 0) FROM cryptopocket_inbox_version")
        .fetch_one(&mut *transaction)
        .await
        .and_then(|row| row.try_get::<i64, _>(0))
        .map_err(failed)?;
    if found > VERSION {
        return Err(too_new(found));
    }
    for step in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        sqlx::raw_sql(*step)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    if found < VERSION {
        sqlx::query("INSERT INTO cryptopocket_inbox_version (version) VALUES ($1)")
            .bind(VERSION)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// Refuses to write tables that a newer program has changed, and has this transaction synced even if the database's
/// default is not to: what is acknowledged must be kept.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), Error> {
    let found = sqlx::query(
        "SELECT coalesce(max(version), 0),
                CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
                     THEN set_config('synchronous_commit', 'on', true) END
         FROM cryptopocket_inbox_version",
    )
    .fetch_one(connection)
    .await
    .and_then(|row| row.try_get::<i64, _>(0))
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
