//! SQL that is written once and runs on both databases.
//!
//! SQLite and PostgreSQL both understand `$1`, `RETURNING`, `coalesce` and `ON CONFLICT`. Tables of your own beside those of
//! the inbox can be written this way too, in the transactions of handlers and in those of a [`SqlStore`].
//!
//! # Examples
//! ```
//! use cryptopocket_inbox::sql::{Columns, Connection, SqlStore};
//! use cryptopocket_inbox::{Error, bind};
//!
//! /// Works on a `SqliteStore` and on a `PostgresStore`.
//! async fn balance<S: SqlStore>(store: &S, customer: String) -> Result<i64, Error> {
//!     let sql = "SELECT cents FROM balances WHERE customer = $1";
//!     let rows = store.rows(sql, bind![customer]).await?;
//!     Ok(rows.first().map_or(Ok(0), |row| row.number("cents"))?)
//! }
//!
//! async fn credit<S: SqlStore>(store: &S, customer: String, cents: i64) -> Result<u64, Error> {
//!     let sql = "UPDATE balances SET cents = cents + $1 WHERE customer = $2";
//!     let credit = store.transact(move |connection| {
//!         Box::pin(async move { Ok(connection.change(sql, bind![cents, customer]).await?) })
//!     });
//!     credit.await
//! }
//! ```

pub(crate) mod batch;
pub(crate) mod dialect;
pub(crate) mod events;
pub(crate) mod schema;

use std::fmt;
use std::future::Future;

use cryptopocket_types::Timestamp;
use sqlx::{AssertSqlSafe, Row as _, SqlSafeStr};

use crate::error::Result;
use crate::store::StoredBody;
use crate::transaction::Store;

/// A value to bind. [`bind!`](crate::bind) makes them.
///
/// Debug hides what it is.
#[derive(Clone)]
pub enum Value {
    /// A whole number, or microseconds since 1970; `BIGINT` in PostgreSQL.
    Int(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// A truth value.
    Flag(bool),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int(_) => "Int",
            Self::Text(_) => "Text",
            Self::Bytes(_) => "Bytes",
            Self::Flag(_) => "Flag",
        })
    }
}

/// Conversions into a [`Value`].
macro_rules! values {
    ($($from:ty => |$name:ident| $value:expr;)+) => {$(
        impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $value
            }
        }
    )+};
}

values! {
    i64 => |value| Self::Int(Some(value));
    i16 => |value| Self::Int(Some(value.into()));
    Option<u32> => |value| Self::Int(value.map(i64::from));
    u32 => |value| Self::Int(Some(value.into()));
    Timestamp => |value| Self::Int(Some(value.unix_micros()));
    Option<Timestamp> => |value| Self::Int(value.map(Timestamp::unix_micros));
    &str => |value| Self::Text(Some(value.to_owned()));
    String => |value| Self::Text(Some(value));
    Option<String> => |value| Self::Text(value);
    Vec<u8> => |value| Self::Bytes(Some(value));
    Option<Vec<u8>> => |value| Self::Bytes(value);
    bool => |value| Self::Flag(value);
}

/// Makes the values of a statement, in the order of their numbers: `bind![id, cents]` for `$1` and `$2`.
///
/// See [`sql`](crate::sql).
#[macro_export]
macro_rules! bind {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}
pub(crate) use bind;

/// A row of either database.
pub trait Columns {
    /// A whole number.
    fn int(&self, column: &str) -> Result<Option<i64>, sqlx::Error>;
    /// A number of two bytes; `SMALLINT` in PostgreSQL.
    fn small(&self, column: &str) -> Result<i16, sqlx::Error>;
    /// A text.
    fn text(&self, column: &str) -> Result<Option<String>, sqlx::Error>;
    /// Bytes.
    fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, sqlx::Error>;
    /// A truth value.
    fn flag(&self, column: &str) -> Result<bool, sqlx::Error>;

    /// A number that is never empty.
    fn number(&self, column: &str) -> Result<i64, sqlx::Error> {
        self.int(column).and_then(|value| present(value, column))
    }

    /// A number that is never empty, as a count.
    fn count(&self, column: &str) -> Result<u32, sqlx::Error> {
        Ok(u32::try_from(self.number(column)?).unwrap_or(u32::MAX))
    }

    /// A time that is never empty.
    fn time(&self, column: &str) -> Result<Timestamp, sqlx::Error> {
        self.number(column).map(Timestamp::saturating_from_unix_micros)
    }

    /// A time.
    fn time_if_any(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(self.int(column)?.map(Timestamp::saturating_from_unix_micros))
    }

    /// A text that is never empty.
    fn word(&self, column: &str) -> Result<String, sqlx::Error> {
        self.text(column).and_then(|value| present(value, column))
    }

    /// A body, and the number of its key in the column `sealed_with`.
    fn body(&self, column: &str, sealed_with: &str) -> Result<Option<StoredBody>, sqlx::Error> {
        let number = self.int(sealed_with)?;
        let sealed_with = number.and_then(|number| u32::try_from(number).ok());
        Ok(self.bytes(column)?.map(|bytes| StoredBody { bytes, sealed_with }))
    }
}

fn present<T>(value: Option<T>, column: &str) -> Result<T, sqlx::Error> {
    value.ok_or_else(|| sqlx::Error::Decode(format!("the column {column} is empty").into()))
}

/// A connection to either database, in a transaction or not.
pub trait Connection: Send + 'static {
    /// A row of this database.
    type Row: Columns + Send + Sync;

    /// Runs a statement and gives its rows.
    fn rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Self::Row>, sqlx::Error>> + Send;

    /// Runs a statement that is put together at run time, from no text of others, and gives its rows.
    fn rows_of(
        &mut self,
        sql: String,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Self::Row>, sqlx::Error>> + Send;

    /// Runs a statement and gives what is read of each row.
    fn read<T: Send>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
        each: impl Fn(&Self::Row) -> Result<T, sqlx::Error> + Send,
    ) -> impl Future<Output = Result<Vec<T>, sqlx::Error>> + Send {
        async move { self.rows(sql, values).await?.iter().map(each).collect() }
    }

    /// Runs a statement and gives its first row.
    fn row(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Self::Row, sqlx::Error>> + Send {
        async move {
            let first = self.rows(sql, values).await?.into_iter().next();
            first.ok_or(sqlx::Error::RowNotFound)
        }
    }

    /// Runs a statement and gives the number of rows that it changed.
    fn change(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Runs several statements.
    fn script(&mut self, sql: String) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// A store whose transactions take SQL: the one in a file, and the one in a database.
pub trait SqlStore: Store<Transaction: Connection> {
    /// Runs a statement that only reads, and gives its rows.
    fn rows(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<RowOf<Self>>>> + Send {
        self.view(move |connection| Box::pin(async move { Ok(connection.rows(sql, values).await?) }))
    }
}

impl<S: Store<Transaction: Connection>> SqlStore for S {}

/// A row of a store's database.
pub type RowOf<S> = <<S as Store>::Transaction as Connection>::Row;

/// A statement with its values bound in their order.
fn query<D: sqlx::Database>(
    sql: impl SqlSafeStr,
    values: Vec<Value>,
) -> sqlx::query::Query<'static, D, D::Arguments>
where
    Option<i64>: sqlx::Encode<'static, D> + sqlx::Type<D>,
    Option<String>: sqlx::Encode<'static, D> + sqlx::Type<D>,
    Option<Vec<u8>>: sqlx::Encode<'static, D> + sqlx::Type<D>,
    bool: sqlx::Encode<'static, D> + sqlx::Type<D>,
{
    values
        .into_iter()
        .fold(sqlx::query::<D>(sql), |query, value| match value {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::Flag(value) => query.bind(value),
        })
}

/// The same for a database of sqlx.
macro_rules! database {
    (@get $($name:ident: $type:ty),+) => {$(
        fn $name(&self, column: &str) -> Result<$type, sqlx::Error> {
            self.try_get(column)
        }
    )+};
    ($database:ty, $connection:ty, $row:ty) => {
        impl Columns for $row {
            database! { @get int: Option<i64>, small: i16, text: Option<String>, bytes: Option<Vec<u8>>, flag: bool }
        }

        impl Connection for $connection {
            type Row = $row;

            async fn rows(
                &mut self,
                sql: &'static str,
                values: Vec<Value>,
            ) -> Result<Vec<Self::Row>, sqlx::Error> {
                query::<$database>(sql, values).fetch_all(self).await
            }

            async fn rows_of(
                &mut self,
                sql: String,
                values: Vec<Value>,
            ) -> Result<Vec<Self::Row>, sqlx::Error> {
                query::<$database>(AssertSqlSafe(sql), values).fetch_all(self).await
            }

            async fn change(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, sqlx::Error> {
                let done = query::<$database>(sql, values).execute(self).await?;
                Ok(done.rows_affected())
            }

            async fn script(&mut self, sql: String) -> Result<(), sqlx::Error> {
                sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(self)
                    .await?;
                Ok(())
            }
        }
    };
}

#[cfg(feature = "sqlite")]
database!(sqlx::Sqlite, sqlx::SqliteConnection, sqlx::sqlite::SqliteRow);
#[cfg(feature = "postgres")]
database!(sqlx::Postgres, sqlx::PgConnection, sqlx::postgres::PgRow);
