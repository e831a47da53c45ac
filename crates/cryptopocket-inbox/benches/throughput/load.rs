//! Acknowledgements on SQLite under a steady load.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Inbox, handler_fn};
use cryptopocket_webhooks::Verifier;
use sqlx::{Executor as _, SqliteConnection};

use crate::{folder, receive, signed};

pub(crate) async fn steady() {
    let folder = folder();
    let inbox = Inbox::new(SqliteStore::open(folder.path().join("inbox.db")).await.unwrap());
    let worker = tokio::spawn({
        let inbox = inbox.clone();
        let handler = noting(&inbox).await;
        async move { inbox.run(handler, std::future::pending()).await }
    });
    let verifier = Arc::new(Verifier::new("secret").unwrap());
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    let mut tasks = Vec::new();
    for number in 0..10_000 {
        ticks.tick().await;
        let (inbox, verifier) = (inbox.clone(), Arc::clone(&verifier));
        tasks.push(tokio::spawn(async move {
            let delivery = signed(number);
            let start = Instant::now();
            receive(&inbox, &verifier, &delivery).await;
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

/// A handler that writes one row for each event.
pub(crate) async fn noting(
    inbox: &Inbox<SqliteStore>,
) -> impl cryptopocket_inbox::Handler<SqliteConnection> + use<> {
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
