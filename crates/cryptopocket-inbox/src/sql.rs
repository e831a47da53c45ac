//! What the SQL stores share: values and rows of both databases in one form.
//!
//! Both understand `$1`, `RETURNING`, `coalesce` and `ON CONFLICT`, so that a statement is written once.

pub(crate) mod events;
pub(crate) mod read;
pub(crate) mod schema;

use std::future::Future;

use cryptopocket_types::Timestamp;
use sqlx::Row as _;

use crate::store::StoredBody;

/// A value to bind.
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Flag(bool),
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

/// Values in the order of their numbers.
macro_rules! bind {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}
pub(crate) use bind;

/// A row of either database.
pub(crate) trait Columns {
    fn int(&self, column: &str) -> Result<Option<i64>, sqlx::Error>;
    fn small(&self, column: &str) -> Result<i16, sqlx::Error>;
    fn text(&self, column: &str) -> Result<Option<String>, sqlx::Error>;
    fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, sqlx::Error>;
    fn flag(&self, column: &str) -> Result<bool, sqlx::Error>;

    /// A number that the tables never leave out.
    fn number(&self, column: &str) -> Result<i64, sqlx::Error> {
        self.int(column).and_then(|value| present(value, column))
    }

    fn count(&self, column: &str) -> Result<u32, sqlx::Error> {
        Ok(u32::try_from(self.number(column)?).unwrap_or(u32::MAX))
    }

    fn time(&self, column: &str) -> Result<Timestamp, sqlx::Error> {
        self.number(column).map(Timestamp::saturating_from_unix_micros)
    }

    fn time_if_any(&self, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(self.int(column)?.map(Timestamp::saturating_from_unix_micros))
    }

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
pub(crate) trait Connection: Send {
    type Row: Columns + Send;

    /// Runs a statement and gives its rows.
    fn rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Self::Row>, sqlx::Error>> + Send;

    /// Runs a statement and gives the number of rows that it changed.
    fn change(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Runs several statements.
    fn script(&mut self, sql: String) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// A statement with its values bound in their order.
fn query<D: sqlx::Database>(
    sql: &'static str,
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
    ($database:ty, $connection:ty, $row:ty) => {
        impl Columns for $row {
            fn int(&self, column: &str) -> Result<Option<i64>, sqlx::Error> {
                self.try_get(column)
            }

            fn small(&self, column: &str) -> Result<i16, sqlx::Error> {
                self.try_get(column)
            }

            fn text(&self, column: &str) -> Result<Option<String>, sqlx::Error> {
                self.try_get(column)
            }

            fn bytes(&self, column: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
                self.try_get(column)
            }

            fn flag(&self, column: &str) -> Result<bool, sqlx::Error> {
                self.try_get(column)
            }
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

            async fn change(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, sqlx::Error> {
                Ok(query::<$database>(sql, values)
                    .execute(self)
                    .await?
                    .rows_affected())
            }

            async fn script(&mut self, sql: String) -> Result<(), sqlx::Error> {
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
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
