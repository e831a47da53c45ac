use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedSession};
use cryptopocket_core::{ErrorKind, Runtime, Schedule};
use cryptopocket_types::{PaymentStatus, PaymentType};

use super::{Calls as _, ID, payment_reply};
use crate::Payment;

const HOUR: Duration = Duration::from_secs(3600);

fn script(states: &[&str]) -> ScriptedSession {
    let test = ScriptedSession::new();
    for state in states {
        test.provider
            .next("get_payment", Answer::json(payment_reply(state)));
    }
    if let Some(last) = states.last() {
        test.provider
            .always("get_payment", Answer::json(payment_reply(last)));
    }
    test
}

#[tokio::test]
async fn wait_ends_at_final_status() {
    let test = script(&[
        "started",
        "pending_bank",
        "pending_bank",
        "payment_received",
        "coins_sent",
    ]);
    let payment = test
        .onramp()
        .wait_payment(&ID.into())
        .max_wait(HOUR)
        .await
        .unwrap();
    assert_eq!(payment.status, PaymentStatus::CoinsSent);
    assert_eq!(test.provider.calls("get_payment"), 5);
}

#[tokio::test]
async fn each_status_is_reported_once() {
    let test = script(&["started", "started", "on_hold", "payment_received", "coins_sent"]);
    let mut wait = test.onramp().wait_payment(&ID.into()).max_wait(HOUR);
    let mut seen = Vec::new();
    while let Some(payment) = wait.next().await {
        seen.push(payment.unwrap().status.to_string());
    }
    assert_eq!(seen, ["started", "on_hold", "payment_received", "coins_sent"]);
}

#[tokio::test]
async fn until_ends_at_status_or_later() {
    for (until, polls) in [
        ("pending_bank", 2),
        ("payment_received", 2),
        ("coins_sent", 3),
        ("never_seen", 3),
    ] {
        let test = script(&["started", "payment_received", "coins_sent"]);
        let wait = test
            .onramp()
            .wait_payment(&ID.into())
            .until(PaymentStatus::from(until));
        wait.max_wait(HOUR).await.unwrap();
        assert_eq!(test.provider.calls("get_payment"), polls, "{until}");
    }
    let test = script(&["started", "on_hold", "coins_sent"]);
    let wait = test
        .onramp()
        .wait_payment(&ID.into())
        .until(PaymentStatus::from("on_hold"));
    assert_eq!(
        wait.max_wait(HOUR).await.unwrap().status,
        PaymentStatus::from("on_hold")
    );
}

#[tokio::test]
async fn timed_out_wait_keeps_polls_and_last_state() {
    let test = script(&["started", "on_hold"]);
    let wait = test
        .onramp()
        .wait_payment(&ID.into())
        .schedule(Schedule::every(Duration::from_secs(10)));
    let error = wait.max_wait(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert_eq!(error.last_state(), Some("on_hold"));
    assert_eq!(
        error.polls(),
        Some(u32::try_from(test.provider.calls("get_payment")).unwrap())
    );
}

#[tokio::test]
async fn each_method_has_its_schedule() {
    let mut polls = Vec::new();
    for method in ["card", "psd2", "moon_dust", "transfer"] {
        let test = script(&["started"]);
        let wait = test
            .onramp()
            .wait_payment(&ID.into())
            .schedule(Payment::schedule(&PaymentType::from(method)))
            .max_wait(HOUR);
        wait.await.unwrap_err();
        assert!(test.runtime.monotonic() >= HOUR);
        polls.push(test.provider.calls("get_payment"));
    }
    assert!(polls.windows(2).all(|pair| pair[0] > pair[1]), "{polls:?}");
    assert!(
        polls[3] < 20,
        "a transfer is not polled every few seconds: {polls:?}"
    );
}

#[tokio::test]
async fn transient_errors_are_retried_others_end_wait() {
    let test = ScriptedSession::new();
    test.provider
        .next("get_payment", Answer::json(payment_reply("started")));
    for _ in 0..10 {
        test.provider.next("get_payment", Answer::reply(503, "busy"));
    }
    test.provider
        .next("get_payment", Answer::json(payment_reply("coins_sent")));
    assert!(
        test.onramp()
            .wait_payment(&ID.into())
            .max_wait(HOUR)
            .await
            .unwrap()
            .is_final()
    );

    let test = ScriptedSession::new();
    test.provider
        .always("get_payment", Answer::error_code("payment_not_found"));
    let error = test
        .onramp()
        .wait_payment(&ID.into())
        .max_wait(HOUR)
        .await
        .unwrap_err();
    assert!(error.has_code("payment_not_found"));
    assert!(
        test.onramp()
            .wait_payment(&"a/b".into())
            .max_wait(HOUR)
            .await
            .unwrap_err()
            .is_validation()
    );
}

#[tokio::test]
async fn webhook_wakes_wait() {
    let test = script(&["started", "coins_sent"]);
    let waiting = test
        .onramp()
        .wait_payment(&ID.into())
        .schedule(Schedule::every(HOUR));
    let webhook = waiting.wake_handle();
    let mut wait = waiting.max_wait(HOUR * 24);
    assert_eq!(wait.next().await.unwrap().unwrap().status, PaymentStatus::Started);
    webhook.wake();
    assert!(wait.next().await.unwrap().unwrap().is_final());
    assert_eq!(
        test.runtime.monotonic(),
        Duration::ZERO,
        "no pause was slept through"
    );
}
