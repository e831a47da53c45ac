//! What a tracker does, whatever its store.

mod backup;
mod feed;
mod machines;
mod model;
mod plans;
pub(crate) mod provider;
mod silence;
mod sweep;

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cryptopocket_inbox::testing::TestRuntime;
use cryptopocket_inbox::tracker::{
    Change, ChangeHandler, Changed, NewObject, Object, Observation, Selection, Source, Tracker,
};
use cryptopocket_inbox::tracker::{Claimed, Objects as _, RateLimit};
use cryptopocket_inbox::{Delivery, Error, ErrorKind, Failure, Inbox, RetryPolicy, Store};
use cryptopocket_types::{Clock as _, OfframpStatus, PaymentStatus, PaymentType, Timestamp};

use crate::stage::{Effects, in_virtual_time, receive};
use provider::{Provider, answer};

on_each_store! {
    cryptopocket_inbox::testing::MemoryStore::new();
    change_and_event_are_one_transaction
    handler_of_changes_sees_each_change_once
    webhook_may_come_before_the_object_is_tracked
    repeated_track_changes_nothing
    order_and_its_payment_are_one_transaction
    bank_credit_moves_a_payment
    failed_handler_rolls_an_observation_back
    event_without_an_object_goes_to_the_handler
    webhook_about_a_later_state_is_no_gap
    missing_webhooks_are_reported_with_counts
}

/// Claims objects as a sweeper does.
pub(crate) async fn claim_due<S: Store>(
    store: &S,
    now: Timestamp,
    lease: Duration,
    limit: u32,
    rate: RateLimit,
) -> Claimed {
    let claim = store.transact(move |objects| Box::pin(objects.claim_due(now, lease, limit, rate)));
    claim.await.unwrap()
}

/// A tracker in virtual time.
pub(crate) struct Stage<S, C = ()> {
    pub(crate) inbox: Inbox<S>,
    pub(crate) tracker: Tracker<S, C>,
    pub(crate) runtime: Arc<TestRuntime>,
    pub(crate) provider: Provider,
}

impl<S: Store> Stage<S> {
    pub(crate) fn new(store: S) -> Self {
        let (builder, runtime) = in_virtual_time(store);
        // One event at a time, so that all stores see one order.
        let builder = builder.retry(RetryPolicy::default().attempts(3)).concurrency(1);
        let inbox = builder.build();
        Self {
            tracker: Tracker::new(inbox.clone()),
            inbox,
            runtime,
            provider: Provider::default(),
        }
    }

    pub(crate) fn with<C>(self, handler: C) -> Stage<S, C> {
        Stage {
            inbox: self.inbox,
            tracker: self.tracker.on_change(handler),
            runtime: self.runtime,
            provider: self.provider,
        }
    }
}

impl<S: Store, C: ChangeHandler<S::Transaction>> Stage<S, C> {
    pub(crate) fn now(&self) -> Timestamp {
        self.runtime.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.runtime.clock().advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn track(&self, id: &str) {
        let new = NewObject::new(Object::payment(id), self.now()).method(PaymentType::Card);
        self.tracker.track(new).await.unwrap();
    }

    /// Receives and handles a webhook of this name about a payment in this state.
    pub(crate) async fn webhook(&self, name: &str, id: &str, status: &str) {
        let body = format!(r#"{{"type":"{name}","data":{{"id":"{id}","status":"{status}"}}}}"#);
        receive(&self.inbox, &body).await.unwrap();
        self.inbox.run_until_idle(self.tracker.clone()).await.unwrap();
    }

    pub(crate) async fn sweep(&self) -> u64 {
        self.tracker.run_until_idle(&self.provider).await.unwrap()
    }

    /// Words of all changes so far.
    pub(crate) async fn told(&self) -> Vec<String> {
        let entries = self.tracker.changes(0, 1000).await.unwrap();
        let words = entries.iter().map(|entry| words(&entry.changed));
        words.collect()
    }

    pub(crate) async fn status(&self, id: &str) -> String {
        let row = self.tracker.object(&Object::payment(id)).await.unwrap().unwrap();
        row.tracked.state().as_str().to_owned()
    }
}

/// `p1 moved started payment_received`
pub(crate) fn words(changed: &Changed) -> String {
    let states = match &changed.change {
        Change::Moved { from, to } => format!(" {} {}", from.as_str(), to.as_str()),
        Change::Announced { state } | Change::Confirmed { state } | Change::Unrecognised { state } => {
            format!(" {}", state.as_str())
        }
        _ => String::new(),
    };
    format!("{} {}{states}", changed.object.id(), changed.change.as_str())
}

/// Notes each change in the transaction, and fails as often as it is told to.
pub(crate) struct NoteChange<S> {
    failures: Arc<AtomicU32>,
    store: PhantomData<fn(S)>,
}

impl<S> NoteChange<S> {
    pub(crate) fn failing(times: u32) -> Self {
        Self {
            failures: Arc::new(times.into()),
            store: PhantomData,
        }
    }

    /// How often it still fails.
    pub(crate) fn failures(&self) -> Arc<AtomicU32> {
        Arc::clone(&self.failures)
    }
}

impl<S: Effects> ChangeHandler<S::Transaction> for NoteChange<S> {
    async fn change(&self, changed: &Changed, transaction: &mut S::Transaction) -> Result<(), Failure> {
        S::note(transaction, &words(changed)).await?;
        let once_less = |left: u32| left.checked_sub(1);
        match self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, once_less)
        {
            Ok(_) => Err(Failure::retry("not now")),
            Err(_) => Ok(()),
        }
    }

    async fn event(&self, delivery: &Delivery, transaction: &mut S::Transaction) -> Result<(), Failure> {
        if delivery.event().is_none_or(|event| event.state().is_none()) {
            S::note(transaction, "other event").await?;
        }
        Ok(())
    }
}

async fn change_and_event_are_one_transaction<S: Effects>(store: S) {
    let stage = Stage::new(store).with(NoteChange::<S>::failing(1));
    stage.track("p1").await;
    stage.webhook("PAY_IN", "p1", "payment_received").await;
    assert_eq!(stage.told().await, Vec::<String>::new());
    assert_eq!(stage.status("p1").await, "started");
    stage.advance(60);
    stage.inbox.run_until_idle(stage.tracker.clone()).await.unwrap();
    assert_eq!(stage.told().await, ["p1 moved started payment_received"]);
    assert_eq!(stage.inbox.store().noted().await, stage.told().await);
}

async fn handler_of_changes_sees_each_change_once<S: Effects>(store: S) {
    let stage = Stage::new(store).with(NoteChange::<S>::failing(0));
    stage.track("p1").await;
    stage.webhook("COINS_SENT", "p1", "coins_sent").await;
    stage.webhook("PAY_IN", "p1", "payment_received").await;
    stage.provider.always("p1", answer("coins_sent"));
    assert_eq!(stage.sweep().await, 1);
    stage.advance(3600);
    assert_eq!(stage.sweep().await, 0);
    let mut told = stage.told().await;
    assert_eq!(
        told,
        [
            "p1 moved started payment_received",
            "p1 announced coins_sent",
            "p1 moved payment_received coins_sent",
            "p1 confirmed coins_sent",
        ]
    );
    told.sort();
    assert_eq!(stage.inbox.store().noted().await, told);
}

async fn webhook_may_come_before_the_object_is_tracked<S: Effects>(store: S) {
    let stage = Stage::new(store);
    let created_at = stage.now();
    stage.advance(5);
    stage.webhook("PAY_IN", "p1", "payment_received").await;
    let early = stage
        .tracker
        .object(&Object::payment("p1"))
        .await
        .unwrap()
        .unwrap();
    assert!(!early.expected);
    let new = NewObject::new(Object::payment("p1"), created_at).method(PaymentType::Transfer);
    assert!(stage.tracker.track(new).await.unwrap());
    let row = stage
        .tracker
        .object(&Object::payment("p1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.expected, row.method.as_deref()), (true, Some("transfer")));
    assert_eq!(row.tracked.created_at(), Some(created_at));
    assert_eq!(stage.status("p1").await, "payment_received");
}

async fn order_and_its_payment_are_one_transaction<S: Effects>(store: S) {
    let stage = Stage::new(store);
    let payment = Object::payment("p1");
    for is_good in [false, true] {
        let tracker = stage.tracker.clone();
        let new = NewObject::new(payment.clone(), stage.runtime.now());
        let order = stage.inbox.store().transact(move |transaction| {
            Box::pin(async move {
                S::note(transaction, "order").await.map_err(Error::of_handler)?;
                let is_new = tracker.track_in(transaction, new).await?;
                let refused = || Error::of_handler(Failure::retry("no such customer"));
                is_good.then_some(is_new).ok_or_else(refused)
            })
        });
        assert_eq!(order.await.ok(), is_good.then_some(true));
        let found = stage.tracker.object(&payment).await.unwrap();
        assert_eq!(found.is_some_and(|row| row.expected), is_good);
        assert_eq!(stage.inbox.store().noted().await.len(), usize::from(is_good));
    }
}

async fn repeated_track_changes_nothing<S: Effects>(store: S) {
    let stage = Stage::new(store);
    let new = || NewObject::new(Object::offramp("o1"), Timestamp::saturating_from_unix_micros(1));
    assert!(
        stage
            .tracker
            .track(new().method(PaymentType::Card))
            .await
            .unwrap()
    );
    let before = stage.tracker.object(&Object::offramp("o1")).await.unwrap();
    assert!(!stage.tracker.track(new()).await.unwrap());
    assert_eq!(
        stage.tracker.object(&Object::offramp("o1")).await.unwrap(),
        before
    );
    assert_eq!(stage.tracker.object(&Object::payment("o1")).await.unwrap(), None);
}

async fn bank_credit_moves_a_payment<S: Effects>(store: S) {
    let stage = Stage::new(store).with(NoteChange::<S>::failing(0));
    stage.track("p1").await;
    let credit = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, stage.now());
    let object = Object::payment("p1");
    let changes = stage.tracker.observe(&object, credit.clone()).await.unwrap();
    assert!(matches!(changes[..], [Change::Moved { .. }]));
    assert_eq!(stage.tracker.observe(&object, credit).await.unwrap(), []);
    assert_eq!(
        stage.inbox.store().noted().await,
        ["p1 moved started payment_received"]
    );
}

async fn failed_handler_rolls_an_observation_back<S: Effects>(store: S) {
    let stage = Stage::new(store).with(NoteChange::<S>::failing(1));
    let credit = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, stage.now());
    let object = Object::payment("p1");
    let failed = stage.tracker.observe(&object, credit.clone()).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Handler);
    assert!(
        !failed.to_string().contains("not now"),
        "the words of a handler may be personal"
    );
    assert_eq!(stage.tracker.object(&object).await.unwrap(), None);
    assert_eq!(stage.inbox.store().noted().await, Vec::<String>::new());
    assert_eq!(stage.tracker.observe(&object, credit).await.unwrap().len(), 1);
}

async fn event_without_an_object_goes_to_the_handler<S: Effects>(store: S) {
    let stage = Stage::new(store).with(NoteChange::<S>::failing(0));
    for body in ["[1]", r#"{"type":"KYC_APPROVED","data":{"id":"7"}}"#] {
        receive(&stage.inbox, body).await.unwrap();
    }
    stage.inbox.run_until_idle(stage.tracker.clone()).await.unwrap();
    assert_eq!(stage.inbox.store().noted().await, ["other event", "other event"]);
    assert_eq!(stage.tracker.objects(Selection::All, None, 9).await.unwrap(), []);
}

async fn webhook_about_a_later_state_is_no_gap<S: Effects>(store: S) {
    let stage = Stage::new(store);
    stage.track("p1").await;
    // Sent when the payment was received, and shows it as it is later.
    stage.webhook("PAY_IN", "p1", "coins_sent").await;
    stage.advance(60);
    let report = stage.tracker.gaps(Duration::ZERO, 9).await.unwrap();
    let gaps = &report.objects[0].gaps;
    assert_eq!((report.total(), gaps[0].state.as_str()), (1, "coins_sent"));
}

async fn missing_webhooks_are_reported_with_counts<S: Effects>(store: S) {
    let stage = Stage::new(store);
    for id in ["p1", "p2", "p3"] {
        stage.track(id).await;
    }
    stage.provider.always("p1", answer("coins_sent"));
    stage.provider.always("p2", answer("payment_received"));
    stage.provider.always("p3", answer("pending_bank"));
    let sold = Observation::new(Source::Poll, OfframpStatus::Finished, stage.now());
    stage.tracker.observe(&Object::offramp("o1"), sold).await.unwrap();
    stage.advance(60);
    stage.sweep().await;
    stage.webhook("COINS_SENT", "p1", "coins_sent").await;
    stage.advance(600);
    let report = stage.tracker.gaps(Duration::from_mins(10), 2).await.unwrap();
    let counts: Vec<_> = report
        .counts
        .iter()
        .map(|(event, count)| format!("{event} {count}"))
        .collect();
    let expected = ["CRYPTO_RECEIVED 1", "PAY_IN 2", "TRANSFER_RAMPOFF_FINISHED 1"];
    assert_eq!(counts, expected);
    let objects: Vec<_> = report.objects.iter().map(|one| one.object.to_string()).collect();
    assert_eq!(objects, ["payment p1", "payment p2"]);
    // Young gaps are not told yet.
    assert_eq!(
        stage
            .tracker
            .gaps(Duration::from_mins(11), 9)
            .await
            .unwrap()
            .total(),
        2
    );
}
