//! The shop as a process, against the emulated provider over HTTP, killed on the way.

#![allow(clippy::unwrap_used, reason = "a failure shows where it is")]

// The temporary PostgreSQL cluster of the inbox's tests.
#[path = "../../../../crates/cryptopocket-inbox/tests/stores/cluster.rs"]
mod cluster;
mod dashboard;
mod input;
mod kills;
mod process;
mod provider;
mod race;
mod start;
mod unmatched;
mod upkeep;

use std::time::Duration;

use cryptopocket_sandbox::Speed;
use process::{Process, post};
use provider::Provider;

const ORDERS: usize = 15;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_machine_that_is_killed_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    let mut shop = Process::start(&provider, &database);
    provider.subscribe(&shop.url, &shop.url).await;
    let mut payments = Vec::new();
    for number in 0..ORDERS {
        let order = provider.order(number);
        if number % 4 == 2 {
            // Killed at some point of the order; the customer asks again.
            let (url, asked) = (shop.url.clone(), order.clone());
            let asking = tokio::spawn(async move { post(&url, &asked).await });
            wait(Duration::from_millis(5 * number as u64)).await;
            shop.restart();
            let _ = asking.await;
        }
        payments.push(shop.pay(&order).await);
    }
    assert_eq!(provider.sandbox.payments_created(), ORDERS);
    let lost = payments.split_off(ORDERS - 3);
    for (number, payment) in payments.iter().enumerate() {
        provider.receive(payment);
        if number % 4 == 3 {
            // Killed while webhooks come and are handled. Those that it refuses never come again: polls find out.
            wait(Duration::from_millis(4 * number as u64)).await;
            shop.kill();
            provider.receive(&lost[number / 4]);
            shop.restart();
        }
    }
    provider.settle(&[&shop], ORDERS).await;
    // Counters begin anew with the process: the last one may have had no webhook to handle yet.
    let payment = shop.pay(&provider.order(ORDERS)).await;
    provider.receive(&payment);
    provider.settle(&[&shop], ORDERS + 1).await;

    let expected = [
        "cryptopocket_inbox_handled_total{outcome=\"done\"}",
        "cryptopocket_journal_open_calls{phase=\"sending\"} 0",
        "cryptopocket_inbox_events{state=\"dead\"} 0",
        "cryptopocket_tracker_objects{state=\"open\"} 0",
    ];
    let mut metrics = String::new();
    for _ in 0..50 {
        // The gauges are set at intervals.
        metrics = shop.get("/metrics").await;
        if expected.iter().all(|line| metrics.contains(line)) {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    for line in expected {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    if std::env::var_os("SHOW_METRICS").is_some() {
        println!("{metrics}");
    }
    assert_eq!(shop.stop(), "stopped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_request_decides_what_an_order_pays() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, &database);
    let mut asked = Vec::new();
    for amount in ["900 EUR", "30 EUR"].repeat(4) {
        let (url, mut order) = (shop.url.clone(), provider.order(0));
        order["amount"] = amount.into();
        asked.push(tokio::spawn(
            async move { (post(&url, &order).await.unwrap(), order) },
        ));
    }
    let mut refused = 0;
    for asking in asked {
        let ((status, _), order) = asking.await.unwrap();
        if status == 409 {
            refused += 1;
        } else {
            // Waits for the one that was faster.
            shop.pay(&order).await;
        }
    }
    assert_eq!(refused, 4);
    assert_eq!(provider.sandbox.payments_created(), 1);
    let mut dollars = provider.order(1);
    dollars["amount"] = "30 USD".into();
    assert_eq!(post(&shop.url, &dollars).await.unwrap().0, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_share_the_work_of_one_that_dies() {
    let Some(cluster) = cluster::Cluster::start() else {
        return;
    };
    let database = url_of(&cluster.own_schema().await);
    let provider = Provider::start(Speed::Manual).await;
    let mut first = Process::start(&provider, &database);
    let second = Process::start(&provider, &database);
    provider.subscribe(&first.url, &second.url).await;
    let mut payments = Vec::new();
    for number in 0..ORDERS {
        let order = provider.order(number);
        // Both machines get the same order at once; one of them makes the payment.
        let (paid, also) = tokio::join!(first.pay(&order), second.pay(&order));
        assert_eq!(paid, also);
        payments.push(paid);
    }
    assert_eq!(provider.sandbox.payments_created(), ORDERS);
    // The next order dies with the first machine, and is taken over by the second one.
    let order = provider.order(ORDERS);
    let (url, asked) = (first.url.clone(), order.clone());
    let asking = tokio::spawn(async move { post(&url, &asked).await });
    wait(Duration::from_millis(15)).await;
    for payment in &payments {
        provider.receive(payment);
    }
    provider.sandbox.advance(Duration::from_mins(10));
    wait(Duration::from_millis(30)).await;
    first.kill();
    let _ = asking.await;
    payments.push(second.pay(&order).await);
    provider.receive(payments.last().unwrap());
    // What came to the first machine has been acknowledged, or comes again to the second.
    provider.subscribe(&second.url, &second.url).await;
    provider.settle(&[&second], ORDERS + 1).await;
    assert_eq!(provider.sandbox.payments_created(), ORDERS + 1);
    assert_eq!(second.stop(), "stopped");
}

/// Of a schema of its own.
fn url_of(own: &cluster::OwnSchema) -> String {
    format!(
        "postgres://postgres@localhost/postgres?host={}&options[search_path]={}",
        own.socket, own.schema
    )
}

/// Does something that the program would not.
async fn execute(database: &str, sql: &'static str) {
    use sqlx::{Connection as _, Executor as _};
    if database.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(database).await.unwrap();
        connection.execute(sql).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(database).await.unwrap();
        connection.execute(sql).await.unwrap();
    }
}

/// The numbers that a query gives, one a row.
async fn number_in(database: &str, sql: &'static str) -> Vec<i64> {
    use sqlx::Connection as _;
    if database.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(database).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    } else {
        let mut connection = sqlx::PgConnection::connect(database).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    }
}

/// Runs a behaviour on a file and on a database.
macro_rules! on_both_stores {
    ($($name:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name(&format!("sqlite:{}", folder.path().join("shop.db").display())).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(cluster) = crate::cluster::Cluster::start() else { return };
                super::$name(&crate::url_of(&cluster.own_schema().await)).await;
            })+
        }
    };
}
use on_both_stores;

#[allow(clippy::disallowed_methods, reason = "processes take real time")]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}
