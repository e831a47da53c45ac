//! The store in a PostgreSQL database, for any number of machines.
//!
//! Deliveries that wait at the same time are stored by one statement, `INSERT … ON CONFLICT DO NOTHING`. Workers claim with
//! `FOR UPDATE SKIP LOCKED`, and the transaction of a handler locks its event until it ends. `LISTEN` wakes idle workers.

mod dialect;
mod intake;
mod schema;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::debug_fields;
use cryptopocket_webhooks::Sighting;
use futures_util::future::{Either, select};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::error::{Error, Result, of_sqlx};
use crate::handler::Failure;
use crate::journal::JournalStore;
use crate::runtime::{Runtime as _, TokioRuntime};
use crate::sql::batch::Requests;
use crate::sql::events::{failed, unreadable};
use crate::sql::schema::{check_readable, check_used};
use crate::store::NewEvent;
use crate::transaction::{Store, Work};

/// Channel of `NOTIFY`.
const CHANNEL: &str = "cryptopocket_inbox";

/// A store in a PostgreSQL database, which any number of machines share.
///
/// Handlers get a [`PgConnection`] of sqlx within the transaction. The tables are made in the first schema of the
/// connection's `search_path`. The clocks of the machines should agree to within a second or so: a difference delays or
/// repeats work, and never doubles an effect.
pub struct PostgresStore {
    pool: PgPool,
    intake: Requests<Infallible>,
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
    pub async fn connect(url: &str) -> Result<Self> {
        let pool = pool(url, &[]).await?;
        Self::with_pool(pool).await
    }

    /// Connects to a database that holds an inbox, and brings its tables up to date.
    ///
    /// # Errors
    /// [`TooOld`](crate::ErrorKind::TooOld) for a database without the tables of an inbox, such as that of another program;
    /// and as [`with_pool`](Self::with_pool).
    pub async fn connect_existing(url: &str) -> Result<Self> {
        let pool = pool(url, &[]).await?;
        check_used(&mut *pool.acquire().await.map_err(schema::unreached)?).await?;
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
    pub async fn connect_read_only(url: &str) -> Result<Self> {
        let pool = pool(url, &[("default_transaction_read_only", "on")]).await?;
        check_readable(&mut *pool.acquire().await.map_err(schema::unreached)?).await?;
        Ok(Self::on(pool, false))
    }

    /// Uses a pool of your own, and brings the tables up to date.
    ///
    /// One connection of the pool listens, one stores deliveries, and each handler that runs holds one.
    ///
    /// # Errors
    /// [`TooNew`](crate::ErrorKind::TooNew) if a newer program has changed the tables, and those of every write.
    pub async fn with_pool(pool: PgPool) -> Result<Self> {
        schema::migrate(&pool).await?;
        Ok(Self::on(pool, true))
    }

    fn on(pool: PgPool, listens: bool) -> Self {
        let wake = Arc::new(Notify::new());
        let listener = listens.then(|| tokio::spawn(listen(pool.clone(), Arc::clone(&wake))));
        Self {
            intake: intake::start(pool.clone()),
            pool,
            wake,
            listener,
        }
    }

    /// The pool.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.listener.as_ref().inspect(|listener| listener.abort());
    }
}

/// Connections to the database that a URL names, with these settings.
async fn pool(url: &str, settings: &[(&str, &str)]) -> Result<PgPool> {
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
    let error = match select(connecting, TokioRuntime.sleep(Duration::from_secs(1))).await {
        Either::Left((connected, _)) => connected.err(),
        Either::Right(_) => None,
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

impl JournalStore for PostgresStore {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }
}

impl Store for PostgresStore {
    type Transaction = PgConnection;

    async fn insert(&self, event: NewEvent) -> Result<Sighting> {
        self.intake.insert(event).await
    }

    async fn transact<R: Send + 'static>(&self, work: impl Work<PgConnection, R>) -> Result<R> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        schema::check(&mut transaction).await?;
        let done = match work(&mut transaction).await {
            Ok(done) => commit(&mut transaction).await.map(|()| done),
            Err(error) => Err(error),
        };
        let Err(error) = done else { return done };
        // A dropped transaction is rolled back some time later; until then a claim would pass over its row.
        match transaction.rollback().await {
            Ok(()) => Err(error),
            Err(ended) => Err(error.unless_ended(ended)),
        }
    }

    async fn view<R: Send + 'static>(&self, work: impl Work<PgConnection, R>) -> Result<R> {
        work(&mut *self.pool.acquire().await.map_err(unreadable)?).await
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

/// Commits the work of others.
///
/// After a failed statement, `COMMIT` rolls back and reports no error. `SAVEPOINT` does report one, also if the work has ended the
/// transaction by itself. All goes to the server in one message. `BEGIN` opens the transaction that sqlx then rolls back,
/// since it knows of no commit here.
async fn commit(transaction: &mut PgConnection) -> Result<()> {
    let commit = sqlx::raw_sql("SAVEPOINT cryptopocket_inbox; COMMIT; BEGIN");
    commit.execute(transaction).await.map(drop).map_err(uncommitted)
}

/// The failure of a commit.
fn uncommitted(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(DatabaseError::code);
    let refusal = match code.as_deref() {
        Some("25P02") => Some(Failure::retry(
            "the handler went on after a statement that failed, which needs a savepoint",
        )),
        Some("25P01") => Some(Failure::retry(
            "the handler ended the transaction, which is not its own",
        )),
        // A deferred constraint that the work broke.
        Some(_) if !crate::error::is_outage(&error) => Some(Failure::retry(error.to_string())),
        _ => None,
    };
    let error = of_sqlx("a transaction could not be committed", error);
    match refusal {
        Some(refusal) => error.carrying(refusal),
        None => error,
    }
}
