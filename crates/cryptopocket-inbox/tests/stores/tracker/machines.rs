//! Trackers of two machines on one PostgreSQL database.

use std::sync::{Arc, Mutex};

use cryptopocket_inbox::Failure;
use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::tracker::{
    ChangeHandler, Changed, NewObject, Object, Observation, Poll, Polled, RateLimit, Source, Tracker,
};
use cryptopocket_types::PaymentStatus;
use sqlx::PgConnection;
use tokio::sync::Notify;

use super::provider::answer;
use crate::stage::in_virtual_time;

fn tracker(store: PostgresStore) -> Tracker<PostgresStore> {
    let (builder, _) = in_virtual_time(store);
    Tracker::new(builder.build()).rate_limit(RateLimit::per_second(1000))
}

fn received() -> Observation {
    let at = "2025-11-25T00:00:00Z".parse().unwrap();
    Observation::new(Source::Bank, PaymentStatus::PaymentReceived, at)
}

/// Waits within the transaction, and tells that it does.
struct Waits(Arc<Notify>, Arc<Notify>);

impl ChangeHandler<PgConnection> for Waits {
    async fn change(&self, _: &Changed, _: &mut PgConnection) -> Result<(), Failure> {
        self.0.notify_one();
        self.1.notified().await;
        Ok(())
    }
}

/// Answers after other tasks had their turns, and remembers what it was asked.
#[derive(Default)]
struct Slow(Mutex<Vec<String>>);

impl Poll for Slow {
    async fn poll(&self, object: &Object) -> Polled {
        self.0.lock().unwrap().push(object.id().to_owned());
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        answer("coins_sent")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweepers_of_two_machines_share_the_work() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let (first, second) = cluster.two_stores().await;
    let (first, second) = (tracker(first), tracker(second));
    for number in 0..40 {
        let new = NewObject::new(
            Object::payment(format!("p{number:02}").as_str()),
            "2025-11-01T00:00:00Z".parse().unwrap(),
        );
        first.track(new).await.unwrap();
    }
    let slow = [Slow::default(), Slow::default()];
    let polls = tokio::join!(first.run_until_idle(&slow[0]), second.run_until_idle(&slow[1]));
    assert_eq!(polls.0.unwrap() + polls.1.unwrap(), 40);
    let asked = slow.each_ref().map(|slow| slow.0.lock().unwrap().clone());
    assert!(
        asked.iter().all(|asked| !asked.is_empty()),
        "one machine did everything: {asked:?}"
    );
    let mut all = asked.concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40, "an object was polled by both");
}

#[tokio::test]
async fn change_that_is_committed_late_is_not_skipped() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let (first, second) = cluster.two_stores().await;
    let (early, late) = (Object::payment("early"), Object::payment("late"));
    // A transaction that has stored its change, and takes its time to commit.
    let (stored, wait) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = tracker(first).on_change(Waits(Arc::clone(&stored), Arc::clone(&wait)));
    let slow = tokio::spawn({
        let late = late.clone();
        async move { slow.observe(&late, received()).await }
    });
    stored.notified().await;
    let reader = tracker(second);
    reader.observe(&early, received()).await.unwrap();
    let before = reader.changes(0, 9).await.unwrap();
    assert_eq!((before.len(), &before[0].changed.object), (1, &early));
    wait.notify_one();
    slow.await.unwrap().unwrap();
    let after = reader.changes(before[0].number, 9).await.unwrap();
    assert_eq!((after.len(), &after[0].changed.object), (1, &late));
}
