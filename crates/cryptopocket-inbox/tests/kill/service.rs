//! The process that is killed: an endpoint and a worker.

use std::io::Write as _;
use std::time::Duration;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Handler, Inbox, Intake, Store, handler_fn};
use cryptopocket_webhooks::Verifier;
use sqlx::{Executor as _, PgConnection, SqliteConnection};
use tokio::io::AsyncReadExt as _;

use crate::subject::{Subject, pool};

/// The secret that deliveries are signed with.
pub(crate) const SECRET: &str = "kill-secret";

/// Takes and handles webhooks until it is killed or its input ends.
pub(crate) fn serve(subject: Subject) {
    crate::driver::runtime().block_on(async {
        match subject {
            Subject::Sqlite(path) => {
                let store = SqliteStore::open(path).await.unwrap();
                let create = store.write(|connection| {
                    Box::pin(async move {
                        connection
                            .execute("CREATE TABLE IF NOT EXISTS effects (key TEXT NOT NULL)")
                            .await
                    })
                });
                create.await.unwrap();
                let note = handler_fn(|delivery, transaction: &mut SqliteConnection| {
                    Box::pin(async move {
                        sqlx::query("INSERT INTO effects (key) VALUES (?)")
                            .bind(delivery.key())
                            .execute(transaction)
                            .await?;
                        Ok(())
                    })
                });
                run(store, note).await;
            }
            Subject::Postgres(own) => {
                let store = PostgresStore::with_pool(pool(&own)).await.unwrap();
                store
                    .pool()
                    .execute("CREATE TABLE IF NOT EXISTS effects (key TEXT NOT NULL)")
                    .await
                    .unwrap();
                let note = handler_fn(|delivery, transaction: &mut PgConnection| {
                    Box::pin(async move {
                        sqlx::query("INSERT INTO effects (key) VALUES ($1)")
                            .bind(delivery.key())
                            .execute(transaction)
                            .await?;
                        Ok(())
                    })
                });
                run(store, note).await;
            }
        }
    });
}

async fn run<S: Store>(store: S, handler: impl Handler<S::Transaction>) {
    let inbox = Inbox::builder(store)
        .lease(Duration::from_millis(500))
        .poll_interval(Duration::from_millis(50))
        .build();
    let intake = Intake::new(inbox.clone(), Verifier::new(SECRET).unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tokio::spawn(async move { axum::serve(listener, cryptopocket_inbox::axum::router(intake)).await });
    let input_ends = async {
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    };
    inbox.run(handler, input_ends).await.unwrap();
    inbox.close().await;
}
