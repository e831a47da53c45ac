//! What an inbox does, whatever its store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptopocket_inbox::{
    Alarm, ErrorKind, EventState, Failure, Filter, Inbox, Outcome, Resolution, RetryPolicy, Settlement,
};
use cryptopocket_types::Clock as _;
use cryptopocket_webhooks::Sighting;

use crate::stage::{Effects, OVER_A_LEASE, body, in_virtual_time, key, note, note_then, receive};

on_each_store! {
    cryptopocket_inbox::testing::MemoryStore::new();
    repeated_delivery_has_one_effect
    changed_content_goes_to_quarantine_and_alarms
    released_content_is_handled_once
    dismissed_content_stays_known
    body_that_is_no_event_is_stored
    failed_work_leaves_no_effect
    failures_back_off_and_end_as_dead_letter
    outages_never_make_a_dead_letter
    crashes_never_make_a_dead_letter
    each_lost_lease_doubles_the_next
    lost_lease_stops_the_handler
    clock_that_jumps_back_revives_no_lease
    released_claim_is_due_at_once
    extended_lease_lasts_longer
    oldest_events_are_claimed_first
    replay_from_a_time_handles_again
    reading_claims_and_changes_nothing
    erased_body_is_still_known
    panic_counts_as_a_failed_attempt
    closed_store_refuses
    counts_tell_the_states_apart
}

async fn states<S: Effects>(inbox: &Inbox<S>) -> Vec<EventState> {
    let events = inbox.list(Filter::all(), 100).await.unwrap();
    events.into_iter().map(|event| event.state).collect()
}

async fn repeated_delivery_has_one_effect<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::New
    );
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 1);
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 0);
    assert_eq!(inbox.store().noted().await, [key("p1")]);
}

async fn changed_content_goes_to_quarantine_and_alarms<S: Effects>(store: S) {
    let alarms = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&alarms);
    let builder = in_virtual_time(store).0;
    let inbox = builder
        .alarm(move |alarm| seen.lock().unwrap().push(alarm.clone()))
        .build();
    receive(&inbox, &body("p1", r#","status":"payment_received""#))
        .await
        .unwrap();
    let changed = body("p1", r#","status":"coins_sent""#);
    assert_eq!(
        receive(&inbox, &changed).await.unwrap().sighting,
        Sighting::Changed
    );
    // Known by now: no second alarm.
    assert_eq!(
        receive(&inbox, &changed).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(*alarms.lock().unwrap(), [Alarm::Changed { key: key("p1") }]);
    let kept = inbox.quarantined(10).await.unwrap();
    assert_eq!((kept.len(), kept[0].deliveries), (1, 2));
    assert_eq!(kept[0].body.as_ref().unwrap().bytes, changed.as_bytes());
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 1);
}

async fn released_content_is_handled_once<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    receive(&inbox, &body("p1", r#","status":"x""#)).await.unwrap();
    inbox.run_until_idle(note::<S>()).await.unwrap();
    let id = inbox.quarantined(10).await.unwrap()[0].id;
    assert!(inbox.resolve(id, Resolution::Release).await.unwrap());
    assert!(!inbox.resolve(id, Resolution::Release).await.unwrap());
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 1);
    let noted = inbox.store().noted().await;
    assert_eq!(noted.len(), 2);
    assert!(noted[1].starts_with("PAY_IN|id:p1|content:"), "{noted:?}");
}

async fn dismissed_content_stays_known<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let changed = body("p1", r#","status":"x""#);
    receive(&inbox, &changed).await.unwrap();
    let id = inbox.quarantined(10).await.unwrap()[0].id;
    assert!(inbox.resolve(id, Resolution::Dismiss).await.unwrap());
    assert_eq!(
        receive(&inbox, &changed).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(inbox.quarantined(10).await.unwrap(), []);
    assert_eq!(inbox.counts().await.unwrap().ready, 1);
}

async fn body_that_is_no_event_is_stored<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    assert_eq!(receive(&inbox, "[1]").await.unwrap().sighting, Sighting::New);
    assert_eq!(
        receive(&inbox, "[1]").await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(receive(&inbox, "[2]").await.unwrap().sighting, Sighting::New);
    let claims = inbox.claim(1).await.unwrap();
    let delivery = &claims[0].delivery;
    assert!(delivery.event().is_none());
    assert_eq!(delivery.raw(), b"[1]");
}

async fn failed_work_leaves_no_effect<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    receive(&inbox, &body("p2", "")).await.unwrap();
    let handler = note_then::<S, _>(|delivery| {
        if delivery.key() == key("p1") && delivery.attempt() == 1 {
            return Err(Failure::retry("not yet"));
        }
        Ok(())
    });
    assert_eq!(inbox.run_until_idle(handler).await.unwrap(), 1);
    assert_eq!(inbox.store().noted().await, [key("p2")]);
    let failed = inbox.list(Filter::all().key(key("p1")), 10).await.unwrap();
    assert_eq!(
        (failed[0].attempts, failed[0].reason.as_deref()),
        (1, Some("not yet"))
    );
    runtime.clock().advance(Duration::from_secs(1));
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 1);
    assert_eq!(inbox.store().noted().await, [key("p1"), key("p2")]);
}

async fn failures_back_off_and_end_as_dead_letter<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let alarms = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&alarms);
    let inbox = builder
        .retry(RetryPolicy::default().attempts(4).longest(Duration::from_secs(3)))
        .alarm(move |alarm| seen.lock().unwrap().push(alarm.clone()))
        .build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let mut delays = Vec::new();
    for _ in 0..4 {
        inbox
            .run_until_idle(note_then::<S, _>(|_| Err(Failure::retry("no"))))
            .await
            .unwrap();
        let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
        if event.state == EventState::Ready {
            delays.push(event.due_at.duration_since(runtime.now()).unwrap().as_millis());
            runtime.clock().set(event.due_at);
        }
    }
    assert!(
        delays.len() == 3 && delays[0] >= 500 && delays[0] <= 1000,
        "{delays:?}"
    );
    assert!(
        delays[1] >= 1000 && delays[1] <= 2000 && delays[2] >= 1500 && delays[2] <= 3000,
        "{delays:?}"
    );
    assert_eq!(states(&inbox).await, [EventState::Dead]);
    let dead = Alarm::Dead {
        key: key("p1"),
        attempts: 4,
    };
    assert_eq!(*alarms.lock().unwrap(), [dead]);
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
}

async fn outages_never_make_a_dead_letter<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.retry(RetryPolicy::default().attempts(2)).build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    for _ in 0..20 {
        let outage = note_then::<S, _>(|_| Err(Failure::unavailable("the ledger is down")));
        inbox.run_until_idle(outage).await.unwrap();
        runtime.clock().advance(Duration::from_hours(1));
    }
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 1);
}

async fn crashes_never_make_a_dead_letter<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let alarms = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&alarms);
    let inbox = builder
        .retry(RetryPolicy::default().attempts(2))
        .alarm(move |alarm| *seen.lock().unwrap() += u32::from(alarm.as_str() == "lease_lost"))
        .build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    for _ in 0..12 {
        // A worker that dies holds its claim until the lease runs out.
        drop(inbox.claim(1).await.unwrap());
        runtime.clock().advance(Duration::from_secs(64 * 61));
    }
    assert_eq!(*alarms.lock().unwrap(), 9);
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 1);
}

async fn each_lost_lease_doubles_the_next<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.lease(Duration::from_secs(10)).build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    for seconds in [10, 20, 40, 80, 160, 320, 640, 640] {
        drop(inbox.claim(1).await.unwrap());
        let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
        let lease = event.due_at.duration_since(runtime.now()).unwrap();
        assert_eq!(lease, Duration::from_secs(seconds));
        runtime.clock().set(event.due_at);
    }
}

async fn lost_lease_stops_the_handler<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let slow = inbox.claim(1).await.unwrap().remove(0);
    runtime.clock().advance(OVER_A_LEASE);
    let quick = inbox.claim(1).await.unwrap().remove(0);
    let late = inbox
        .complete(slow.clone(), Arc::new(note::<S>()))
        .await
        .unwrap_err();
    assert_eq!(late.kind(), ErrorKind::LeaseLost);
    let late = inbox.fail(slow.clone(), &Failure::dead("no")).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::LeaseLost);
    assert_eq!(
        inbox.release(slow).await.unwrap_err().kind(),
        ErrorKind::LeaseLost
    );
    let done = inbox
        .complete(quick.clone(), Arc::new(note::<S>()))
        .await
        .unwrap();
    assert_eq!(done, Outcome::Done);
    let again = inbox.complete(quick, Arc::new(note::<S>())).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::LeaseLost);
    assert_eq!(inbox.store().noted().await, [key("p1")]);
}

async fn clock_that_jumps_back_revives_no_lease<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let start = runtime.now();
    let first = inbox.claim(1).await.unwrap().remove(0);
    runtime.clock().advance(OVER_A_LEASE);
    let second = inbox.claim(1).await.unwrap().remove(0);
    runtime.clock().set(start);
    let refused = inbox.complete(first, Arc::new(note::<S>())).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::LeaseLost);
    assert_eq!(
        inbox.complete(second, Arc::new(note::<S>())).await.unwrap(),
        Outcome::Done
    );
}

async fn released_claim_is_due_at_once<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    assert_eq!(inbox.claim(1).await.unwrap().len(), 0);
    inbox.release(claim).await.unwrap();
    let again = inbox.claim(1).await.unwrap().remove(0);
    assert_eq!((again.delivery.attempt(), again.lost), (1, 0));
}

async fn extended_lease_lasts_longer<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    runtime.clock().advance(Duration::from_secs(50));
    inbox.extend(&claim).await.unwrap();
    runtime.clock().advance(Duration::from_secs(50));
    assert_eq!(inbox.claim(1).await.unwrap().len(), 0);
    runtime.clock().advance(Duration::from_secs(10));
    assert_eq!(inbox.claim(1).await.unwrap().len(), 1);
    assert_eq!(
        inbox.extend(&claim).await.unwrap_err().kind(),
        ErrorKind::LeaseLost
    );
}

async fn oldest_events_are_claimed_first<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    for id in ["p3", "p1", "p2"] {
        receive(&inbox, &body(id, "")).await.unwrap();
        runtime.clock().advance(Duration::from_millis(1));
    }
    let mut claimed = Vec::new();
    for claim in inbox.claim(2).await.unwrap() {
        claimed.push(claim.delivery.key().to_owned());
    }
    assert_eq!(claimed, [key("p3"), key("p1")]);
}

async fn replay_from_a_time_handles_again<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    runtime.clock().advance(Duration::from_secs(10));
    let since = runtime.now();
    receive(&inbox, &body("p2", "")).await.unwrap();
    receive(&inbox, &body("p3", "")).await.unwrap();
    let claim = inbox.claim(3).await.unwrap().remove(2);
    runtime.clock().advance(OVER_A_LEASE);
    inbox.run_until_idle(note::<S>()).await.unwrap();
    assert_eq!(inbox.replay(Filter::all().since(since)).await.unwrap(), 2);
    assert_eq!(inbox.replay(Filter::all().since(since)).await.unwrap(), 0);
    assert_eq!(inbox.run_until_idle(note::<S>()).await.unwrap(), 2);
    assert_eq!(inbox.replay(Filter::all().key(key("p1"))).await.unwrap(), 1);
    let stale = inbox.complete(claim, Arc::new(note::<S>())).await.unwrap_err();
    assert_eq!(stale.kind(), ErrorKind::LeaseLost);
    assert_eq!(
        inbox.store().noted().await,
        [key("p1"), key("p2"), key("p2"), key("p3"), key("p3")]
    );
}

async fn reading_claims_and_changes_nothing<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    for id in ["p1", "p2", "p3"] {
        receive(&inbox, &body(id, "")).await.unwrap();
        inbox.run_until_idle(note::<S>()).await.unwrap();
        runtime.clock().advance(Duration::from_secs(10));
    }
    inbox.erase_bodies(Duration::from_secs(25)).await.unwrap();
    let read = inbox.read(Filter::all(), 2).await.unwrap();
    let [(_, None), (second, Some(delivery))] = &read[..] else {
        panic!("{read:?}")
    };
    assert_eq!((delivery.key(), delivery.attempt()), (&*key("p2"), 1));
    assert_eq!(delivery.raw(), body("p2", "").as_bytes());
    let rest = inbox.read(Filter::all().after(*second), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(states(&inbox).await, [EventState::Done; 3]);
}

async fn erased_body_is_still_known<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    inbox.run_until_idle(note::<S>()).await.unwrap();
    receive(&inbox, &body("p2", "")).await.unwrap();
    runtime.clock().advance(Duration::from_secs(100));
    assert_eq!(inbox.erase_bodies(Duration::from_secs(200)).await.unwrap(), 0);
    assert_eq!(inbox.erase_bodies(Duration::from_secs(99)).await.unwrap(), 1);
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(inbox.replay(Filter::all()).await.unwrap(), 0);
    // One that is not done keeps its body.
    assert_eq!(
        inbox.claim(1).await.unwrap()[0].delivery.raw(),
        body("p2", "").as_bytes()
    );
}

async fn panic_counts_as_a_failed_attempt<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    let handler = note_then::<S, _>(|_| panic!("on purpose"));
    let outcome = inbox.complete(claim, Arc::new(handler)).await.unwrap();
    let Outcome::Failed(Settlement::Retry {
        counted: true,
        reason,
        ..
    }) = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(reason.as_deref(), Some("the handler panicked"));
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
    receive(&inbox, &body("p2", "")).await.unwrap();
}

async fn closed_store_refuses<S: Effects>(store: S) {
    let inbox = in_virtual_time(store).0.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    inbox.close().await;
    assert_eq!(
        receive(&inbox, &body("p2", "")).await.unwrap_err().kind(),
        ErrorKind::Closed
    );
    assert_eq!(inbox.claim(1).await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(inbox.counts().await.unwrap_err().kind(), ErrorKind::Closed);
}

async fn counts_tell_the_states_apart<S: Effects>(store: S) {
    let (builder, runtime) = in_virtual_time(store);
    let inbox = builder.build();
    let oldest = runtime.now();
    for id in ["p1", "p2", "p3", "p4", "p5"] {
        receive(&inbox, &body(id, "")).await.unwrap();
        runtime.clock().advance(Duration::from_millis(1));
    }
    receive(&inbox, &body("p5", r#","status":"x""#)).await.unwrap();
    let mut claims = inbox.claim(4).await.unwrap().into_iter();
    inbox
        .fail(claims.next().unwrap(), &Failure::retry("no"))
        .await
        .unwrap();
    inbox
        .fail(claims.next().unwrap(), &Failure::dead("no"))
        .await
        .unwrap();
    inbox
        .complete(claims.next().unwrap(), Arc::new(note::<S>()))
        .await
        .unwrap();
    let counts = inbox.counts().await.unwrap();
    assert_eq!((counts.ready, counts.scheduled, counts.leased), (1, 1, 1));
    assert_eq!(
        (counts.dead, counts.quarantined, counts.oldest),
        (1, 1, Some(oldest))
    );
    let dead = inbox
        .list(Filter::all().state(EventState::Dead), 10)
        .await
        .unwrap();
    assert_eq!((dead.len(), dead[0].seq, dead[0].attempts), (1, 2, 1));
    assert_eq!(inbox.list(Filter::all().after(3), 10).await.unwrap().len(), 2);
}
