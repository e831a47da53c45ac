//! Payments that are settled and belong to no order.

use std::time::Duration;

use cryptopocket_sandbox::Speed;
use serde_json::Value;

use crate::process::{Process, post, program, told};
use crate::provider::Provider;
use crate::{execute, on_both_stores, wait};

on_both_stores! {
    settled_payment_without_an_order_waits_for_a_person
    order_is_never_given_a_second_payment
    payment_of_a_credited_order_waits_for_a_person
    ambiguous_order_can_be_refused
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

    // An order whose call may still be sent could be paid twice.
    provider
        .sandbox
        .fail_next("create_payment", cryptopocket_sandbox::Fault::DropBefore);
    let (status, _) = post(&shop.url, &provider.order(3)).await.unwrap();
    assert_eq!(status, 202);
    let open = desk(&["match", &first, "order-3", "ada"]);
    assert!(!open.0 && open.1.contains("its call is sending"), "{open:?}");
    // One of another amount or customer is not what was paid.
    provider.ban(true);
    let mut large = provider.order(4);
    large["amount"] = "900 EUR".into();
    assert_eq!(post(&shop.url, &large).await.unwrap().0, 422);
    let other = desk(&["match", &first, "order-4", "ada"]);
    assert!(
        !other.0 && other.1.contains("is of 240.00 EUR, and order-4 of 900.00 EUR"),
        "{other:?}"
    );
    let mut grace = provider.order(5);
    grace["customer"] = "999999".into();
    post(&shop.url, &grace).await.unwrap();
    let other = desk(&["match", &first, "order-5", "ada"]);
    assert!(
        !other.0 && other.1.contains("and order-5 of customer 999999"),
        "{other:?}"
    );
    assert_eq!(provider.balance(&shop).await, 0);

    // An order that was refused gets the first.
    assert_eq!(post(&shop.url, &provider.order(1)).await.unwrap().0, 422);
    provider.ban(false);
    assert_eq!(
        desk(&["match", &first, "order-2", "ada"]),
        (false, "shop: there is no order order-2\n".to_owned())
    );
    let credited = format!(
        "credited 240.00 EUR to customer {} for order-1\n",
        provider.customer()
    );
    assert_eq!(desk(&["match", &first, "order-1", "ada"]), (true, credited));
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
}

/// A crash came between the journal's note of a payment and the ledger's.
async fn order_is_never_given_a_second_payment(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    provider.subscribe(&shop.url, &shop.url).await;
    let own = shop.pay(&provider.order(0)).await;
    let other = provider.buy_elsewhere().await;
    let desk = |words: &[&str]| told(program(&provider, database).args(words));
    wait_until(&provider, || desk(&["unmatched"]).1.contains("1 wait")).await;
    assert_eq!(shop.stop(), "stopped");
    execute(database, "UPDATE shop_orders SET payment = NULL, look_at = 0").await;
    let refused = desk(&["match", &other, "order-0", "ada"]);
    assert!(
        !refused.0 && refused.1.contains(&format!("order-0 is paid by {own}")),
        "{refused:?}"
    );

    // An edition of before did it.
    execute(
        database,
        "UPDATE shop_orders SET payment = 'elsewhere', look_at = 0",
    )
    .await;
    let shop = Process::start(&provider, database);
    assert_eq!(post(&shop.url, &provider.order(0)).await.unwrap().0, 409);
    assert_eq!(shop.json("/orders/order-0").await["payment"], "elsewhere");
    provider.receive(&own);
    wait_until(&provider, || desk(&["unmatched"]).1.contains("2 wait")).await;
    assert_eq!(provider.balance(&shop).await, 0);
}

async fn payment_of_a_credited_order_waits_for_a_person(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    provider.subscribe(&shop.url, &shop.url).await;
    let payment = shop.pay(&provider.order(0)).await;
    let credit = "INSERT INTO shop_credits (payment, order_id, cents) VALUES ('elsewhere', 'order-0', 24000)";
    execute(database, credit).await;
    provider.receive(&payment);
    let desk = |words: &[&str]| told(program(&provider, database).args(words));
    wait_until(&provider, || desk(&["unmatched"]).1.contains(&payment)).await;
    wait_until(&provider, || shop.errors().contains(&payment)).await;
    wait(Duration::from_secs(5)).await;
    assert_eq!(
        shop.errors().matches(payment.as_str()).count(),
        1,
        "{}",
        shop.errors()
    );
    assert!(desk(&["unmatched"]).1.contains("1 wait"));
    assert!(desk(&["close", &payment, "ada", "refunded"]).0);
    assert_eq!(provider.balance(&shop).await, 0);
}

async fn ambiguous_order_can_be_refused(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    provider.subscribe(&shop.url, &shop.url).await;
    let desk = |words: &[&str]| told(program(&provider, database).args(words));
    let refuse = || desk(&["refuse", "order-0", "ada", "the payment is not ours"]);
    let early = refuse();
    assert!(!early.0 && early.1.contains("order-0 does not wait"), "{early:?}");

    let candidate = provider.take_the_id("order-0").await;
    let lost = cryptopocket_sandbox::Fault::DropBefore;
    provider.sandbox.fail_next("create_payment", lost);
    let mut status = 202;
    for _ in 0..50 {
        status = post(&shop.url, &provider.order(0)).await.unwrap().0;
        if status != 202 {
            break;
        }
        wait(Duration::from_millis(200)).await;
    }
    assert_eq!(status, 409);
    let (_, listed) = desk(&["ambiguous"]);
    assert!(listed.starts_with("order-0  since 20"), "{listed}");
    assert!(
        listed.ends_with(&format!("  may be paid by {candidate}\n1 wait\n")),
        "{listed}"
    );
    let other = provider.buy_elsewhere().await;
    wait_until(&provider, || desk(&["unmatched"]).1.contains(&other)).await;
    let unfit = desk(&["match", &other, "order-0", "ada"]);
    assert!(!unfit.0 && unfit.1.contains(&candidate), "{unfit:?}");

    assert_eq!(refuse(), (true, "refused order-0\n".to_owned()));
    let (status, body) = post(&shop.url, &provider.order(0)).await.unwrap();
    assert_eq!(
        (status, &body["refused"]),
        (422, &"the payment is not ours".into())
    );
    assert!(!refuse().0);
    assert_eq!(desk(&["ambiguous"]), (true, "0 wait\n".to_owned()));
    shop.pay(&provider.order(1)).await;
    assert_eq!(provider.sandbox.payments_created(), 3);
}

async fn wait_until(provider: &Provider, mut is_so: impl FnMut() -> bool) {
    for _ in 0..100 {
        provider.sandbox.advance(Duration::from_mins(10));
        if is_so() {
            return;
        }
        wait(Duration::from_millis(200)).await;
    }
    panic!("it does not come");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desk_makes_no_shop() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty) = (folder.path().join("missing.db"), folder.path().join("empty.db"));
    std::fs::write(&empty, "").unwrap();
    let provider = Provider::start(Speed::Instant).await;
    for file in [&missing, &empty] {
        let database = format!("sqlite:{}", file.display());
        for words in [
            &["unmatched"][..],
            &["ambiguous"],
            &["match", "p", "order-0", "ada"],
            &["refuse", "order-0", "ada", "gone"],
            &["close", "p", "ada", "gone"],
        ] {
            let (success, text) = told(program(&provider, &database).args(words));
            assert!(
                !success && text.starts_with("shop: DATABASE_URL leads to no shop: "),
                "{text}"
            );
        }
    }
    assert!(!missing.exists());
    assert_eq!(std::fs::metadata(&empty).unwrap().len(), 0);
}
