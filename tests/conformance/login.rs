//! Tokens: one login, one renewal, never a second payment.

use cryptopocket::ErrorKind;
use cryptopocket::users::CustomerFilter;
use cryptopocket_sandbox::Fault;

use crate::target::{Emulated, card};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_tasks_renew_an_expired_token_once() {
    let Some(target) = Emulated::open("expiring tokens").await else {
        return;
    };
    target.client.login().await.unwrap();
    target.sandbox.expire_tokens();
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let client = target.client.clone();
            tokio::spawn(async move {
                client
                    .users()
                    .list_customers(CustomerFilter::new())
                    .collect_all(10)
                    .await
            })
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap().is_ok());
    }
    assert_eq!(
        target.sandbox.calls("authenticate"),
        2,
        "the first, and one renewal"
    );
}

#[tokio::test]
async fn payment_with_expired_token_is_created_once() {
    let Some(target) = Emulated::open("expiring tokens").await else {
        return;
    };
    let user = target.customer().await;
    target.sandbox.expire_tokens();
    target.pay_by_card(&user).await;
    assert_eq!(target.sandbox.payments_created(), 1);
    assert_eq!(target.sandbox.calls("create_payment"), 2);
    assert_eq!(target.sandbox.calls("authenticate"), 2);
}

#[tokio::test]
async fn valid_token_refused_once_costs_one_login() {
    let Some(target) = Emulated::open("refusing a token").await else {
        return;
    };
    target.client.login().await.unwrap();
    target.sandbox.fail_next("list_customers", Fault::RefuseToken);
    assert!(
        target
            .client
            .users()
            .list_customers(CustomerFilter::new())
            .take(1)
            .await
            .is_ok()
    );
    assert_eq!(target.sandbox.calls("authenticate"), 2);
}

#[tokio::test]
async fn expiring_token_is_renewed() {
    let Some(target) = Emulated::open("letting a token run out").await else {
        return;
    };
    target.client.login().await.unwrap();
    target.sandbox.advance(std::time::Duration::from_secs(3_601));
    assert!(
        target
            .client
            .users()
            .list_customers(CustomerFilter::new())
            .take(1)
            .await
            .is_ok()
    );
    assert_eq!(target.sandbox.calls("authenticate"), 2);
}

#[tokio::test]
async fn missing_whitelist_entry_is_named_as_cause() {
    let Some(target) = Emulated::open("leaving the whitelist").await else {
        return;
    };
    target.sandbox.whitelist(false);
    let error = target
        .client
        .users()
        .list_customers(CustomerFilter::new())
        .take(1)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorization);
    assert!(error.advice().text().contains("whitelist"), "{}", error.advice());
    assert_eq!(
        target.sandbox.calls("list_customers"),
        2,
        "repeated once and no more"
    );
    target.sandbox.whitelist(true);
    assert!(
        target
            .client
            .users()
            .list_customers(CustomerFilter::new())
            .take(1)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn wrong_credentials_fail_at_login() {
    let Some(target) = Emulated::open("forging credentials").await else {
        return;
    };
    let forged = cryptopocket::Client::builder()
        .base_url(target.sandbox.base_url())
        .credentials(cryptopocket::Credentials::new(target.sandbox.api_key(), "wrong"))
        .build()
        .unwrap();
    let order = card(&cryptopocket::UserId::from(100_001));
    let error = forged.onramp().create_payment(order).await.unwrap_err();
    assert!(error.is_authorization() && error.is_during_login(), "{error}");
    assert_eq!(target.sandbox.calls("create_payment"), 0);
}
