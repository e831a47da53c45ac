//! The SQLite store.

use std::time::{Duration, Instant};

use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Inbox, handler_fn};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use crate::{body, receive, receive_all};

fn folder() -> tempfile::TempDir {
    // Beside the sources: a temporary folder may be in memory.
    tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap()
}

pub(crate) async fn beside_one_transaction_an_event() {
    let folder = folder();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("plain.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut plain = SqliteConnection::connect_with(&options).await.unwrap();
    plain
        .execute("CREATE TABLE events (key TEXT PRIMARY KEY, body TEXT NOT NULL)")
        .await
        .unwrap();
    let single = async |connection: &mut SqliteConnection, from: u64, to: u64| {
        let start = Instant::now();
        for number in from..to {
            let mut transaction = connection.begin().await.unwrap();
            sqlx::query("INSERT INTO events (key, body) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(format!("PAY_IN|id:{number}"))
                .bind(body(number))
                .execute(&mut *transaction)
                .await
                .unwrap();
            transaction.commit().await.unwrap();
        }
        (to - from) as f64 / start.elapsed().as_secs_f64()
    };
    let inbox = Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).await.unwrap());
    println!("SQLite, events a second: one transaction an event | inbox, 512 at once");
    for round in 0..3 {
        // By turns, since other work on the machine comes and goes.
        let alone = single(&mut plain, round * 1000, (round + 1) * 1000).await;
        let grouped = receive_all(&inbox, round * 20_000, (round + 1) * 20_000, 512).await;
        println!("  {alone:.0} | {grouped:.0} ({:.1} times)", grouped / alone);
    }
    let start = Instant::now();
    let done = inbox.run_until_idle(noting(&inbox).await).await.unwrap();
    println!(
        "  handled with a row each, 16 at once: {:.0} a second",
        done as f64 / start.elapsed().as_secs_f64()
    );
}

pub(crate) async fn under_a_steady_load() {
    let folder = folder();
    let inbox = Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).await.unwrap());
    let worker = tokio::spawn({
        let inbox = inbox.clone();
        let handler = noting(&inbox).await;
        async move { inbox.run(handler, std::future::pending()).await }
    });
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    let mut tasks = Vec::new();
    for number in 0..10_000 {
        ticks.tick().await;
        let inbox = inbox.clone();
        tasks.push(tokio::spawn(async move {
            let start = Instant::now();
            receive(&inbox, number).await;
            start.elapsed()
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.push(task.await.unwrap());
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("SQLite, 1000 deliveries a second for ten seconds, handled meanwhile:");
    println!(
        "  acknowledged after {:?} (median), {:?} (p99), {:?} (last)",
        at(50),
        at(99),
        at(100)
    );
    worker.abort();
}

pub(crate) async fn with_many_stored() {
    let rows: u64 = std::env::var("INBOX_BENCH_ROWS").map_or(1_000_000, |rows| rows.parse().unwrap());
    let folder = folder();
    let mut subjects = Vec::new();
    for stored in [10_000, rows] {
        let path = folder.path().join(format!("{stored}.db"));
        let inbox = Inbox::new(SqliteStore::open(path).await.unwrap());
        let handler = noting(&inbox).await;
        fill(&inbox, stored).await;
        subjects.push((stored, inbox, handler, f64::MAX, f64::MAX));
    }
    for round in 0..8 {
        // By turns, since other work on the machine comes and goes.
        for (_, inbox, handler, intake, handling) in &mut subjects {
            let rate = receive_all(inbox, round * 5000, (round + 1) * 5000, 512).await;
            *intake = intake.min(1e6 / rate);
            let start = Instant::now();
            let done = inbox.run_until_idle(handler.clone()).await.unwrap();
            *handling = handling.min(start.elapsed().as_secs_f64() * 1e6 / done as f64);
        }
    }
    println!("SQLite, microseconds an event, best of 8: intake, 512 at once | claim and handle");
    for (stored, _, _, intake, handling) in subjects {
        println!("  {stored} stored: {intake:.1} | {handling:.1}");
    }
}

/// Stores events that are done, as after years.
async fn fill(inbox: &Inbox<SqliteStore>, rows: u64) {
    let mut from = 0;
    while from < rows {
        let to = (from + 100_000).min(rows);
        let fill = AssertSqlSafe(format!(
            "WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to})
             INSERT INTO cryptopocket_inbox_events
             (key, name, object_id, fingerprint, body, received_at, signed_at, state, due_at, token, attempts, lost, settled_at)
             SELECT 'PAY_IN|id:' || hex(randomblob(13)), 'PAY_IN', hex(randomblob(13)), randomblob(32), randomblob(200),
                    i, i, 2, i, 1, 0, 0, i FROM n"
        ));
        inbox
            .store()
            .write(move |connection| {
                Box::pin(async move {
                    connection.execute(sqlx::raw_sql(fill)).await?;
                    Ok(())
                })
            })
            .await
            .unwrap();
        from = to;
    }
}

/// A handler that writes one row for each event.
async fn noting(
    inbox: &Inbox<SqliteStore>,
) -> impl cryptopocket_inbox::Handler<SqliteConnection> + Clone + use<> {
    let create = inbox.store().write(|connection| {
        Box::pin(async move {
            connection
                .execute("CREATE TABLE IF NOT EXISTS effects (key TEXT NOT NULL)")
                .await?;
            Ok(())
        })
    });
    create.await.unwrap();
    handler_fn(|delivery, transaction: &mut SqliteConnection| {
        Box::pin(async move {
            sqlx::query("INSERT INTO effects (key) VALUES (?)")
                .bind(delivery.key())
                .execute(transaction)
                .await?;
            Ok(())
        })
    })
}
