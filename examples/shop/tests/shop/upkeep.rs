//! What the upkeep looks at.

use std::time::Duration;

use cryptopocket_sandbox::Speed;

use crate::process::{Process, post};
use crate::provider::Provider;
use crate::{execute, number_in, on_both_stores, wait};

on_both_stores! {
    settled_orders_and_calls_are_not_looked_at
    order_that_cannot_be_tied_holds_up_no_other
    order_that_was_never_sent_is_given_up
    restored_order_that_may_be_paid_is_kept
}

async fn settled_orders_and_calls_are_not_looked_at(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    let mut little = provider.order(0);
    little["amount"] = "0.01 EUR".into();
    for _ in 0..2 {
        assert_eq!(post(&shop.url, &little).await.unwrap().0, 422);
        assert_eq!(shop.json("/orders/order-0").await["state"], "refused");
    }
    shop.pay(&provider.order(1)).await;
    assert_eq!(shop.stop(), "stopped");
    let orders = "SELECT count(*) FROM shop_orders WHERE look_at IS NOT NULL";
    assert_eq!(number_in(database, orders).await, [0]);
    let calls = "SELECT count(*) FROM cryptopocket_inbox_journal WHERE due_at IS NOT NULL";
    assert_eq!(number_in(database, calls).await, [0]);
    assert_eq!(number_in(database, "SELECT count(*) FROM shop_orders").await, [2]);
}

async fn order_that_cannot_be_tied_holds_up_no_other(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    shop.pay(&provider.order(0)).await;
    let second = shop.pay(&provider.order(1)).await;
    assert_eq!(shop.stop(), "stopped");
    // A crash came between the payments and the notes of them, and another order has the payment of the first.
    for change in [
        "UPDATE shop_orders SET id = 'other' WHERE id = 'order-0'",
        "INSERT INTO shop_orders (id, customer, cents, look_at)
         SELECT 'order-0', customer, cents, 0 FROM shop_orders WHERE id = 'other'",
        "UPDATE shop_orders SET payment = NULL, look_at = 1 WHERE id = 'order-1'",
    ] {
        execute(database, change).await;
    }
    let shop = Process::start(&provider, database);
    for _ in 0..50 {
        if shop.json("/orders/order-1").await["payment"] == second.as_str() {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    assert_eq!(shop.json("/orders/order-1").await["payment"], second.as_str());
    assert!(shop.json("/orders/order-0").await["payment"].is_null());
    // It is told once a day.
    let postponed = "SELECT count(*) FROM shop_orders WHERE id = 'order-0' AND look_at > 0";
    assert_eq!(number_in(database, postponed).await, [1]);
    assert_eq!(shop.errors().matches("a person has to look").count(), 1);
}

async fn order_that_was_never_sent_is_given_up(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    shop.pay(&provider.order(0)).await;
    assert_eq!(shop.stop(), "stopped");
    forget_the_sending(database).await;
    let shop = Process::start(&provider, database);
    for _ in 0..50 {
        if shop.json("/orders/order-0").await["state"] == "refused" {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    assert_eq!(shop.json("/orders/order-0").await["state"], "refused");
    assert_eq!(post(&shop.url, &provider.order(0)).await.unwrap().0, 422);
    assert_eq!(provider.sandbox.payments_created(), 1);
}

/// As if it was never sent, and that was long ago.
async fn forget_the_sending(database: &str) {
    for change in [
        "UPDATE cryptopocket_inbox_journal SET phase = 0, begun_at = 1, object = NULL, answer = NULL",
        "UPDATE shop_orders SET payment = NULL, look_at = 1",
    ] {
        execute(database, change).await;
    }
}

async fn restored_order_that_may_be_paid_is_kept(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    let payment = shop.pay(&provider.order(0)).await;
    assert_eq!(shop.stop(), "stopped");
    // The backup is from before the sending.
    forget_the_sending(database).await;
    let shop = Process::start_with(&provider, database, &[("LOOK_FIRST", "1")]);
    let looked_at = "SELECT count(*) FROM shop_orders WHERE look_at > 1";
    for _ in 0..50 {
        let is_refused = shop.json("/orders/order-0").await["state"] == "refused";
        if is_refused || number_in(database, looked_at).await == [1] {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    assert_eq!(number_in(database, looked_at).await, [1]);
    // Asked again, it is found.
    assert_eq!(shop.pay(&provider.order(0)).await, payment);
    assert_eq!(provider.sandbox.payments_created(), 1);
}
