//! The tables in a file.

use sqlx::{Connection as _, SqliteConnection};

use crate::error::{Error, of_sqlx};
use crate::sql::schema::{self, SQLITE};

pub(super) use crate::sql::schema::check_version as check;

/// Counts the tables of versions.
const FOUND: &str = "SELECT count(*) AS found FROM sqlite_master WHERE name = 'cryptopocket_inbox_version'";

/// Refuses a file without the tables of an inbox.
pub(super) async fn check_used(connection: &mut SqliteConnection) -> Result<(), Error> {
    schema::check_used(connection, FOUND).await
}

/// Refuses tables that this program cannot read as they are.
pub(super) async fn check_readable(connection: &mut SqliteConnection) -> Result<(), Error> {
    schema::check_readable(connection, FOUND).await
}

/// Makes or updates the tables, in one transaction.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Error> {
    let failed = |error| of_sqlx("the tables of the inbox could not be brought up to date", error);
    // Another program that migrates waits, or sees the result.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    schema::migrate(&mut *transaction, &SQLITE).await?;
    transaction.commit().await.map_err(failed)
}
