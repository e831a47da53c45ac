//! The tables in a file.

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::error::{Error, ErrorKind, Result, of_sqlx};
use crate::sql::schema::{self, SQLITE, VERSION};

/// The version from which on SQLite has no unique index of keys.
const WITHOUT_UNIQUE_KEYS: i64 = 6;

/// Refuses to write tables that a newer program has changed since they were opened.
pub(super) async fn check(connection: &mut SqliteConnection) -> Result<()> {
    schema::check(schema::version(connection).await.map_err(schema::unread)?)
}

/// Makes or updates the tables, in one transaction. Waits for no other program if they are of this version.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    if version(connection).await? >= VERSION {
        return check(connection).await;
    }
    // A table that is made anew under its old name would take the rows of its children with it, and could not be renamed
    // while views speak of it. Within a transaction the first of these would do nothing.
    set(
        connection,
        "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON",
    )
    .await?;
    let done = update(connection).await;
    set(
        connection,
        "PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON",
    )
    .await?;
    done
}

async fn update(connection: &mut SqliteConnection) -> Result<()> {
    // Another program that migrates waits, or sees the result.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    if (1..WITHOUT_UNIQUE_KEYS).contains(&version(&mut transaction).await?) {
        refuse_references(&mut transaction).await?;
    }
    let broken = broken_references(&mut transaction).await?;
    let own = of_the_user(&mut transaction).await?;
    schema::migrate(&mut *transaction, &SQLITE).await?;
    let kept = of_the_user(&mut transaction).await?;
    for (name, sql) in &own {
        if !kept.iter().any(|(other, _)| other == name) {
            let made = sqlx::raw_sql(AssertSqlSafe(sql.clone()));
            made.execute(&mut *transaction).await.map_err(failed)?;
        }
    }
    if broken_references(&mut transaction).await? > broken {
        let message =
            "a table refers to events that would be missing once the tables of the inbox are updated";
        return Err(Error::new(ErrorKind::Database, message));
    }
    transaction.commit().await.map_err(failed)
}

/// The version of the tables, 0 without any.
async fn version(connection: &mut SqliteConnection) -> Result<i64> {
    if schema::is_used(connection).await.map_err(failed)? {
        schema::version(connection).await.map_err(failed)
    } else {
        Ok(0)
    }
}

async fn set(connection: &mut SqliteConnection, pragmas: &'static str) -> Result<()> {
    let set = sqlx::raw_sql(pragmas).execute(connection).await;
    set.map(drop).map_err(failed)
}

/// Refuses a foreign key to the keys of events: they have no unique index any more, which SQLite asks for.
async fn refuse_references(connection: &mut SqliteConnection) -> Result<()> {
    let referring = r#"SELECT t.name FROM sqlite_master t, pragma_foreign_key_list(t.name) f
        WHERE t.type = 'table' AND f."table" = 'cryptopocket_inbox_events' COLLATE NOCASE
          AND f."to" = 'key' COLLATE NOCASE"#;
    let found = sqlx::query_scalar::<_, String>(referring)
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    found.map_or(Ok(()), |table| {
        let message = format!(
            "the table {table} has a foreign key to cryptopocket_inbox_events (key), which is no longer unique in SQLite"
        );
        Err(Error::new(ErrorKind::Database, message).with_hint(
            "make that table anew without the foreign key, or let it refer to cryptopocket_inbox_events (seq)",
        ))
    })
}

/// Rows that refer to events that are not there.
async fn broken_references(connection: &mut SqliteConnection) -> Result<i64> {
    let broken = r#"SELECT count(*) FROM
        (SELECT DISTINCT t.name FROM sqlite_master t, pragma_foreign_key_list(t.name) f
         WHERE t.type = 'table' AND f."table" = 'cryptopocket_inbox_events' COLLATE NOCASE) child,
        pragma_foreign_key_check(child.name) broken
        WHERE broken.parent = 'cryptopocket_inbox_events' COLLATE NOCASE"#;
    sqlx::query_scalar(broken)
        .fetch_one(connection)
        .await
        .map_err(failed)
}

/// Triggers and indexes that the user has put on the events, which go with a table that is made anew.
async fn of_the_user(connection: &mut SqliteConnection) -> Result<Vec<(String, String)>> {
    let own = "SELECT name, sql FROM sqlite_master
        WHERE tbl_name = 'cryptopocket_inbox_events' AND type IN ('trigger', 'index') AND sql IS NOT NULL
          AND name NOT LIKE 'cryptopocket_inbox_%'";
    sqlx::query_as(own).fetch_all(connection).await.map_err(failed)
}

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the tables of the inbox could not be brought up to date", error)
}
