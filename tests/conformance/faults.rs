//! Everything that goes wrong on the line: money is neither lost nor doubled.

use std::time::Duration;

use cryptopocket::banking::{NewReconciliation, TransactionFilter};
use cryptopocket::offramp::{NewOfframp, OfframpFilter};
use cryptopocket::onramp::{NewGuidedPayment, Recovery};
use cryptopocket::users::CustomerFilter;
use cryptopocket::{ErrorKind, Sent, TransactionId, UserId};
use cryptopocket_sandbox::{BankCredit, Fault, Sandbox};

use crate::stage::{Emulated, IBAN, card, euros, transfer, usdc};

/// What a fault on a call that moves money comes to.
struct Suffered {
    fault: Fault,
    /// Whether the payment exists although no answer said so.
    made: bool,
    kind: ErrorKind,
    sent: Sent,
}

fn all() -> Vec<Suffered> {
    let one = |fault, made, kind, sent| Suffered {
        fault,
        made,
        kind,
        sent,
    };
    vec![
        one(Fault::DropBefore, false, ErrorKind::Interrupted, Sent::Maybe),
        one(Fault::DropAfter, true, ErrorKind::Interrupted, Sent::Maybe),
        one(Fault::ErrorBefore(503), false, ErrorKind::ServerError, Sent::Yes),
        one(Fault::ErrorAfter(500), true, ErrorKind::ServerError, Sent::Yes),
        one(Fault::BrokenBody, true, ErrorKind::UnexpectedReply, Sent::Yes),
        one(Fault::TruncatedBody, true, ErrorKind::Interrupted, Sent::Yes),
        one(Fault::EmptyBody, true, ErrorKind::UnexpectedReply, Sent::Yes),
        one(Fault::Html, false, ErrorKind::UnexpectedReply, Sent::Yes),
        one(
            Fault::HugeBody(64 << 20),
            true,
            ErrorKind::BodyTooLarge,
            Sent::Yes,
        ),
    ]
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_never_sent_twice_and_can_be_found() {
    for Suffered {
        fault,
        made,
        kind,
        sent,
    } in all()
    {
        let Some(stage) = Emulated::open("losing answers").await else {
            return;
        };
        let user = stage.customer().await;
        let onramp = stage.client.onramp();
        let order = || card(&user).external_id("order-1");
        stage.sandbox.fail_next("create_payment", fault.clone());
        let error = onramp.create_payment(order()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent(), error.attempts()),
            (kind, sent, 1),
            "{fault:?}"
        );
        assert!(
            error.is_outcome_unknown(),
            "{fault:?}: whether it was made is not known"
        );
        assert_eq!(stage.sandbox.payments_created(), usize::from(made), "{fault:?}");
        match onramp.recover_from(&error).await.unwrap() {
            Recovery::One(payment) => {
                assert!(made, "{fault:?}");
                assert_eq!(payment.fiat, euros("150.50"));
            }
            Recovery::None => {
                assert!(!made, "{fault:?}");
                onramp.create_payment(order()).await.unwrap();
            }
            many @ Recovery::Many(_) => panic!("{fault:?}: {many:?}"),
        }
        assert_eq!(stage.sandbox.payments_created(), 1, "{fault:?}: money moves once");
    }
}

#[tokio::test]
async fn a_scenario_breaks_the_line_where_it_says_and_every_order_is_made_once() {
    let scenario = "
customers: [{name: Ana, email: ana@example.com, kyc: valid}]
faults:
  - {operation: create_payment, fault: drop_after, skip: 1, times: 2}
  - {operation: list_payments, fault: error_before, detail: 503}
";
    let builder = Sandbox::builder().scenario(scenario.parse().unwrap());
    let Some(stage) = Emulated::of("playing a scenario", builder).await else {
        return;
    };
    let onramp = stage.client.onramp();
    let mut lost = 0;
    for reference in ["order-1", "order-2", "order-3", "order-4"] {
        let order = card(&UserId::from(100_001)).external_id(reference);
        if let Err(error) = onramp.create_payment(order).await {
            let found = onramp.recover_from(&error).await.unwrap();
            assert!(matches!(found, Recovery::One(_)), "{reference}: {found:?}");
            lost += 1;
        }
    }
    assert_eq!((lost, stage.sandbox.payments_created()), (2, 4));
}

#[tokio::test]
async fn a_guided_order_whose_answer_is_lost_can_be_found_too() {
    let Some(stage) = Emulated::open("losing answers").await else {
        return;
    };
    let user = stage.customer().await;
    let order = NewGuidedPayment::new(user, euros("240"), usdc()).external_id("cart-7");
    stage.sandbox.fail_next("create_guided_payment", Fault::DropAfter);
    let onramp = stage.client.onramp();
    let error = onramp.create_guided_payment(order).await.unwrap_err();
    let Recovery::One(payment) = onramp.recover_from(&error).await.unwrap() else {
        panic!("the payment was not found");
    };
    assert_eq!(payment.external_id.unwrap().as_str(), "cart-7");
    assert_eq!(stage.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_not_asked_for_twice() {
    let Some(stage) = Emulated::open("answering late").await else {
        return;
    };
    let user = stage.customer().await;
    let hasty = stage.impatient(Duration::from_millis(300));
    hasty.login().await.unwrap();
    stage
        .sandbox
        .fail_next("create_payment", Fault::Slow(Duration::from_secs(60)));
    let order = card(&user).external_id("order-1");
    let error = hasty.onramp().create_payment(order).await.unwrap_err();
    assert!(error.is_timeout() && error.is_outcome_unknown(), "{error}");
    assert!(matches!(
        hasty.onramp().recover_from(&error).await.unwrap(),
        Recovery::One(_)
    ));
    assert_eq!(stage.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn a_rate_limit_proves_that_nothing_happened_or_says_that_it_is_not_known() {
    let Some(stage) = Emulated::open("limiting the rate").await else {
        return;
    };
    let user = stage.customer().await;
    stage.sandbox.fail_next("create_payment", Fault::RateLimit(7));
    let order = card(&user).external_id("order-1");
    let error = stage.client.onramp().create_payment(order).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!((error.attempts(), stage.sandbox.payments_created()), (1, 0));
}

#[tokio::test]
async fn a_sale_whose_answer_is_lost_is_made_once() {
    for fault in [Fault::DropAfter, Fault::ErrorAfter(502), Fault::TruncatedBody] {
        let Some(stage) = Emulated::open("losing answers").await else {
            return;
        };
        let user = stage.customer().await;
        stage.sandbox.fail_next("create_offramp", fault.clone());
        let coins = usdc().amount("20".parse().unwrap());
        let payout = NewOfframp::to_iban(user, coins.clone(), IBAN.parse().unwrap());
        let error = stage.client.offramp().create_offramp(payout).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{fault:?}: {error}");
        assert_eq!(stage.sandbox.offramps_created(), 1, "{fault:?}");
        let listed = stage
            .client
            .offramp()
            .list_offramps(OfframpFilter::new())
            .collect_all(10)
            .await
            .unwrap();
        assert_eq!(
            (listed.len(), &listed[0].coin),
            (1, &coins),
            "{fault:?}: the list shows it"
        );
    }
}

#[tokio::test]
async fn a_reconciliation_whose_answer_is_lost_is_made_once_and_shows_in_the_feed() {
    for (fault, made) in [(Fault::DropBefore, false), (Fault::DropAfter, true)] {
        let Some(stage) = Emulated::open("losing answers").await else {
            return;
        };
        let user = stage.customer().await;
        let created = stage
            .client
            .onramp()
            .create_payment(transfer(&user))
            .await
            .unwrap();
        let credit = BankCredit::new("150.50".parse().unwrap());
        let credit: TransactionId = stage.sandbox.credit_bank(credit).unwrap().into();
        let banking = stage.client.banking();
        stage.sandbox.fail_next("reconcile_payment", fault);
        let error = banking
            .reconcile(NewReconciliation::new(&created.payment_id, &credit))
            .await
            .unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        let iban = created.next.bank_transfer().unwrap().iban.clone();
        let feed = banking
            .list_transactions(iban, TransactionFilter::new())
            .collect_all(5)
            .await
            .unwrap();
        assert_eq!(feed[0].reconciled, made);
        let again = banking
            .reconcile(NewReconciliation::new(&created.payment_id, &credit))
            .await;
        if made {
            assert!(again.unwrap_err().has_code("already_reconciled"));
        } else {
            again.unwrap();
        }
    }
}

#[tokio::test]
async fn looking_is_repeated_until_an_answer_comes() {
    let Some(stage) = Emulated::open("breaking answers").await else {
        return;
    };
    let user = stage.customer().await;
    let id = stage.pay_by_card(&user).await.payment_id;
    for fault in [
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::ErrorBefore(500),
        Fault::ErrorBefore(502),
        Fault::ErrorAfter(503),
        Fault::ErrorAfter(504),
        Fault::BrokenBody,
        Fault::TruncatedBody,
        Fault::RateLimit(0),
    ] {
        let before = stage.sandbox.calls("get_payment");
        stage.sandbox.fail_times("get_payment", fault.clone(), 2);
        let payment = stage.client.onramp().payment(&id).await;
        assert!(payment.is_ok(), "{fault:?}: {payment:?}");
        assert_eq!(stage.sandbox.calls("get_payment") - before, 3, "{fault:?}");
    }
}

#[tokio::test]
async fn what_stays_broken_is_an_error_that_says_how_often_it_was_tried() {
    let Some(stage) = Emulated::open("staying broken").await else {
        return;
    };
    let user = stage.customer().await;
    let id = stage.pay_by_card(&user).await.payment_id;
    stage
        .sandbox
        .fail_times("get_payment", Fault::ErrorBefore(503), 10);
    let error = stage.client.onramp().payment(&id).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ServerError, 3));
    assert_eq!(error.status(), Some(503));
    assert!(!error.advice().is_empty());
}

#[tokio::test]
async fn a_customer_is_registered_once_although_the_answer_was_lost() {
    let Some(stage) = Emulated::open("losing answers").await else {
        return;
    };
    let new = || cryptopocket::users::NewCustomer::new("Ana", "ana@example.com");
    let users = stage.client.users();
    stage.sandbox.fail_next("create_customer", Fault::DropAfter);
    let error = users.create_customer(new()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    let by_email = cryptopocket::users::FindBy::Email("ana@example.com".into());
    assert!(users.find_customer(by_email).await.unwrap().is_some());
    assert!(
        users
            .create_customer(new())
            .await
            .unwrap_err()
            .has_code("user_already_exists")
    );
    assert_eq!(
        users
            .list_customers(CustomerFilter::new())
            .collect_all(10)
            .await
            .unwrap()
            .len(),
        1
    );
}
