//! The stream of changes and restored backups, on each store.

use std::time::Duration;

use cryptopocket_inbox::Store;
use cryptopocket_inbox::tracker::{NewObject, Object, Observation, Source, Tracker};
use cryptopocket_types::{PaymentStatus, PaymentType};

use super::provider::answer;
use super::{Stage, words};
use crate::stage::Effects;

on_each_store! {
    cryptopocket_inbox::testing::MemoryStore::new();
    feed_goes_on_after_its_cursor
    restored_store_polls_everything_that_is_not_final
    long_silence_counts_as_a_restore
    steady_tracker_restores_nothing
    cursor_from_the_future_counts_as_a_restore
    cursor_of_a_wrong_clock_sees_what_comes_next
    clock_that_was_ahead_puts_off_no_poll
    machines_with_clocks_apart_do_not_poll_all_the_time
    erased_changes_give_their_numbers_to_no_other
}

const YEAR: Duration = Duration::from_hours(365 * 24);

async fn receive_all<S: Store>(stage: &Stage<S>, ids: &[&str]) {
    for id in ids {
        let credit = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, stage.now());
        stage
            .tracker
            .observe(&Object::payment(*id), credit)
            .await
            .unwrap();
    }
}

async fn feed_goes_on_after_its_cursor<S: Effects>(store: S) {
    let stage = Stage::new(store);
    receive_all(&stage, &["p1", "p2", "p3"]).await;
    let mut feed = stage.tracker.feed(0);
    let mut cursor = 0;
    for id in ["p1", "p2"] {
        let entry = feed.next().await.unwrap();
        assert_eq!(
            words(&entry.changed),
            format!("{id} moved started payment_received")
        );
        assert_eq!(
            (entry.changed.source, entry.changed.at),
            (Source::Bank, stage.now())
        );
        assert!(entry.number > cursor);
        cursor = entry.number;
    }
    // As after a crash.
    let mut feed = stage.tracker.feed(cursor);
    assert_eq!(feed.next().await.unwrap().changed.object, Object::payment("p3"));
    let (next, ()) = tokio::join!(feed.next(), receive_all(&stage, &["p4"]));
    assert_eq!(next.unwrap().changed.object, Object::payment("p4"));
    assert_eq!(stage.tracker.changes(cursor, 1).await.unwrap().len(), 1);
}

async fn restored_store_polls_everything_that_is_not_final<S: Effects>(store: S) {
    let stage = Stage::new(store);
    for id in ["p1", "p2", "p3"] {
        stage.track(id).await;
    }
    stage.provider.always("p1", answer("coins_sent"));
    stage.advance(60);
    assert_eq!(stage.sweep().await, 3);
    assert_eq!(stage.sweep().await, 0);
    let last = stage.tracker.changes(0, 99).await.unwrap().pop().unwrap().number;
    stage.provider.asked();
    assert_eq!(stage.tracker.restored().await.unwrap(), 2);
    stage.provider.always("p2", answer("payment_received"));
    assert_eq!(stage.sweep().await, 2);
    assert_eq!(stage.provider.asked(), ["p2", "p3"]);
    // Numbers are higher than any that the lost time can have used.
    let told = stage.tracker.changes(last, 9).await.unwrap();
    assert!(told[0].number > stage.now().unix_micros() && told.len() == 1);
}

/// The tracker of a process that starts now.
fn restarted<S: Store>(stage: &Stage<S>) -> Tracker<S> {
    Tracker::new(stage.inbox.clone())
}

async fn long_silence_counts_as_a_restore<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    stage.advance(3600);
    stage.sweep().await;
    stage.advance(14 * 60);
    let before = stage.now();
    assert_eq!(
        restarted(&stage).run_until_idle(&stage.provider).await.unwrap(),
        1
    );
    stage.advance(16 * 60);
    stage.provider.always("p1", answer("payment_received"));
    restarted(&stage).run_until_idle(&stage.provider).await.unwrap();
    let told = stage.tracker.changes(0, 9).await.unwrap();
    assert!(told[0].number > before.unix_micros(), "{told:?}");
}

async fn steady_tracker_restores_nothing<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    for _ in 0..60 {
        stage.advance(60);
        stage.sweep().await;
    }
    // A clock that jumps back an hour, and one that jumps ahead a little.
    let clock = stage.runtime.clock();
    clock.set(stage.now().checked_sub(Duration::from_hours(1)).unwrap());
    stage.sweep().await;
    stage.advance(10 * 60);
    stage.sweep().await;
    receive_all(&stage, &["p2"]).await;
    assert_eq!(stage.tracker.changes(0, 9).await.unwrap()[0].number, 1);
}

async fn cursor_from_the_future_counts_as_a_restore<S: Effects>(store: S) {
    let stage = Stage::new(store);
    receive_all(&stage, &["p1", "p2"]).await;
    assert_eq!(stage.tracker.changes(2, 9).await.unwrap(), []);
    // What the application has seen up to 7 is gone.
    assert_eq!(stage.tracker.changes(7, 9).await.unwrap(), []);
    receive_all(&stage, &["p3"]).await;
    let told = stage.tracker.changes(7, 9).await.unwrap();
    assert_eq!(
        (told.len(), told[0].changed.object.clone()),
        (1, Object::payment("p3"))
    );
}

async fn cursor_of_a_wrong_clock_sees_what_comes_next<S: Effects>(store: S) {
    let stage = Stage::new(store);
    let cursor = stage.now().saturating_add(YEAR).unix_micros();
    assert_eq!(stage.tracker.changes(cursor, 9).await.unwrap(), []);
    receive_all(&stage, &["p1"]).await;
    assert_eq!(stage.tracker.changes(cursor, 9).await.unwrap().len(), 1);
}

async fn clock_that_was_ahead_puts_off_no_poll<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    let right = stage.now();
    stage.advance(YEAR.as_secs());
    assert_eq!(stage.sweep().await, 1);
    stage.runtime.clock().set(right);
    // Known by what the process itself has stored, and by what is in the store.
    assert_eq!(stage.sweep().await, 1);
    stage.runtime.clock().advance(YEAR);
    stage.sweep().await;
    stage.runtime.clock().set(right);
    let restarted = restarted(&stage);
    assert_eq!(restarted.run_until_idle(&stage.provider).await.unwrap(), 1);
    // Nor does what is known from then put the next polls off.
    for _ in 0..3 {
        // Less than what counts as a restoration.
        stage.advance(14 * 60);
        assert_eq!(stage.sweep().await, 1);
    }
    stage.webhook("COINS_SENT", "p1", "coins_sent").await;
    stage.provider.always("p1", answer("coins_sent"));
    stage.advance(14 * 60);
    stage.sweep().await;
    assert_eq!(stage.status("p1").await, "coins_sent");
}

async fn machines_with_clocks_apart_do_not_poll_all_the_time<S: Effects>(store: S) {
    let stage = Stage::new(store);
    let new = NewObject::new(Object::payment("p1"), stage.now()).method(PaymentType::Transfer);
    stage.tracker.track(new).await.unwrap();
    let id = Object::payment("p1");
    let mut time = stage.now();
    for (minutes, most) in [(5, 0), (20, 2)] {
        let machines = [(restarted(&stage), 0), (restarted(&stage), minutes * 60)];
        let mut polls = 0;
        for _ in 0..10 {
            time = time.saturating_add(Duration::from_secs(61));
            for (tracker, ahead) in &machines {
                let now = time.saturating_add(Duration::from_secs(*ahead));
                stage.runtime.clock().set(now);
                let is_due = tracker.object(&id).await.unwrap().unwrap().due_at <= Some(now);
                let polled = tracker.run_until_idle(&stage.provider).await.unwrap();
                polls += if is_due { 0 } else { polled };
            }
        }
        assert!(
            polls <= most,
            "{polls} polls besides the schedule, clocks {minutes} minutes apart"
        );
    }
}

async fn erased_changes_give_their_numbers_to_no_other<S: Effects>(store: S) {
    let stage = Stage::new(store);
    receive_all(&stage, &["p1", "p2"]).await;
    let last = stage.tracker.changes(0, 9).await.unwrap().pop().unwrap().number;
    stage.advance(60);
    receive_all(&stage, &["p3"]).await;
    assert_eq!(stage.tracker.changes(last, 9).await.unwrap().len(), 1);
    let minute = Duration::from_mins(1);
    assert_eq!(stage.tracker.erase_changes(minute).await.unwrap(), 2);
    assert_eq!(stage.tracker.erase_changes(minute).await.unwrap(), 0);
    let left = stage.tracker.changes(0, 9).await.unwrap();
    assert_eq!(
        (left.len(), left[0].changed.object.clone()),
        (1, Object::payment("p3"))
    );
    stage.tracker.erase_changes(Duration::ZERO).await.unwrap();
    receive_all(&stage, &["p4"]).await;
    assert!(stage.tracker.changes(0, 9).await.unwrap()[0].number > left[0].number);
    assert_eq!(stage.status("p1").await, "payment_received");
}
