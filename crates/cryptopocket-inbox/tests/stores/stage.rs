//! What the tests of all stores share: stores to run on, deliveries, handlers.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::testing::{MemoryStore, Table, TestRuntime};
use cryptopocket_inbox::{BoxFuture, Builder, Delivery, Error, Failure, Handler, Inbox, Receipt, Store};
use cryptopocket_webhooks::{Signer, Verifier};
use sqlx::{PgConnection, SqliteConnection};
use tempfile::TempDir;

/// A store that a test writes effects to and reads them from.
pub(crate) trait Effects: Store {
    /// Notes an effect under `key`, in the transaction of the handler.
    fn note<'t>(transaction: &'t mut Self::Transaction, key: &'t str) -> BoxFuture<'t, Result<(), Failure>>;

    /// All committed effects, sorted.
    fn noted(&self) -> impl Future<Output = Vec<String>> + Send;
}

impl Effects for MemoryStore {
    fn note<'t>(transaction: &'t mut Table, key: &'t str) -> BoxFuture<'t, Result<(), Failure>> {
        Box::pin(async move {
            let number = transaction.len();
            transaction.insert(format!("{key} {number}"), String::new());
            Ok(())
        })
    }

    async fn noted(&self) -> Vec<String> {
        let table = self.table().await;
        let keys = table.keys().filter_map(|key| key.rsplit_once(' '));
        let mut noted: Vec<_> = keys.map(|(key, _)| key.to_owned()).collect();
        noted.sort();
        noted
    }
}

impl Effects for SqliteStore {
    fn note<'t>(transaction: &'t mut SqliteConnection, key: &'t str) -> BoxFuture<'t, Result<(), Failure>> {
        Box::pin(async move {
            sqlx::query("INSERT INTO effects (key) VALUES (?)")
                .bind(key)
                .execute(transaction)
                .await?;
            Ok(())
        })
    }

    async fn noted(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT key FROM effects ORDER BY key")
            .fetch_all(self.reader())
            .await
            .unwrap()
    }
}

impl Effects for PostgresStore {
    fn note<'t>(transaction: &'t mut PgConnection, key: &'t str) -> BoxFuture<'t, Result<(), Failure>> {
        Box::pin(async move {
            sqlx::query("INSERT INTO effects (key) VALUES ($1)")
                .bind(key)
                .execute(transaction)
                .await?;
            Ok(())
        })
    }

    async fn noted(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT key FROM effects ORDER BY key COLLATE \"C\"")
            .fetch_all(self.pool())
            .await
            .unwrap()
    }
}

/// A SQLite store with a table of effects, in a folder that lives as long as the test.
pub(crate) async fn sqlite(folder: &TempDir) -> SqliteStore {
    let store = SqliteStore::open(folder.path().join("inbox.db")).await.unwrap();
    with_effects(&store).await;
    store
}

pub(crate) async fn with_effects(store: &SqliteStore) {
    let created = store.write(|connection| {
        Box::pin(async move {
            sqlx::query("CREATE TABLE IF NOT EXISTS effects (key TEXT NOT NULL)")
                .execute(connection)
                .await
        })
    });
    created.await.unwrap();
}

/// An inbox in virtual time.
pub(crate) fn in_virtual_time<S: Store>(store: S) -> (Builder<S>, Arc<TestRuntime>) {
    let runtime = Arc::new(TestRuntime::new(1));
    let builder = Inbox::builder(store).runtime(Arc::clone(&runtime) as _);
    (builder, runtime)
}

/// The lease of an inbox with default settings, and a little more.
pub(crate) const OVER_A_LEASE: Duration = Duration::from_secs(61);

/// A body about payment `id` with these further fields.
pub(crate) fn body(id: &str, fields: &str) -> String {
    format!(r#"{{"type":"PAY_IN","data":{{"id":"{id}"{fields}}}}}"#)
}

/// The key of an event of [`body`].
pub(crate) fn key(id: &str) -> String {
    format!("PAY_IN|id:{id}")
}

/// What `future` gives; it fails the test instead of hanging it.
#[allow(clippy::disallowed_methods, reason = "the database works in real time")]
pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    let ended = tokio::time::timeout(Duration::from_secs(30), future).await;
    ended.expect("ends within half a minute")
}

/// Signs, verifies and receives.
pub(crate) async fn receive<S: Store>(inbox: &Inbox<S>, body: &str) -> Result<Receipt, Error> {
    let headers = Signer::new("secret").unwrap().sign(body.as_bytes());
    let verifier = Verifier::new("secret").unwrap();
    let delivery = verifier.verify(&headers, body.as_bytes()).unwrap();
    inbox.receive(&delivery).await
}

/// A handler that notes the key of each event and then ends as `then` says.
pub(crate) struct Note<S, F> {
    then: F,
    store: PhantomData<fn(S)>,
}

/// Notes the key of each event.
pub(crate) fn note<S: Effects>() -> Note<S, impl Fn(&Delivery) -> Result<(), Failure>> {
    note_then(|_| Ok(()))
}

/// Notes the key of each event and then ends as `then` says.
pub(crate) fn note_then<S, F>(then: F) -> Note<S, F>
where
    S: Effects,
    F: Fn(&Delivery) -> Result<(), Failure>,
{
    Note {
        then,
        store: PhantomData,
    }
}

impl<S, F> Handler<S::Transaction> for Note<S, F>
where
    S: Effects,
    F: Fn(&Delivery) -> Result<(), Failure> + Send + Sync + 'static,
{
    async fn handle(&self, delivery: &Delivery, transaction: &mut S::Transaction) -> Result<(), Failure> {
        S::note(transaction, delivery.key()).await?;
        (self.then)(delivery)
    }
}
