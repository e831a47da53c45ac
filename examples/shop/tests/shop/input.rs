//! Orders that can never be paid.

use cryptopocket_sandbox::Speed;

use crate::process::{Process, post};
use crate::provider::Provider;
use crate::{number_in, on_both_stores};

on_both_stores! {
    wrong_order_is_refused_and_not_stored
    missing_identity_check_is_answered_with_its_form
}

async fn wrong_order_is_refused_and_not_stored(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let shop = Process::start(&provider, database);
    let cases = [
        ("order", "", "is empty"),
        (
            "order",
            " order-0",
            "has white space around it, or holds a control character",
        ),
        ("customer", " ", "is empty"),
        ("amount", "0 EUR", "must be above zero"),
        ("amount", "-240 EUR", "must be above zero"),
        ("amount", "0.001 EUR", "has more decimals than its currency"),
        ("amount", "240 USD", "is no amount of euros"),
        ("amount", "99999999999999999999 EUR", "is too large"),
        (
            "wallet",
            "0x5290",
            "begins with 0x and is not followed by exactly 40 hexadecimal digits",
        ),
    ];
    for (field, value, rule) in cases {
        let mut order = provider.order(0);
        order[field] = value.into();
        let (status, body) = post(&shop.url, &order).await.unwrap();
        assert_eq!((status, &body["field"]), (400, &field.into()), "{value}: {body}");
        assert_eq!(body["rule"], rule, "{value}");
        assert!(body["cure"].as_str().unwrap().ends_with('.'), "{value}: {body}");
    }
    for table in [
        "SELECT count(*) FROM shop_orders",
        "SELECT count(*) FROM cryptopocket_inbox_journal",
    ] {
        assert_eq!(number_in(database, table).await, [0]);
    }
    assert!(!shop.pay(&provider.order(0)).await.is_empty());
}

async fn missing_identity_check_is_answered_with_its_form(database: &str) {
    let provider = Provider::start(Speed::Instant).await;
    let eve = provider.stranger().await;
    let mut order = provider.order(0);
    order["customer"] = eve.as_str().into();
    let shop = Process::start(&provider, database);
    let refused = post(&shop.url, &order).await.unwrap();
    let (status, body) = &refused;
    assert_eq!((*status, &body["code"]), (422, &"require_kyc".into()), "{body}");
    let form = body["form"].as_str().unwrap();
    assert!(form.starts_with("http"), "{body}");
    assert!(
        !shop.stop_and_tell().contains(form),
        "the link is the customer's own"
    );

    // The refusal is read back after a restart, and the key is spent.
    provider
        .sandbox
        .approve_kyc(eve.as_str().parse().unwrap())
        .unwrap();
    let shop = Process::start(&provider, database);
    assert_eq!(post(&shop.url, &order).await.unwrap(), refused);
    order["order"] = "order-0b".into();
    assert!(!shop.pay(&order).await.is_empty());
}
