//! Whether an event costs more when many are stored.

use std::sync::Arc;
use std::time::Instant;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Handler, Inbox, Store, handler_fn};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::cluster::Cluster;
use crate::{folder, load, median, receive_all};

const FEW: u64 = 10_000;
const ROUNDS: u64 = 11;
const EACH: u64 = 2048;
const CONCURRENT: u64 = 512;
/// Events of one claim.
const CLAIM: u32 = 128;

/// An inbox with this many stored events, and the microseconds an event, one entry a round.
struct Subject<S, H> {
    stored: u64,
    inbox: Inbox<S>,
    handler: Arc<H>,
    intake: Vec<f64>,
    claim: Vec<f64>,
    handle: Vec<f64>,
}

impl<S: Store, H: Handler<S::Transaction>> Subject<S, H> {
    fn new(stored: u64, inbox: Inbox<S>, handler: H) -> Self {
        let (intake, claim, handle) = Default::default();
        Self {
            stored,
            inbox,
            handler: Arc::new(handler),
            intake,
            claim,
            handle,
        }
    }

    async fn round(&mut self, number: u64) {
        let (from, to) = (number * EACH, (number + 1) * EACH);
        self.intake
            .push(receive_all(&self.inbox, from, to, CONCURRENT).await.0);
        let (mut claiming, mut handling) = (0.0, 0.0);
        loop {
            let start = Instant::now();
            let claims = self.inbox.claim(CLAIM).await.unwrap();
            claiming += start.elapsed().as_secs_f64();
            if claims.is_empty() {
                break;
            }
            let start = Instant::now();
            let tasks: Vec<_> = claims
                .into_iter()
                .map(|claim| {
                    let (inbox, handler) = (self.inbox.clone(), Arc::clone(&self.handler));
                    tokio::spawn(async move { inbox.complete(claim, handler).await.unwrap() })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            handling += start.elapsed().as_secs_f64();
        }
        self.claim.push(claiming * 1e6 / EACH as f64);
        self.handle.push(handling * 1e6 / EACH as f64);
    }
}

async fn compare<S: Store, H: Handler<S::Transaction>>(store: &str, mut subjects: [Subject<S, H>; 2]) {
    for round in 0..ROUNDS {
        // By turns, since other work on the machine comes and goes.
        for subject in &mut subjects {
            subject.round(round).await;
        }
    }
    println!("{store}, microseconds an event, median of {ROUNDS} rounds: intake | claim | handling");
    let figures = subjects.map(|subject| {
        let figures = [subject.intake, subject.claim, subject.handle].map(median);
        let [intake, claim, handle] = figures;
        println!(
            "  {} stored: {intake:.1} | {claim:.1} | {handle:.1}",
            subject.stored
        );
        figures
    });
    let factor = |index: usize| figures[1][index] / figures[0][index];
    println!("  factor: {:.2} | {:.2} | {:.2}", factor(0), factor(1), factor(2));
}

pub(crate) async fn in_a_file(stored: u64) {
    let folder = folder();
    let subject = async |stored: u64| {
        let path = folder.path().join(format!("{stored}.db"));
        Inbox::new(SqliteStore::open(&path).await.unwrap()).close().await;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .pragma("synchronous", "OFF");
        fill_file(
            &mut SqliteConnection::connect_with(&options).await.unwrap(),
            stored,
        )
        .await;
        let start = Instant::now();
        // The runs of keys are made here, since the events were not stored by an inbox.
        Inbox::new(SqliteStore::open(&path).await.unwrap()).close().await;
        let made = start.elapsed();
        let start = Instant::now();
        let inbox = Inbox::new(SqliteStore::open(&path).await.unwrap());
        println!(
            "SQLite, {stored} stored: index of keys made in {made:.1?}, opened in {:.1?}",
            start.elapsed()
        );
        let handler = load::noting(&inbox).await;
        Subject::new(stored, inbox, handler)
    };
    compare("SQLite", [subject(FEW).await, subject(stored).await]).await;
}

pub(crate) async fn in_a_database(stored: u64) {
    let Some(cluster) = Cluster::start_with("256MB") else {
        return;
    };
    let subject = async |stored: u64| {
        let store = cluster.store().await;
        fill_database(&store, stored).await;
        Subject::new(stored, Inbox::builder(store).build(), note())
    };
    compare("PostgreSQL", [subject(FEW).await, subject(stored).await]).await;
}

fn note() -> impl Handler<PgConnection> {
    handler_fn(|delivery, transaction: &mut PgConnection| {
        Box::pin(async move {
            sqlx::query("INSERT INTO effects (key) VALUES ($1)")
                .bind(delivery.key())
                .execute(transaction)
                .await?;
            Ok(())
        })
    })
}

/// Steps of 100,000 events up to this many.
fn steps(rows: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..rows)
        .step_by(100_000)
        .map(move |from| (from, (from + 100_000).min(rows)))
}

/// Stores events that are done, as after years.
async fn fill_file(connection: &mut SqliteConnection, rows: u64) {
    for (from, to) in steps(rows) {
        let fill = AssertSqlSafe(format!(
            "WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to})
             INSERT INTO cryptopocket_inbox_events
             (key, name, object_id, fingerprint, body, received_at, signed_at, state, due_at, token, attempts, lost, settled_at)
             SELECT 'PAY_IN|id:' || hex(randomblob(13)), 'PAY_IN', hex(randomblob(13)), randomblob(32), randomblob(200),
                    i, i, 2, i, 1, 0, 0, i FROM n"
        ));
        connection.execute(sqlx::raw_sql(fill)).await.unwrap();
    }
}

async fn fill_database(store: &PostgresStore, rows: u64) {
    for (from, to) in steps(rows) {
        let fill = AssertSqlSafe(format!(
            "SET LOCAL synchronous_commit = off;
             INSERT INTO cryptopocket_inbox_events
             (key, name, object_id, fingerprint, body, received_at, signed_at, state, due_at, token, attempts, lost, settled_at)
             SELECT 'PAY_IN|id:' || substr(md5(random()::text), 1, 25), 'PAY_IN', substr(md5(random()::text), 1, 25),
                    sha256(random()::text::bytea), convert_to(repeat(md5(random()::text), 6), 'UTF8'), i, i, 2, i, 1, 0, 0, i
             FROM generate_series({from}, {to} - 1) AS i ON CONFLICT DO NOTHING"
        ));
        store.pool().execute(sqlx::raw_sql(fill)).await.unwrap();
    }
    let tidy = "VACUUM ANALYZE cryptopocket_inbox_events";
    store.pool().execute(tidy).await.unwrap();
    store.pool().execute("CHECKPOINT").await.unwrap();
}
