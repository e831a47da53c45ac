//! The store in one SQLite file.
//!
//! The file is in WAL mode with `synchronous=FULL`: what is acknowledged has been synced to the disk. One task holds the
//! only connection that writes. It commits everything that waits for it together, so that intake and handlers share the
//! cost of a sync.

mod calls;
mod file;
mod insert;
mod keys;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Timestamp, debug_fields, setters};
use cryptopocket_webhooks::Sighting;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteRow, SqliteSynchronous};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::Notify;

use crate::error::{Error, ErrorKind};
use crate::handler::{BoxFuture, Failure};
use crate::sql::dialect::Dialect;
use crate::sql::{SqlStore, events, in_steps, in_steps_after, read};
use crate::store::{
    Counts, Done, Filter, Lease, Leased, NewEvent, Outcome, Quarantined, Resolution, Settle, Settlement,
    Store, Stored, Summary, Work,
};
use crate::tracker::Transacted;

use keys::Keys;
use writer::Writer;

/// A store in one SQLite file, for one machine.
///
/// Several processes may open the file; each waits for the other's transactions. Handlers get a [`SqliteConnection`] of
/// sqlx within the transaction, so their tables are in the same file.
pub struct SqliteStore {
    writer: Writer,
    reader: SqlitePool,
    wake: Arc<Notify>,
    path: PathBuf,
}

debug_fields! { SqliteStore => |store| path: store.path }

/// Settings of a [`SqliteStore`].
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    path: PathBuf,
    create: bool,
    read_only: bool,
    lock_limit: Duration,
}

impl SqliteOptions {
    /// The file at `path`, made if missing.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            create: true,
            read_only: false,
            lock_limit: Duration::from_secs(5),
        }
    }

    setters! {
        /// Sets whether a missing file is made when the store is opened. Default: yes.
        ///
        /// With `false` a disk that is not mounted is an error instead of an empty inbox that has forgotten every event, and
        /// so is a file that holds no tables of an inbox, such as the database of another program.
        create = |yes: bool| yes;
        /// Sets whether the store is only looked at: nothing is made, updated or written. Default: no.
        ///
        /// Every change fails with [`ReadOnly`](ErrorKind::ReadOnly), and tables of an older version are
        /// [`TooOld`](ErrorKind::TooOld) instead of being updated.
        read_only = |yes: bool| yes;
        /// Sets how long a transaction of another process is waited for. Default: five seconds.
        lock_limit = |limit: Duration| limit;
    }

    /// Opens the store and brings its tables up to date.
    ///
    /// # Errors
    /// [`TooNew`](ErrorKind::TooNew) if a newer program has changed the tables; [`Gone`](ErrorKind::Gone) if the file or
    /// its folder is missing; [`BadPath`](ErrorKind::BadPath) for a folder, and for a URL instead of a path;
    /// [`Corrupt`](ErrorKind::Corrupt) if it is no database; and those of every write.
    pub async fn open(self) -> Result<SqliteStore, Error> {
        let connect = SqliteConnectOptions::new()
            .filename(&self.path)
            // Of a new file: half as many writes at intake as with the default.
            .page_size(8192)
            .synchronous(SqliteSynchronous::Full)
            // Without these, macOS leaves what was synced in the cache of the disk.
            .pragma("fullfsync", "1")
            .pragma("checkpoint_fullfsync", "1")
            // What is redacted or erased is overwritten in the file too.
            .pragma("secure_delete", "ON")
            .foreign_keys(true)
            .busy_timeout(self.lock_limit);
        let wake = Arc::new(Notify::new());
        let (writer, reader) = if self.read_only {
            file::find(&self.path, false)?;
            let reader = file::readers(connect, &self.path);
            let mut connection = reader.acquire().await.map_err(read::failed)?;
            schema::check_readable(&mut connection).await?;
            (Writer::refusing(), reader)
        } else {
            if !self.create {
                file::check_used(&connect, &self.path).await?;
            }
            let connect = connect.journal_mode(SqliteJournalMode::Wal);
            let mut first = file::open(&connect, &self.path, self.create).await?;
            let keys = Keys::open(&mut first.connection).await?;
            let reader = file::readers(connect.clone(), &self.path);
            let writer = Writer::start(first, keys, connect, self.path.clone(), Arc::clone(&wake));
            (writer, reader)
        };
        Ok(SqliteStore {
            writer,
            reader,
            wake,
            path: self.path,
        })
    }
}

impl SqliteStore {
    /// Opens the file at `path`, made if missing, with the default settings.
    ///
    /// # Errors
    /// As [`SqliteOptions::open`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        SqliteOptions::new(path).open().await
    }

    /// Does `work` in a transaction of the writer, for tables of your own.
    ///
    /// Use this rather than a connection of your own: that one would wait for the writer, and the writer for it. Never call
    /// it, or anything else that writes the store, from within a handler: the writer would wait for itself.
    ///
    /// # Errors
    /// The work's, after a rollback; [`Handler`](ErrorKind::Handler) if it panics.
    ///
    /// # Examples
    /// ```
    /// # async fn example(store: cryptopocket_inbox::sqlite::SqliteStore) -> Result<(), cryptopocket_inbox::Error> {
    /// store
    ///     .write(|connection| {
    ///         Box::pin(async move {
    ///             sqlx::query("CREATE TABLE IF NOT EXISTS credits (payment TEXT)").execute(connection).await?;
    ///             Ok(())
    ///         })
    ///     })
    ///     .await
    /// # }
    /// ```
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.in_transaction(Box::new(move |connection| {
            Box::pin(async move { Ok(work(connection).await?) })
        }))
        .await
    }

    /// A pool of connections that read, for queries of your own.
    pub fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// The events of a filter in order of arrival.
    async fn select<T>(
        &self,
        columns: &'static str,
        filter: &Filter,
        limit: u32,
        event: fn(&SqliteRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, Error> {
        let mut connection = self.reader.acquire().await.map_err(read::failed)?;
        let mut query = QueryBuilder::new(columns);
        read::filtered(&mut query, filter);
        keys::narrow(&mut query, &mut connection, filter)
            .await
            .map_err(read::failed)?;
        query.push(" ORDER BY seq LIMIT ").push_bind(i64::from(limit));
        read::all(query.build().fetch_all(&mut *connection).await, event)
    }
}

impl SqlStore for SqliteStore {
    type Reader = PoolConnection<Sqlite>;

    async fn acquire(&self) -> Result<Self::Reader, sqlx::Error> {
        self.reader.acquire().await
    }

    async fn in_transaction<R: Send + 'static>(
        &self,
        work: Transacted<SqliteConnection, R>,
    ) -> Result<R, Error> {
        self.writer.call(work).await
    }
}

impl Dialect for SqliteStore {
    // The writer has the only transaction that writes.
    const LOCKS: bool = false;
    const CLAIM: &str = "UPDATE cryptopocket_inbox_objects SET token = token + 1, due_at = $2
         WHERE (kind, id) IN (SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
                              ORDER BY due_at, kind, id LIMIT $3)
         RETURNING *";
    // Transactions of a file are committed one after the other, so numbers follow the order of commits.
    const COUNT_CHANGE: Option<&str> = Some("UPDATE cryptopocket_inbox_tracker SET number = number + 1");
    const ADD_CHANGE: &str =
        "INSERT INTO cryptopocket_inbox_changes (number, kind, object_id, change, source, at)
         SELECT number, $1, $2, $3, $4, $5 FROM cryptopocket_inbox_tracker";

    async fn number_changes(&self) -> Result<(), Error> {
        Ok(())
    }
}

impl Store for SqliteStore {
    type Transaction = SqliteConnection;

    async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        self.writer.insert(event).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Leased>, Error> {
        self.writer
            .atomic(Box::new(move |connection| {
                Box::pin(events::claim(connection, calls::CLAIM, now, lease, limit))
            }))
            .await
            .0
    }

    async fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<SqliteConnection>,
        settle: Settle,
    ) -> Result<Outcome, Error> {
        let of_the_work = Arc::clone(&settle);
        let (result, alone) = self
            .writer
            .atomic(Box::new(move |connection| {
                Box::pin(calls::complete(connection, lease, done, work, of_the_work))
            }))
            .await;
        match result {
            // A deferred constraint is checked by the commit. If nothing else was in the transaction, this handler
            // broke it; otherwise it is not known which one did.
            Err(error) if alone && error.kind() == ErrorKind::Database => {
                let settlement = settle(&Failure::retry(error.to_string()));
                self.settle(lease, settlement.clone()).await?;
                Ok(Outcome::Failed(settlement))
            }
            other => other,
        }
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<(), Error> {
        self.writer
            .atomic(Box::new(move |connection| {
                Box::pin(events::settle(connection, lease, settlement))
            }))
            .await
            .0
    }

    async fn extend(&self, lease: Lease, until: Timestamp) -> Result<(), Error> {
        self.writer
            .atomic(Box::new(move |connection| {
                Box::pin(events::extend(connection, lease, until))
            }))
            .await
            .0
    }

    async fn replay(&self, filter: Filter, now: Timestamp) -> Result<u64, Error> {
        let after = filter.after.unwrap_or(0);
        let replay = in_steps_after(self, after, move |connection, after| {
            Box::pin(calls::replay(connection, filter.clone(), now, after))
        });
        let replayed = replay.await?;
        self.wake.notify_one();
        Ok(replayed)
    }

    async fn erase_bodies(&self, before: Timestamp) -> Result<u64, Error> {
        in_steps(self, move |connection| {
            Box::pin(events::erase_bodies(connection, calls::ERASE, before))
        })
        .await
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
        self.select(read::LIST, &filter, limit, read::summary).await
    }

    async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<Stored>, Error> {
        self.select(read::READ, &filter, limit, read::stored).await
    }

    async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>, Error> {
        read::quarantined(self, limit).await
    }

    async fn resolve(&self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool, Error> {
        let resolve = self.in_transaction(Box::new(move |connection| {
            Box::pin(events::resolve(connection, id, resolution, now))
        }));
        let found = resolve.await?;
        self.wake.notify_one();
        Ok(found)
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, Error> {
        read::counts(self, now).await
    }

    async fn done(&self) -> Result<u64, Error> {
        read::done(self).await
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }

    async fn close(&self) {
        // The last connection moves the log into the file, and a reader may not.
        self.reader.close().await;
        self.writer.close().await;
    }
}
