//! Two requests under one order id with different amounts, of which one lies between the read and the write of the other.

use std::time::Duration;

use cryptopocket_sandbox::Speed;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::process::{Process, post};
use crate::provider::Provider;
use crate::{cluster, url_of, wait};

const BEGUN: &str = "INSERT INTO shop_orders (id, customer, cents) VALUES ('order-0', $1, 90000)";

/// Orders for 240 EUR while another machine has written the order for 900 EUR and not committed it. What may be read
/// meanwhile shows no order.
macro_rules! order_during_a_write {
    ($connection:ty, $begin:literal, $provider:expr, $database:expr, $url:expr) => {{
        let shop = Process::start(&$provider, &$database);
        let mut other = <$connection>::connect(&$url).await.unwrap();
        other.execute($begin).await.unwrap();
        sqlx::query(BEGUN)
            .bind($provider.customer())
            .execute(&mut other)
            .await
            .unwrap();
        let (url, order) = (shop.url.clone(), $provider.order(0));
        let asking = tokio::spawn(async move { post(&url, &order).await.unwrap().0 });
        wait(Duration::from_secs(1)).await;
        assert!(!asking.is_finished(), "it did not wait for the other");
        other.execute("COMMIT").await.unwrap();
        assert_eq!(asking.await.unwrap(), 409);
        assert_eq!($provider.sandbox.payments_created(), 0);
        let mut right = $provider.order(0);
        right["amount"] = "900 EUR".into();
        shop.pay(&right).await;
        assert_eq!($provider.sandbox.payments_created(), 1);
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_gives_an_order_to_the_first_writer() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    order_during_a_write!(SqliteConnection, "BEGIN IMMEDIATE", provider, database, database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_gives_an_order_to_the_first_writer() {
    let Some(cluster) = cluster::Cluster::start() else {
        return;
    };
    let database = url_of(&cluster.own_schema().await);
    let provider = Provider::start(Speed::Instant).await;
    order_during_a_write!(PgConnection, "BEGIN", provider, database, database);
}
