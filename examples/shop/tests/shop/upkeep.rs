//! What the upkeep looks at.

use cryptopocket_sandbox::Speed;

use crate::process::{Process, post};
use crate::provider::Provider;
use crate::{number_in, on_both_stores};

on_both_stores! {
    settled_orders_and_calls_are_not_looked_at
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
