//! Transport faults: money is neither lost nor doubled.

use std::time::Duration;

use cryptopocket::banking::{NewReconciliation, TransactionFilter};
use cryptopocket::offramp::{NewOfframp, OfframpFilter};
use cryptopocket::onramp::{NewGuidedPayment, Recovery};
use cryptopocket::users::CustomerFilter;
use cryptopocket::{Effect, ErrorKind, Sent, TransactionId, UserId};
use cryptopocket_sandbox::{BankCredit, Fault, Sandbox};

use crate::target::{Emulated, IBAN, card, euros, transfer, usdc};

/// The result of a fault on a call that moves money.
struct Suffered {
    fault: Fault,
    /// Whether the payment exists although no reply arrived.
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
async fn payment_with_lost_reply_is_found() {
    for Suffered {
        fault,
        made,
        kind,
        sent,
    } in all()
    {
        let Some(target) = Emulated::open("losing answers").await else {
            return;
        };
        let user = target.customer().await;
        let onramp = target.client.onramp();
        let order = || card(&user).external_id("order-1");
        target.sandbox.fail_next("create_payment", fault.clone());
        let error = onramp.create_payment(order()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent(), error.attempts()),
            (kind, sent, 1),
            "{fault:?}"
        );
        assert!(
            error.effect() == Effect::Unknown,
            "{fault:?}: whether it was made is not known"
        );
        assert_eq!(target.sandbox.payments_created(), usize::from(made), "{fault:?}");
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
        assert_eq!(
            target.sandbox.payments_created(),
            1,
            "{fault:?}: money moves once"
        );
    }
}

#[tokio::test]
async fn scenario_faults_never_double_a_payment() {
    let scenario = "
customers: [{name: Ana, email: ana@example.com, kyc: valid}]
faults:
  - {operation: create_payment, fault: drop_after, skip: 1, times: 2}
  - {operation: list_payments, fault: error_before, detail: 503}
";
    let builder = Sandbox::builder().scenario(scenario.parse().unwrap());
    let Some(target) = Emulated::of("playing a scenario", builder).await else {
        return;
    };
    let onramp = target.client.onramp();
    let mut lost = 0;
    for reference in ["order-1", "order-2", "order-3", "order-4"] {
        let order = card(&UserId::from(100_001)).external_id(reference);
        if let Err(error) = onramp.create_payment(order).await {
            let found = onramp.recover_from(&error).await.unwrap();
            assert!(matches!(found, Recovery::One(_)), "{reference}: {found:?}");
            lost += 1;
        }
    }
    assert_eq!((lost, target.sandbox.payments_created()), (2, 4));
}

#[tokio::test]
async fn guided_payment_with_lost_reply_is_found() {
    let Some(target) = Emulated::open("losing answers").await else {
        return;
    };
    let user = target.customer().await;
    let order = NewGuidedPayment::new(user, euros("240"), usdc()).external_id("cart-7");
    target
        .sandbox
        .fail_next("create_guided_payment", Fault::DropAfter);
    let onramp = target.client.onramp();
    let error = onramp.create_guided_payment(order).await.unwrap_err();
    let Recovery::One(payment) = onramp.recover_from(&error).await.unwrap() else {
        panic!("the payment was not found");
    };
    assert_eq!(payment.external_id.to_string(), "cart-7");
    assert_eq!(target.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn timed_out_payment_is_not_resent() {
    let Some(target) = Emulated::open("answering late").await else {
        return;
    };
    let user = target.customer().await;
    let hasty = target.impatient(Duration::from_millis(300));
    hasty.login().await.unwrap();
    target
        .sandbox
        .fail_next("create_payment", Fault::Slow(Duration::from_mins(1)));
    let order = card(&user).external_id("order-1");
    let error = hasty.onramp().create_payment(order).await.unwrap_err();
    assert!(error.is_timeout() && error.effect() == Effect::Unknown, "{error}");
    assert!(matches!(
        hasty.onramp().recover_from(&error).await.unwrap(),
        Recovery::One(_)
    ));
    assert_eq!(target.sandbox.payments_created(), 1);
}

#[tokio::test]
async fn rate_limit_is_not_done_or_unknown() {
    let Some(target) = Emulated::open("limiting the rate").await else {
        return;
    };
    let user = target.customer().await;
    target.sandbox.fail_next("create_payment", Fault::RateLimit(7));
    let order = card(&user).external_id("order-1");
    let error = target.client.onramp().create_payment(order).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!((error.attempts(), target.sandbox.payments_created()), (1, 0));
}

#[tokio::test]
async fn offramp_with_lost_reply_is_created_once() {
    for fault in [Fault::DropAfter, Fault::ErrorAfter(502), Fault::TruncatedBody] {
        let Some(target) = Emulated::open("losing answers").await else {
            return;
        };
        let user = target.customer().await;
        target.sandbox.fail_next("create_offramp", fault.clone());
        let coins = usdc().amount("20".parse().unwrap());
        let payout = NewOfframp::to_iban(user, coins.clone(), IBAN.parse().unwrap());
        let error = target.client.offramp().create_offramp(payout).await.unwrap_err();
        assert!(error.effect() == Effect::Unknown, "{fault:?}: {error}");
        assert_eq!(target.sandbox.offramps_created(), 1, "{fault:?}");
        let listed = target
            .client
            .offramp()
            .list_offramps(OfframpFilter::new())
            .collect_all(10)
            .await
            .unwrap();
        assert_eq!(
            (listed.len(), &listed[0].coin),
            (1, &cryptopocket::Field::Value(coins.clone())),
            "{fault:?}: the list shows it"
        );
    }
}

#[tokio::test]
async fn reconciliation_with_lost_reply_is_done_once() {
    for (fault, made) in [(Fault::DropBefore, false), (Fault::DropAfter, true)] {
        let Some(target) = Emulated::open("losing answers").await else {
            return;
        };
        let user = target.customer().await;
        let created = target
            .client
            .onramp()
            .create_payment(transfer(&user))
            .await
            .unwrap();
        let credit = BankCredit::new("150.50".parse().unwrap());
        let credit: TransactionId = target.sandbox.credit_bank(credit).unwrap().into();
        let banking = target.client.banking();
        target.sandbox.fail_next("reconcile_payment", fault);
        let error = banking
            .reconcile(NewReconciliation::new(&created.payment_id, &credit))
            .await
            .unwrap_err();
        assert!(error.effect() == Effect::Unknown, "{error}");
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
async fn reads_are_retried_until_a_reply() {
    let Some(target) = Emulated::open("breaking answers").await else {
        return;
    };
    let user = target.customer().await;
    let id = target.pay_by_card(&user).await.payment_id;
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
        let before = target.sandbox.calls("get_payment");
        target.sandbox.fail_times("get_payment", fault.clone(), 2);
        let payment = target.client.onramp().payment(&id).await;
        assert!(payment.is_ok(), "{fault:?}: {payment:?}");
        assert_eq!(target.sandbox.calls("get_payment") - before, 3, "{fault:?}");
    }
}

#[tokio::test]
async fn lasting_failure_counts_its_attempts() {
    let Some(target) = Emulated::open("staying broken").await else {
        return;
    };
    let user = target.customer().await;
    let id = target.pay_by_card(&user).await.payment_id;
    target
        .sandbox
        .fail_times("get_payment", Fault::ErrorBefore(503), 10);
    let error = target.client.onramp().payment(&id).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ServerError, 3));
    assert_eq!(error.status(), Some(503));
    assert!(!error.advice().is_empty());
}

#[tokio::test]
async fn customer_with_lost_reply_is_created_once() {
    let Some(target) = Emulated::open("losing answers").await else {
        return;
    };
    let new = || cryptopocket::users::NewCustomer::new("Ana", "ana@example.com");
    let users = target.client.users();
    target.sandbox.fail_next("create_customer", Fault::DropAfter);
    let error = users.create_customer(new()).await.unwrap_err();
    assert!(error.effect() == Effect::Unknown, "{error}");
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
