//! What the databases write differently.

use std::future::Future;

use super::Connection;

/// What the databases write differently.
pub(crate) trait Dialect: Connection {
    /// Counts the tables of versions.
    const TABLES_OF_VERSIONS: &'static str;
    /// Whether rows that are read to be changed are locked by `FOR UPDATE`.
    const LOCKS: bool;
    /// Claims events by the time, the lease in microseconds, and the limit.
    ///
    /// A leased event that is due has lost its lease. Each lost lease doubles the next one, so that an event that crashes
    /// its process does so less and less often, and is never given up for it.
    const CLAIM_EVENTS: &'static str;
    /// Erases bodies by the time and the limit.
    const ERASE_BODIES: &'static str;
    /// Claims objects of the tracker by the time, the end of the lease, and the limit.
    const CLAIM_OBJECTS: &'static str;
    /// Counts a change before it is added, if it gets its number then.
    const COUNT_CHANGE: Option<&'static str>;
    /// Finds a committed change that has no number yet, if that can be.
    const UNNUMBERED: Option<&'static str>;
    /// Adds a change: kind, id of the object, change, source, time.
    const ADD_CHANGE: &'static str;

    /// The numbers that events with this key may have, unless the column of keys has an index.
    fn numbers_of(&mut self, key: &str)
    -> impl Future<Output = Result<Option<Vec<i64>>, sqlx::Error>> + Send;

    /// Wakes the workers of all machines, once the transaction is committed, if the database can.
    fn notify(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Numbers committed changes that have no number yet, as many as one transaction should.
    fn number_changes(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
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
