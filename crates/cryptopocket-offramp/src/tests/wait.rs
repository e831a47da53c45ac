use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedSession};
use cryptopocket_core::{ErrorKind, Runtime, Schedule};
use cryptopocket_types::OfframpStatus;

use super::{Calls as _, ID, reply};

const HOUR: Duration = Duration::from_secs(3600);

fn script(states: &[&str]) -> ScriptedSession {
    let test = ScriptedSession::new();
    for state in states {
        test.provider.next("get_offramp", Answer::json(reply(state)));
    }
    if let Some(last) = states.last() {
        test.provider.always("get_offramp", Answer::json(reply(last)));
    }
    test
}

#[tokio::test]
async fn wait_reports_each_status_until_final() {
    let test = script(&["started", "started", "on_hold", "crypto_received", "finished"]);
    let mut wait = test.offramp().wait_offramp(&ID.into()).max_wait(HOUR);
    let mut seen = Vec::new();
    while let Some(offramp) = wait.next().await {
        seen.push(offramp.unwrap().status.to_string());
    }
    assert_eq!(seen, ["started", "on_hold", "crypto_received", "finished"]);
}

#[tokio::test]
async fn until_ends_at_status_or_later() {
    for (states, until, last) in [
        (
            &["started", "crypto_received", "finished"][..],
            "crypto_received",
            "crypto_received",
        ),
        (&["started", "finished"], "crypto_received", "finished"),
        (&["started", "on_hold", "finished"], "on_hold", "on_hold"),
        (&["started", "finished"], "never_seen", "finished"),
    ] {
        let test = script(states);
        let wait = test
            .offramp()
            .wait_offramp(&ID.into())
            .until(OfframpStatus::from(until))
            .max_wait(HOUR);
        assert_eq!(wait.await.unwrap().status, OfframpStatus::from(last));
    }
}

#[tokio::test]
async fn timed_out_wait_keeps_polls_and_last_state() {
    let test = script(&["started", "on_hold"]);
    let wait = test
        .offramp()
        .wait_offramp(&ID.into())
        .schedule(Schedule::every(Duration::from_secs(10)));
    let error = wait.max_wait(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.last_state()),
        (ErrorKind::WaitTimeout, Some("on_hold"))
    );
    assert_eq!(
        error.polls(),
        Some(u32::try_from(test.provider.calls("get_offramp")).unwrap())
    );
}

#[tokio::test]
async fn webhook_wakes_wait() {
    let test = script(&["started", "finished"]);
    let waiting = test
        .offramp()
        .wait_offramp(&ID.into())
        .schedule(Schedule::every(HOUR));
    let webhook = waiting.wake_handle();
    let mut wait = waiting.max_wait(HOUR * 24);
    assert_eq!(wait.next().await.unwrap().unwrap().status, OfframpStatus::Started);
    webhook.wake();
    assert!(wait.next().await.unwrap().unwrap().is_final());
    assert_eq!(
        test.runtime.monotonic(),
        Duration::ZERO,
        "no pause was slept through"
    );
}
