//! Listings: every entry once, page by page, with filters on every page.

use std::collections::BTreeSet;

use cryptopocket::PaymentStatus;
use cryptopocket::banking::TransactionFilter;
use cryptopocket::onramp::PaymentFilter;
use cryptopocket_sandbox::{BankCredit, Fault};

use crate::target::{Emulated, card, transfer};

#[tokio::test]
async fn payments_are_listed_once_newest_first() {
    let Some(target) = Emulated::open("filling pages").await else {
        return;
    };
    let user = target.customer().await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(target.pay_by_card(&user).await.payment_id);
    }
    made.reverse();
    let mut pages = target
        .client
        .onramp()
        .list_payments(PaymentFilter::new())
        .per_page(3)
        .pages();
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert_eq!(page.total, Some(7));
        sizes.push(page.len());
        seen.extend(page.into_items().into_iter().map(|payment| payment.id));
    }
    assert_eq!((sizes, seen), (vec![3, 3, 1], made));
    assert_eq!(target.sandbox.calls("list_payments"), 3);
}

#[tokio::test]
async fn filters_apply_to_all_pages_and_resume() {
    let Some(target) = Emulated::open("filtering pages").await else {
        return;
    };
    let user = target.customer().await;
    for n in 0..6 {
        let created = target.pay_by_card(&user).await;
        if n % 2 == 0 {
            target.sandbox.pay(created.payment_id.as_str()).unwrap();
        }
    }
    let sent = || PaymentFilter::new().status(PaymentStatus::CoinsSent);
    let onramp = target.client.onramp();
    let all = onramp
        .list_payments(sent())
        .per_page(2)
        .collect_all(50)
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
    assert!(
        all.iter()
            .all(|payment| payment.status == PaymentStatus::CoinsSent)
    );
    let rest = onramp
        .list_payments(sent())
        .per_page(2)
        .from_page(2)
        .collect_all(50)
        .await
        .unwrap();
    assert_eq!(rest, all[2..]);
}

#[tokio::test]
async fn failed_page_is_retried_without_loss() {
    let Some(target) = Emulated::open("breaking pages").await else {
        return;
    };
    let user = target.customer().await;
    let created = target
        .client
        .onramp()
        .create_payment(transfer(&user))
        .await
        .unwrap();
    let mut made = BTreeSet::new();
    for cents in 1..=5 {
        let amount = format!("{cents}.00").parse().unwrap();
        made.insert(target.sandbox.credit_bank(BankCredit::new(amount)).unwrap());
    }
    target
        .sandbox
        .fail_next("list_bank_transactions", Fault::TruncatedBody);
    let iban = created.next.bank_transfer().unwrap().iban.clone();
    let feed = target
        .client
        .banking()
        .list_transactions(iban, TransactionFilter::new())
        .per_page(2);
    let feed = feed.collect_all(50).await.unwrap();
    let seen: BTreeSet<String> = feed.iter().map(|one| one.id.as_str().to_owned()).collect();
    assert_eq!((feed.len(), seen), (5, made));
}

#[tokio::test]
async fn payments_are_found_by_external_id() {
    let Some(target) = Emulated::open("filtering by reference").await else {
        return;
    };
    let user = target.customer().await;
    for reference in ["order-1", "order-2", "order-1"] {
        let order = card(&user).external_id(reference);
        target.client.onramp().create_payment(order).await.unwrap();
    }
    let filter = PaymentFilter::new().external_id("order-1");
    let found = target
        .client
        .onramp()
        .list_payments(filter)
        .collect_all(50)
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
}
