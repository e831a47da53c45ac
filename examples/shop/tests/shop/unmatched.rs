//! Payments that are settled and belong to no order.

use std::time::Duration;

use cryptopocket_sandbox::Speed;
use serde_json::Value;

use crate::process::{Process, post, program, told};
use crate::provider::Provider;
use crate::{on_both_stores, wait};

on_both_stores! {
    settled_payment_without_an_order_waits_for_a_person
}

async fn settled_payment_without_an_order_waits_for_a_person(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    provider.subscribe(&shop.url, &shop.url).await;
    let (first, second) = (provider.buy_elsewhere().await, provider.buy_elsewhere().await);
    let desk = |words: &[&str]| told(program(&provider, database).args(words));

    let mut listed = String::new();
    for _ in 0..100 {
        provider.sandbox.advance(Duration::from_mins(10));
        listed = desk(&["unmatched"]).1;
        if listed.contains("2 wait") {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    assert!(listed.contains(&first) && listed.contains(&second), "{listed}");
    let gauge = async |number: u32| {
        for _ in 0..100 {
            let line = format!("shop_unmatched_payments {number}\n");
            if shop.get("/metrics").await.contains(&line) {
                return;
            }
            wait(Duration::from_millis(200)).await;
        }
        panic!("the gauge is not {number}");
    };
    gauge(2).await;
    // Told once each; the polls have ended.
    for _ in 0..100 {
        if shop.errors().contains(&second) && shop.errors().contains(&first) {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    let polls = provider.sandbox.calls("get_payment");
    wait(Duration::from_secs(5)).await;
    assert_eq!(provider.sandbox.calls("get_payment"), polls);
    for payment in [&first, &second] {
        assert_eq!(
            shop.errors().matches(payment.as_str()).count(),
            1,
            "{}",
            shop.errors()
        );
    }
    assert!(shop.errors().contains("ERROR"), "{}", shop.errors());
    assert_eq!(provider.balance(&shop).await, 0);

    // An order that was never paid, since the provider was down, gets the first.
    provider
        .sandbox
        .fail_next("create_payment", cryptopocket_sandbox::Fault::DropBefore);
    let (status, _) = post(&shop.url, &provider.order(1)).await.unwrap();
    assert_eq!(status, 202);
    assert_eq!(
        desk(&["match", &first, "order-2", "ada"]),
        (false, "shop: there is no order order-2\n".to_owned())
    );
    assert_eq!(
        desk(&["match", &first, "order-1", "ada"]),
        (true, "done\n".to_owned())
    );
    let (status, body) = post(&shop.url, &provider.order(1)).await.unwrap();
    assert_eq!((status, &body["payment"]), (200, &Value::from(first.as_str())));
    assert_eq!(shop.json("/orders/order-1").await["state"], "credited");
    assert_eq!(provider.balance(&shop).await, 24_000);
    let twice = desk(&["match", &second, "order-1", "ada"]);
    assert!(twice.1.contains("order-1 is paid by"), "{twice:?}");
    assert!(desk(&["close", &second, "ada", "a gift"]).0);
    assert!(!desk(&["close", &second, "ada", "a gift"]).0);
    gauge(0).await;
    assert_eq!(provider.balance(&shop).await, 24_000);
    assert_eq!(provider.sandbox.payments_created(), 2);
}
