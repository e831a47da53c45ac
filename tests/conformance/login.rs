//! Tokens: taken once, renewed once, and never a reason to pay twice.

use cryptopocket::ErrorKind;
use cryptopocket::users::CustomerFilter;
use cryptopocket_sandbox::Fault;

use crate::stage::{Emulated, card};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_tasks_that_meet_an_expired_token_log_in_once() {
    let Some(stage) = Emulated::open("expiring tokens").await else {
        return;
    };
    stage.client.login().await.unwrap();
    stage.sandbox.expire_tokens();
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let client = stage.client.clone();
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
        stage.sandbox.calls("authenticate"),
        2,
        "the first, and one renewal"
    );
}

#[tokio::test]
async fn an_order_that_meets_an_expired_token_is_made_once() {
    let Some(stage) = Emulated::open("expiring tokens").await else {
        return;
    };
    let user = stage.customer().await;
    stage.sandbox.expire_tokens();
    stage.pay_by_card(&user).await;
    assert_eq!(stage.sandbox.payments_created(), 1);
    assert_eq!(stage.sandbox.calls("create_payment"), 2);
    assert_eq!(stage.sandbox.calls("authenticate"), 2);
}

#[tokio::test]
async fn a_good_token_that_is_refused_once_costs_one_login() {
    let Some(stage) = Emulated::open("refusing a token").await else {
        return;
    };
    stage.client.login().await.unwrap();
    stage.sandbox.fail_next("list_customers", Fault::RefuseToken);
    assert!(
        stage
            .client
            .users()
            .list_customers(CustomerFilter::new())
            .take(1)
            .await
            .is_ok()
    );
    assert_eq!(stage.sandbox.calls("authenticate"), 2);
}

#[tokio::test]
async fn a_token_that_runs_out_is_renewed_before_anybody_is_refused_or_right_after() {
    let Some(stage) = Emulated::open("letting a token run out").await else {
        return;
    };
    stage.client.login().await.unwrap();
    stage.sandbox.advance(std::time::Duration::from_secs(3_601));
    assert!(
        stage
            .client
            .users()
            .list_customers(CustomerFilter::new())
            .take(1)
            .await
            .is_ok()
    );
    assert_eq!(stage.sandbox.calls("authenticate"), 2);
}

#[tokio::test]
async fn whoever_is_not_on_the_whitelist_is_told_what_it_may_be() {
    let Some(stage) = Emulated::open("leaving the whitelist").await else {
        return;
    };
    stage.sandbox.whitelist(false);
    let error = stage
        .client
        .users()
        .list_customers(CustomerFilter::new())
        .take(1)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authorization);
    assert!(error.advice().text().contains("whitelist"), "{}", error.advice());
    assert_eq!(
        stage.sandbox.calls("list_customers"),
        2,
        "repeated once and no more"
    );
    stage.sandbox.whitelist(true);
    assert!(
        stage
            .client
            .users()
            .list_customers(CustomerFilter::new())
            .take(1)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn wrong_credentials_are_told_before_anything_is_sent() {
    let Some(stage) = Emulated::open("forging credentials").await else {
        return;
    };
    let forged = cryptopocket::Client::builder()
        .base_url(stage.sandbox.base_url())
        .credentials(cryptopocket::Credentials::new(stage.sandbox.api_key(), "wrong"))
        .build()
        .unwrap();
    let order = card(&cryptopocket::UserId::from(100_001));
    let error = forged.onramp().create_payment(order).await.unwrap_err();
    assert!(error.is_authorization() && error.is_during_login(), "{error}");
    assert_eq!(stage.sandbox.calls("create_payment"), 0);
}
