//! Starting: settings that are refused, a port that is taken, a store from a backup.

use std::fs;
use std::time::Duration;

use cryptopocket_sandbox::Speed;

use crate::process::{Process, post, program, told};
use crate::provider::Provider;
use crate::{execute, wait};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_start_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = |name: &str, value: &str| told(program(&provider, &database).env(name, value));

    let (success, text) = said("LISTEN", &address);
    let expected = format!("shop: cannot listen on {address}: Address already in use (os error 98). ");
    assert!(
        !success && text.starts_with(&expected) && text.lines().count() == 1,
        "{text}"
    );
    let (success, text) = said("LEASE_SECONDS", "0");
    assert!(
        !success && text.starts_with("shop: LEASE_SECONDS is 0: "),
        "{text}"
    );
    let (success, text) = said("DATABASE_URL", "sqlite:/no/such/folder/shop.db");
    assert!(
        !success && text.starts_with("shop: ") && text.lines().count() == 1,
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_from_a_backup_finds_what_was_sent_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = (folder.path().join("shop.db"), folder.path().join("backup.db"));
    let database = format!("sqlite:{}", file.display());
    let provider = Provider::start(Speed::Instant).await;
    let order = provider.order(0);
    assert_eq!(Process::start(&provider, &database).stop(), "stopped");
    fs::copy(&file, &backup).unwrap();
    let shop = Process::start(&provider, &database);
    let payment = shop.pay(&order).await;
    assert_eq!(shop.stop(), "stopped");

    fs::copy(&backup, &file).unwrap();
    let shop = Process::start_with(&provider, &database, &[("LOOK_FIRST", "1")]);
    assert_eq!(shop.pay(&order).await, payment);
    assert_eq!(provider.sandbox.payments_created(), 1);
    // What was never sent is sent, after the grace period.
    shop.pay(&provider.order(1)).await;
    assert_eq!(provider.sandbox.payments_created(), 2);
    assert_eq!(shop.stop(), "stopped");

    // Why it is needed: the backup does not know the order.
    fs::copy(&backup, &file).unwrap();
    let shop = Process::start(&provider, &database);
    assert_ne!(shop.pay(&order).await, payment);
    assert_eq!(provider.sandbox.payments_created(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stop_waits_for_an_order_whose_customer_hung_up() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, &database);
    let order = provider.order(0);
    let slow = cryptopocket_sandbox::Fault::Slow(Duration::from_millis(1200));
    provider.sandbox.fail_next("create_payment", slow);
    let (url, asked) = (shop.url.clone(), order.clone());
    let asking = tokio::spawn(async move { post(&url, &asked).await });
    wait(Duration::from_millis(400)).await;
    asking.abort();
    assert!(asking.await.is_err(), "it was to take longer");
    assert_eq!(shop.stop(), "stopped");

    let shop = Process::start(&provider, &database);
    let (status, body) = post(&shop.url, &order).await.unwrap();
    assert_eq!(status, 200, "{body}");
    assert!(body["pay"]["iban"].is_string(), "{body}");
    assert_eq!(provider.sandbox.payments_created(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_store_starts_only_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("shop.db").display());
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, &database);
    provider.subscribe(&shop.url, &shop.url).await;
    let payment = shop.pay(&provider.order(0)).await;
    provider.receive(&payment);
    provider.settle(&[&shop], 1).await;
    assert_eq!(shop.stop(), "stopped");
    let starts = || {
        let (without, text) = told(program(&provider, &database).env_remove("BODY_KEY"));
        assert!(
            !without && text.contains("shop: BODY_KEY is not set, and "),
            "{text}"
        );
        let (other, text) = told(program(&provider, &database).env("BODY_KEY", "08".repeat(32)));
        assert!(
            !other && text.contains("shop: BODY_KEY is another key than "),
            "{text}"
        );
    };
    starts();
    // Webhooks are sealed too.
    execute(&database, "DELETE FROM cryptopocket_inbox_journal").await;
    starts();
    let shop = Process::start(&provider, &database);
    assert_eq!(shop.stop(), "stopped");
}
