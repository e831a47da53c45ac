//! The tables in a database.

use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Row as _};

use crate::error::{Error, Result, of_sqlx};
use crate::sql::schema::{self, POSTGRES};

/// Of the advisory lock that lets one program at a time change the tables.
const LOCK: i64 = 0x6370_696e_626f_7801;

/// Makes or updates the tables, in one transaction.
pub(super) async fn migrate(pool: &PgPool) -> Result<()> {
    let failed = |error| of_sqlx("the tables of the inbox could not be brought up to date", error);
    let mut transaction = pool.begin().await.map_err(failed)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    schema::migrate(&mut *transaction, &POSTGRES).await?;
    transaction.commit().await.map_err(failed)
}

pub(super) fn unreached(error: sqlx::Error) -> Error {
    of_sqlx("the database of the inbox could not be reached", error)
}

/// Refuses to write tables that a newer program has changed, and has this transaction synced even if the database's
/// default is not to: what is acknowledged must be kept.
pub(super) async fn check(connection: &mut PgConnection) -> Result<()> {
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
    schema::check(found)
}
