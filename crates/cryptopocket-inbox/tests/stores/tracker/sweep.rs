//! Polling, on each store.

use std::time::Duration;

use cryptopocket_inbox::Store;
use cryptopocket_inbox::tracker::{
    Object, Objects as _, Pace, Polled, RateLimit, Row, Schedule, Selection, Tracker,
};
use cryptopocket_types::{PaymentType, Timestamp};

use super::provider::answer;
use super::{NoteChange, Stage, claim_due};
use crate::stage::Effects;

on_each_store! {
    cryptopocket_inbox::testing::MemoryStore::new();
    pause_of_a_wrong_clock_gives_way
    silent_object_is_polled_less_and_less
    announced_end_is_polled_at_once
    final_object_is_never_polled
    crashed_sweeper_loses_its_claims_after_the_lease
    late_answer_is_recorded_and_schedules_nothing
    unknown_object_is_told_once_and_still_polled
    failed_poll_backs_off_and_keeps_its_reason
    retry_after_holds_every_poll_back
    failed_handler_of_a_poll_repeats_it
    shutdown_returns_the_claims
    rate_limit_spreads_the_polls
    sweepers_of_one_store_share_the_rate
    idle_look_leaves_the_rate_as_it_was
    counts_tell_open_due_and_missing
}

async fn row<S: Store>(tracker: &Tracker<S>, id: &str) -> Row {
    tracker.object(&Object::payment(id)).await.unwrap().unwrap()
}

async fn silent_object_is_polled_less_and_less<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    assert_eq!(stage.sweep().await, 0);
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let due_at = row(&stage.tracker, "p1").await.due_at.unwrap();
        pauses.push(due_at.duration_since(stage.now()).unwrap().as_secs());
        stage.runtime.clock().set(due_at);
        assert_eq!(stage.sweep().await, 1);
    }
    // Full pauses: 30, 45, 67, 101, 151, 227; between half and all of each is waited.
    let full = [30, 45, 68, 102, 152, 228];
    for (pause, full) in pauses.iter().zip(full) {
        assert!(*pause >= full / 2 - 1 && *pause <= full, "{pauses:?}");
    }
    // News starts the pauses again.
    stage.provider.always("p1", answer("pending_bank"));
    stage.advance(3600);
    stage.sweep().await;
    assert_eq!(row(&stage.tracker, "p1").await.quiet, 0);
}

async fn announced_end_is_polled_at_once<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.webhook("COINS_SENT", "p1", "coins_sent").await;
    // The provider's GET is behind its webhook.
    assert_eq!((stage.sweep().await, stage.sweep().await), (1, 0));
    stage.provider.always("p1", answer("coins_sent"));
    stage.advance(30);
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(stage.status("p1").await, "coins_sent");
}

async fn final_object_is_never_polled<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.provider.always("p1", answer("coins_sent"));
    stage.advance(60);
    assert_eq!(stage.sweep().await, 1);
    stage.webhook("COINS_SENT", "p1", "coins_sent").await;
    stage.tracker.restored().await.unwrap();
    stage.advance(1_000_000);
    assert_eq!(stage.sweep().await, 0);
    assert_eq!(row(&stage.tracker, "p1").await.due_at, None);
}

async fn crashed_sweeper_loses_its_claims_after_the_lease<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.advance(60);
    let lease = Duration::from_mins(2);
    let store = stage.inbox.store();
    let rate = RateLimit::default();
    let claimed = claim_due(store, stage.now(), lease, 9, rate).await.objects;
    assert_eq!((claimed.len(), claimed[0].token), (1, 1));
    assert_eq!(stage.sweep().await, 0);
    stage.advance(119);
    assert_eq!(stage.sweep().await, 0);
    stage.advance(1);
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(row(&stage.tracker, "p1").await.token, 2);
}

async fn pause_of_a_wrong_clock_gives_way<S: Store>(store: S) {
    let now: Timestamp = "2026-04-08T10:00:00Z".parse().unwrap();
    let after = |seconds| now.saturating_add(Duration::from_secs(seconds));
    let pause = async |until: Timestamp| {
        let held = store.transact(move |objects| Box::pin(objects.hold_back(now, until)));
        held.await.unwrap();
        let claimed = claim_due(&store, now, Duration::from_mins(1), 1, RateLimit::default());
        claimed.await.wait
    };
    let day = Duration::from_hours(24).as_secs();
    assert_eq!(pause(after(day)).await, None, "not believed");
    assert_eq!(pause(after(30)).await, Some(Duration::from_secs(30)));
    assert_eq!(
        pause(after(20)).await,
        Some(Duration::from_secs(30)),
        "not shortened"
    );
    assert_eq!(pause(after(40)).await, Some(Duration::from_secs(40)));
}

/// A poller that is overtaken by another sweeper while it waits for its answer.
struct Overtaken<'a, S>(&'a S, cryptopocket_types::Timestamp);

impl<S: Store> cryptopocket_inbox::tracker::Poll for Overtaken<'_, S> {
    async fn poll(&self, _: &Object) -> Polled {
        let lease = Duration::from_mins(9);
        let claimed = claim_due(self.0, self.1, lease, 1, RateLimit::default()).await;
        assert_eq!(claimed.objects.len(), 1);
        answer("payment_received")
    }
}

async fn late_answer_is_recorded_and_schedules_nothing<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.advance(60);
    let later = stage.now().saturating_add(Duration::from_hours(1));
    let slow = Overtaken(stage.inbox.store(), later);
    assert_eq!(stage.tracker.run_until_idle(&slow).await.unwrap(), 1);
    let row = row(&stage.tracker, "p1").await;
    assert_eq!(row.tracked.state().as_str(), "payment_received");
    assert_eq!(row.due_at, Some(later.saturating_add(Duration::from_mins(9))));
}

async fn unknown_object_is_told_once_and_still_polled<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.provider.always("p1", Polled::Missing);
    for _ in 0..40 {
        stage.advance(60);
        stage.sweep().await;
    }
    assert_eq!(stage.told().await, ["p1 missing"]);
    assert_eq!(
        stage
            .tracker
            .objects(Selection::Missing, None, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    stage.provider.always("p1", answer("coins_sent"));
    stage.advance(3600);
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(stage.status("p1").await, "coins_sent");
    assert_eq!(
        stage.tracker.objects(Selection::Missing, None, 9).await.unwrap(),
        []
    );
}

fn failed(retry_after: Option<u64>) -> Polled {
    Polled::Failed {
        retry_after: retry_after.map(Duration::from_secs),
        reason: "the provider is down".to_owned(),
    }
}

async fn failed_poll_backs_off_and_keeps_its_reason<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.provider.always("p1", failed(None));
    let mut pauses = Vec::new();
    for _ in 0..12 {
        stage
            .runtime
            .clock()
            .set(row(&stage.tracker, "p1").await.due_at.unwrap());
        assert_eq!(stage.sweep().await, 1);
        let due_at = row(&stage.tracker, "p1").await.due_at.unwrap();
        pauses.push(due_at.duration_since(stage.now()).unwrap().as_secs());
    }
    assert!(
        pauses[0] >= 22 && pauses[0] <= 45 && pauses[11] >= 300 && pauses[11] <= 600,
        "{pauses:?}"
    );
    let failing = row(&stage.tracker, "p1").await;
    assert_eq!(
        (failing.failures, failing.reason.as_deref()),
        (12, Some("the provider is down"))
    );
    assert!(!format!("{failing:?}").contains("down"));
    stage.provider.always("p1", answer("started"));
    stage.advance(600);
    stage.sweep().await;
    let well = row(&stage.tracker, "p1").await;
    assert_eq!((well.failures, well.reason), (0, None));
}

async fn retry_after_holds_every_poll_back<S: Effects>(store: S) {
    let mut stage = Stage::new(store);
    stage.tracker = stage.tracker.concurrency(1);
    for id in ["p1", "p2"] {
        stage.track(id).await;
    }
    stage.advance(60);
    stage.provider.next("p1", failed(Some(300)));
    stage.provider.next("p2", failed(Some(300)));
    let before = stage.now();
    assert!(stage.sweep().await >= 2);
    // The second waited for five minutes, and the first was not asked before that either.
    assert!(stage.now().duration_since(before).unwrap() >= Duration::from_mins(5));
    assert!(stage.provider.asked().len() >= 2);
}

async fn failed_handler_of_a_poll_repeats_it<S: Effects>(store: S) {
    let stage = Stage::new(store).with(NoteChange::<S>::failing(1));
    stage.track("p1").await;
    stage.provider.always("p1", answer("coins_sent"));
    stage.advance(60);
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(stage.told().await, Vec::<String>::new());
    let row = stage
        .tracker
        .object(&Object::payment("p1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.failures, row.reason.as_deref()), (1, Some("not now")));
    stage.advance(60);
    assert_eq!(stage.sweep().await, 1);
    assert_eq!(stage.told().await.len(), 2);
    assert_eq!(stage.inbox.store().noted().await.len(), 2);
}

/// A poller that never answers, and tells when it is asked.
struct Silent(tokio::sync::Notify);

impl cryptopocket_inbox::tracker::Poll for &Silent {
    async fn poll(&self, _: &Object) -> Polled {
        self.0.notify_one();
        std::future::pending().await
    }
}

async fn shutdown_returns_the_claims<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.advance(60);
    let silent = Silent(tokio::sync::Notify::new());
    stage.tracker.run(&silent, silent.0.notified()).await.unwrap();
    let row = row(&stage.tracker, "p1").await;
    assert_eq!((row.token, row.due_at), (1, Some(stage.now())));
    assert_eq!(stage.sweep().await, 1);
}

async fn rate_limit_spreads_the_polls<S: Effects>(store: S) {
    let mut stage = Stage::new(store);
    let slow = Pace::new(Duration::from_hours(1), Duration::from_hours(1));
    stage.tracker = stage
        .tracker
        .schedule(Schedule::default().method(&PaymentType::Card, slow))
        .rate_limit(RateLimit::per_second(2).burst(4));
    for number in 0..20 {
        stage.track(&format!("p{number:02}")).await;
    }
    stage.advance(3600);
    let before = stage.now();
    assert_eq!(stage.sweep().await, 20);
    let took = stage.now().duration_since(before).unwrap();
    // Four at once, then two a second; one more permit to see that nothing is left.
    assert_eq!(took, Duration::from_millis(8500));
}

async fn sweepers_of_one_store_share_the_rate<S: Effects>(store: S) {
    let stage = Stage::new(store);
    for number in 0..40 {
        stage.track(&format!("p{number:02}")).await;
    }
    stage.advance(3600);
    let (store, lease) = (stage.inbox.store(), Duration::from_mins(2));
    let rate = RateLimit::per_second(2).burst(4);
    let mut polls = Vec::new();
    for _ in 0..4 {
        // Three machines; the first takes what there is.
        let mut second = Vec::new();
        for _ in 0..3 {
            let claimed = claim_due(store, stage.now(), lease, 9, rate).await;
            second.push(claimed.objects.len());
            assert_eq!(claimed.wait, Some(Duration::from_millis(500)));
        }
        polls.push(second);
        stage.advance(1);
    }
    assert_eq!(polls, [[4, 0, 0], [2, 0, 0], [2, 0, 0], [2, 0, 0]]);
}

async fn idle_look_leaves_the_rate_as_it_was<S: Effects>(store: S) {
    let stage = Stage::new(store);
    let rate = RateLimit::per_second(1).burst(10);
    let claim = async |seconds: u64| {
        let at = stage.now().saturating_add(Duration::from_secs(seconds));
        let lease = Duration::from_hours(1);
        let claimed = claim_due(stage.inbox.store(), at, lease, 10, rate).await;
        claimed.objects.len()
    };
    for number in 0..10 {
        stage.track(&format!("p{number}")).await;
    }
    assert_eq!((claim(60).await, claim(160).await), (10, 0));
    for number in 10..20 {
        stage.track(&format!("p{number}")).await;
    }
    // The clock goes back. Had the idle look been stored, its ten permits would all be there.
    assert_eq!(claim(65).await, 5);
}

async fn counts_tell_open_due_and_missing<S: Effects>(store: S) {
    let stage = Stage::new(store);
    for id in ["p1", "p2", "p3"] {
        stage.track(id).await;
    }
    stage.provider.always("p1", answer("coins_sent"));
    stage.provider.always("p2", Polled::Missing);
    stage.advance(60);
    stage.sweep().await;
    stage.track("p4").await;
    let due_at = row(&stage.tracker, "p3").await.due_at.unwrap();
    stage.runtime.clock().set(due_at);
    let counts = stage.tracker.counts().await.unwrap();
    assert_eq!((counts.open, counts.missing), (3, 1));
    assert!(counts.due >= 1 && counts.due_since.is_some_and(|since| since <= due_at));
}
