//! What the databases write differently.

use std::future::Future;

use super::{Connection, SqlStore, Value};
use crate::error::Error;
use crate::store::Store;

/// What the databases write differently.
pub(crate) trait Dialect: SqlStore {
    /// Whether rows that are read to be changed are locked by `FOR UPDATE`.
    const LOCKS: bool;
    /// Claims objects of the tracker by the time, the end of the lease, and the limit.
    const CLAIM: &'static str;
    /// Counts a change before it is added, if it gets its number then.
    const COUNT_CHANGE: Option<&'static str>;
    /// Adds a change: kind, id of the object, change, source, time.
    const ADD_CHANGE: &'static str;

    /// Numbers the committed changes that have no number yet.
    fn number_changes(&self) -> impl Future<Output = Result<(), Error>> + Send;
}

/// A `SELECT` that locks its row, where the database needs that.
macro_rules! locking {
    ($dialect:ty, $sql:literal) => {
        if <$dialect>::LOCKS {
            concat!($sql, " FOR UPDATE")
        } else {
            $sql
        }
    };
}
pub(crate) use locking;

/// A row of a store's database.
pub(crate) type RowOf<S> = <<S as Store>::Transaction as Connection>::Row;

/// What a statement that only reads gives.
pub(crate) async fn read<S: SqlStore, R>(
    store: &S,
    sql: &'static str,
    values: Vec<Value>,
    each: impl FnMut(&RowOf<S>) -> Result<R, sqlx::Error>,
) -> Result<Vec<R>, sqlx::Error> {
    let rows = store.acquire().await?.rows(sql, values).await?;
    rows.iter().map(each).collect()
}
