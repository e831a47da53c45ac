//! The store in one SQLite file.
//!
//! The file is in WAL mode with `synchronous=FULL`: what is acknowledged has been synced to the disk. One task holds the
//! only connection that writes. It commits everything that waits for it together, so that intake and handlers share the
//! cost of a sync.

mod dialect;
mod file;
mod insert;
mod keys;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{debug_fields, setters};
use cryptopocket_webhooks::Sighting;
use sqlx::SqliteConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use tokio::sync::Notify;

use crate::error::Result;
use crate::handler::BoxFuture;
use crate::journal::JournalStore;
use crate::sql::batch::Requests;
use crate::sql::events::unreadable;
use crate::sql::schema::check_readable;
use crate::store::NewEvent;
use crate::transaction::{Store, Work};

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
        /// Every change fails with [`ReadOnly`](crate::ErrorKind::ReadOnly), and tables of an older version are
        /// [`TooOld`](crate::ErrorKind::TooOld) instead of being updated.
        read_only = |yes: bool| yes;
        /// Sets how long a transaction of another process is waited for. Default: five seconds.
        lock_limit = |limit: Duration| limit;
    }

    /// Opens the store and brings its tables up to date.
    ///
    /// # Errors
    /// [`TooNew`](crate::ErrorKind::TooNew) if a newer program has changed the tables; [`Gone`](crate::ErrorKind::Gone) if the file or
    /// its folder is missing; [`BadPath`](crate::ErrorKind::BadPath) for a folder, and for a URL instead of a path;
    /// [`Corrupt`](crate::ErrorKind::Corrupt) if it is no database; and those of every write.
    pub async fn open(self) -> Result<SqliteStore> {
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
            let mut connection = reader.acquire().await.map_err(unreadable)?;
            check_readable(&mut *connection).await?;
            (Writer(Requests::refusing()), reader)
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
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        SqliteOptions::new(path).open().await
    }

    /// Does `work` in a transaction of the writer, for tables of your own.
    ///
    /// Use this rather than a connection of your own: that one would wait for the writer, and the writer for it. Never call
    /// it, or anything else that writes the store, from within a handler: the writer would wait for itself.
    ///
    /// # Errors
    /// The work's, after a rollback; [`Handler`](crate::ErrorKind::Handler) if it panics.
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
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.transact(move |connection| Box::pin(async move { Ok(work(connection).await?) }))
            .await
    }

    /// A pool of connections that read, for queries of your own.
    pub fn reader(&self) -> &SqlitePool {
        &self.reader
    }
}

impl JournalStore for SqliteStore {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }
}

impl Store for SqliteStore {
    type Transaction = SqliteConnection;

    async fn insert(&self, event: NewEvent) -> Result<Sighting> {
        self.writer.0.insert(event).await
    }

    async fn transact<R: Send + 'static>(&self, work: impl Work<SqliteConnection, R>) -> Result<R> {
        self.writer.transact(work).await
    }

    async fn view<R: Send + 'static>(&self, work: impl Work<SqliteConnection, R>) -> Result<R> {
        work(&mut *self.reader.acquire().await.map_err(unreadable)?).await
    }

    fn wake(&self) {
        self.wake.notify_one();
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }

    async fn close(&self) {
        // The last connection moves the log into the file, and a reader may not.
        self.reader.close().await;
        self.writer.0.close().await;
    }
}
