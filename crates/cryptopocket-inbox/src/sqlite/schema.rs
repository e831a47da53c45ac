//! The tables in a file.

use sqlx::{Connection as _, SqliteConnection};

use crate::error::{Error, of_sqlx};
use crate::sql::schema::{self, SQLITE};

pub(super) use crate::sql::schema::check_version as check;

/// Makes or updates the tables, in one transaction.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), Error> {
    let failed = |error| of_sqlx("the tables of the inbox could not be brought up to date", error);
    // Another program that migrates waits, or sees the result.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    schema::migrate(&mut *transaction, &SQLITE).await?;
    transaction.commit().await.map_err(failed)
}
