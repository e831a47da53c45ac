//! The PostgreSQL store.

use std::time::{Duration, Instant};

use cryptopocket_inbox::{Inbox, handler_fn};
use sqlx::PgConnection;

use crate::cluster::Cluster;
use crate::receive_all;

const EVENTS: u64 = 4000;

pub(crate) async fn one_and_two_consumers() {
    let Some(cluster) = Cluster::start() else { return };
    println!("PostgreSQL, events a second:");
    for consumers in [1, 2] {
        let (first, second) = cluster.two_stores().await;
        let machines = [first, second].map(|store| Inbox::builder(store).concurrency(8).build());
        let (intake, _) = receive_all(&machines[0], 0, EVENTS, 512).await;
        let start = Instant::now();
        let workers: Vec<_> = machines[..consumers]
            .iter()
            .map(|inbox| {
                let inbox = inbox.clone();
                tokio::spawn(async move { inbox.run_until_idle(charging()).await.unwrap() })
            })
            .collect();
        let mut done = 0;
        for worker in workers {
            done += worker.await.unwrap();
        }
        assert_eq!(done, EVENTS);
        let handled = EVENTS as f64 / start.elapsed().as_secs_f64();
        let intake = 1e6 / intake;
        println!("  {consumers} consumers: intake {intake:.0}, handled {handled:.0}");
    }
}

/// A handler that writes a row, and waits two milliseconds for something else, as real ones do.
fn charging() -> impl cryptopocket_inbox::Handler<PgConnection> {
    handler_fn(|delivery, transaction: &mut PgConnection| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            sqlx::query("INSERT INTO effects (key) VALUES ($1)")
                .bind(delivery.key())
                .execute(transaction)
                .await?;
            Ok(())
        })
    })
}
