//! The store in a PostgreSQL database, for any number of machines.
//!
//! Deliveries that wait at the same time are stored by one statement, `INSERT … ON CONFLICT DO NOTHING`. Workers claim with
//! `FOR UPDATE SKIP LOCKED`, and the transaction of a handler locks its event until it ends. `LISTEN` wakes idle workers.

mod calls;
mod feed;
mod intake;
mod schema;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Timestamp, debug_fields};
use cryptopocket_webhooks::Sighting;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions, PgRow};
use sqlx::{Connection as _, PgConnection, Postgres, QueryBuilder};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::error::{Error, of_sqlx};
use crate::runtime::{First, Runtime as _, TokioRuntime, Which};
use crate::sql::dialect::Dialect;
use crate::sql::{SqlStore, events, in_steps, in_steps_after, read};
use crate::store::{
    Counts, Done, Filter, Lease, Leased, NewEvent, Outcome, Quarantined, Resolution, Settle, Settlement,
    Store, Stored, Summary, Work,
};
use crate::tracker::Transacted;

use intake::Intake;

/// Channel of `NOTIFY`.
const CHANNEL: &str = "cryptopocket_inbox";

/// A store in a PostgreSQL database, which any number of machines share.
///
/// Handlers get a [`PgConnection`] of sqlx within the transaction. The tables are made in the first schema of the
/// connection's `search_path`. The clocks of the machines should agree to within a second or so: a difference delays or
/// repeats work, and never doubles an effect.
pub struct PostgresStore {
    pool: PgPool,
    intake: Intake,
    wake: Arc<Notify>,
    /// None for a store that is opened for reading, which has no worker to wake.
    listener: Option<JoinHandle<()>>,
}

debug_fields! { PostgresStore => |store| connections: store.pool.size() }

impl PostgresStore {
    /// Connects to the database that a URL names, and brings the tables up to date.
    ///
    /// # Errors
    /// As [`with_pool`](Self::with_pool).
    ///
    /// # Examples
    /// ```no_run
    /// # async fn example() -> Result<(), cryptopocket_inbox::Error> {
    /// use cryptopocket_inbox::{Inbox, postgres::PostgresStore};
    ///
    /// let inbox = Inbox::new(PostgresStore::connect("postgres://payments@db.internal/payments").await?);
    /// # let _ = inbox;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let pool = pool(url, &[]).await?;
        Self::with_pool(pool).await
    }

    /// Connects to a database that holds an inbox, and brings its tables up to date.
    ///
    /// # Errors
    /// [`TooOld`](crate::ErrorKind::TooOld) for a database without the tables of an inbox, such as that of another program;
    /// and as [`with_pool`](Self::with_pool).
    pub async fn connect_existing(url: &str) -> Result<Self, Error> {
        let pool = pool(url, &[]).await?;
        schema::check_used(&pool).await?;
        Self::with_pool(pool).await
    }

    /// Connects for reading: nothing is made, updated or written.
    ///
    /// Every change fails with [`ReadOnly`](crate::ErrorKind::ReadOnly). The connections ask for
    /// `default_transaction_read_only`, which a pooler in between has to pass on.
    ///
    /// # Errors
    /// [`TooOld`](crate::ErrorKind::TooOld) for tables of an older version, [`TooNew`](crate::ErrorKind::TooNew) for
    /// those of a newer one.
    pub async fn connect_read_only(url: &str) -> Result<Self, Error> {
        let pool = pool(url, &[("default_transaction_read_only", "on")]).await?;
        schema::check_readable(&pool).await?;
        Ok(Self::on(pool, false))
    }

    /// Uses a pool of your own, and brings the tables up to date.
    ///
    /// One connection of the pool listens, one stores deliveries, and each handler that runs holds one.
    ///
    /// # Errors
    /// [`TooNew`](crate::ErrorKind::TooNew) if a newer program has changed the tables, and those of every write.
    pub async fn with_pool(pool: PgPool) -> Result<Self, Error> {
        schema::migrate(&pool).await?;
        Ok(Self::on(pool, true))
    }

    fn on(pool: PgPool, listens: bool) -> Self {
        let wake = Arc::new(Notify::new());
        let listener = listens.then(|| tokio::spawn(listen(pool.clone(), Arc::clone(&wake))));
        Self {
            intake: Intake::start(pool.clone()),
            pool,
            wake,
            listener,
        }
    }

    /// The pool.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The events of a filter in order of arrival.
    async fn select<T>(
        &self,
        columns: &'static str,
        filter: &Filter,
        limit: u32,
        event: fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, Error> {
        let mut query = QueryBuilder::new(columns);
        read::filtered(&mut query, filter);
        query.push(" ORDER BY seq LIMIT ").push_bind(i64::from(limit));
        read::all(query.build().fetch_all(&self.pool).await, event)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.listener.as_ref().inspect(|listener| listener.abort());
    }
}

/// Connections to the database that a URL names, with these settings.
async fn pool(url: &str, settings: &[(&str, &str)]) -> Result<PgPool, Error> {
    let options: PgConnectOptions = url.parse().map_err(schema::unreached)?;
    let options = options.options(settings.iter().copied());
    let connecting = PgPoolOptions::new()
        // A delivery should be refused before its sender gives up.
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options.clone());
    match connecting.await {
        Ok(pool) => Ok(pool),
        // The pool waits for a database that is about to start, and keeps to itself what it waits for.
        Err(sqlx::Error::PoolTimedOut) => Err(unreached(&options).await),
        Err(error) => Err(schema::unreached(error)),
    }
}

/// Why a connection cannot be made.
async fn unreached(options: &PgConnectOptions) -> Error {
    let connecting = Box::pin(PgConnection::connect_with(options));
    let error = match First(connecting, TokioRuntime.sleep(Duration::from_secs(1))).await {
        Which::One(connected) => connected.err(),
        Which::Other(()) => None,
    };
    match error {
        Some(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            schema::unreached(sqlx::Error::Io(error)).with_hint(
                "no database server listens at the host and port of the URL: start it, or correct the URL; the default port \
                 is 5432",
            )
        }
        Some(error) => schema::unreached(error),
        None => schema::unreached(sqlx::Error::PoolTimedOut),
    }
}

/// Wakes the worker at each notification, and once after each reconnection, which may have missed some.
async fn listen(pool: PgPool, wake: Arc<Notify>) {
    loop {
        if let Ok(mut listener) = PgListener::connect_with(&pool).await
            && listener.listen(CHANNEL).await.is_ok()
        {
            wake.notify_one();
            while let Ok(Some(_)) = listener.try_recv().await {
                wake.notify_one();
            }
        }
        if pool.is_closed() {
            return;
        }
        // Idle workers look at intervals meanwhile.
        TokioRuntime.sleep(Duration::from_secs(1)).await;
    }
}

impl SqlStore for PostgresStore {
    type Reader = PoolConnection<Postgres>;

    async fn acquire(&self) -> Result<Self::Reader, sqlx::Error> {
        self.pool.acquire().await
    }

    async fn in_transaction<R: Send + 'static>(&self, work: Transacted<PgConnection, R>) -> Result<R, Error> {
        let mut transaction = calls::begin(&self.pool).await?;
        let done = work(&mut transaction).await;
        // A dropped transaction is rolled back some time later; until then a claim would pass over its row.
        let ended = match &done {
            Ok(_) => transaction.commit().await,
            Err(_) => transaction.rollback().await,
        };
        let done = done?;
        ended.map_err(|error| of_sqlx("a transaction could not be committed", error))?;
        Ok(done)
    }
}

impl Dialect for PostgresStore {
    const LOCKS: bool = true;
    // Sweepers of several machines pass over each other's rows, so each gets others.
    const CLAIM: &str = "WITH due AS (
             SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
             ORDER BY due_at, kind, id LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE cryptopocket_inbox_objects AS object SET token = token + 1, due_at = $2
         FROM due WHERE object.kind = due.kind AND object.id = due.id
         RETURNING object.*";
    // Without a number, which it gets after its commit.
    const COUNT_CHANGE: Option<&str> = None;
    const ADD_CHANGE: &str = "INSERT INTO cryptopocket_inbox_changes (kind, object_id, change, source, at)
         VALUES ($1, $2, $3, $4, $5)";

    async fn number_changes(&self) -> Result<(), Error> {
        feed::number(self).await
    }
}

impl Store for PostgresStore {
    type Transaction = PgConnection;

    async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        self.intake.insert(event).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Leased>, Error> {
        self.in_transaction(Box::new(move |connection| {
            Box::pin(events::claim(connection, calls::CLAIM, now, lease, limit))
        }))
        .await
    }

    async fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<PgConnection>,
        settle: Settle,
    ) -> Result<Outcome, Error> {
        let Err(failure) = calls::complete(&self.pool, lease, done, work).await? else {
            return Ok(Outcome::Done);
        };
        let settlement = settle(&failure);
        self.settle(lease, settlement.clone()).await?;
        Ok(Outcome::Failed(settlement))
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<(), Error> {
        self.in_transaction(Box::new(move |connection| {
            Box::pin(events::settle(connection, lease, settlement))
        }))
        .await
    }

    async fn extend(&self, lease: Lease, until: Timestamp) -> Result<(), Error> {
        self.in_transaction(Box::new(move |connection| {
            Box::pin(events::extend(connection, lease, until))
        }))
        .await
    }

    async fn replay(&self, filter: Filter, now: Timestamp) -> Result<u64, Error> {
        let after = filter.after.unwrap_or(0);
        in_steps_after(self, after, move |connection, after| {
            Box::pin(calls::replay(connection, filter.clone(), now, after))
        })
        .await
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
        self.in_transaction(Box::new(move |connection| {
            Box::pin(async move {
                let found = events::resolve(connection, id, resolution, now).await?;
                if found && resolution == Resolution::Release {
                    calls::notify(connection).await.map_err(events::failed)?;
                }
                Ok(found)
            })
        }))
        .await
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
        self.intake.close().await;
        self.listener.as_ref().inspect(|listener| listener.abort());
        self.pool.close().await;
    }
}
