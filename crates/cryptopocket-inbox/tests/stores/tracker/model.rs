//! Trackers on each store against the one in memory, and in any order of what is observed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cryptopocket_inbox::testing::MemoryStore;
use cryptopocket_inbox::tracker::{
    Change, NewObject, Object, Observation, Polled, RateLimit, Selection, Source,
};
use cryptopocket_types::{PaymentStatus, PaymentType};
use proptest::prelude::*;

use super::provider::answer;
use super::{NoteChange, Stage, words};
use crate::stage::{Effects, receive, sqlite};

const STATUSES: [&str; 5] = [
    "started",
    "pending_bank",
    "payment_received",
    "coins_sent",
    "held",
];

#[derive(Debug, Clone)]
enum Step {
    Track(u8),
    Webhook {
        id: u8,
        end: bool,
        status: usize,
    },
    Bank {
        id: u8,
        status: usize,
    },
    /// What polls are answered from now on; beyond the statuses they fail or find nothing.
    Provide {
        id: u8,
        answer: usize,
    },
    Sweep,
    /// A sweeper claims and dies.
    Crash(u32),
    Advance(u32),
    JumpBack(u32),
    Restored,
    /// The handler of changes fails next.
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4_u8).prop_map(Step::Track),
        4 => (0..4_u8, any::<bool>(), 0..5_usize).prop_map(|(id, end, status)| Step::Webhook { id, end, status }),
        2 => (0..4_u8, 0..5_usize).prop_map(|(id, status)| Step::Bank { id, status }),
        3 => (0..4_u8, 0..7_usize).prop_map(|(id, answer)| Step::Provide { id, answer }),
        6 => Just(Step::Sweep),
        1 => (1..3_u32).prop_map(Step::Crash),
        5 => (1..2000_u32).prop_map(Step::Advance),
        1 => (1..500_u32).prop_map(Step::JumpBack),
        1 => Just(Step::Restored),
        1 => Just(Step::Fail),
    ]
}

fn id(number: u8) -> String {
    format!("p{number}")
}

/// A tracker whose handler can be made to fail.
struct Subject<S> {
    stage: Stage<S, NoteChange<S>>,
    failures: Arc<AtomicU32>,
}

impl<S: Effects> Subject<S> {
    fn new(store: S) -> Self {
        let handler = NoteChange::failing(0);
        let failures = handler.failures();
        let mut stage = Stage::new(store);
        // Answers are recorded in one order.
        stage.tracker = stage.tracker.concurrency(1);
        Self {
            stage: stage.with(handler),
            failures,
        }
    }

    /// Takes a step and tells what it answered.
    async fn take(&self, step: Step) -> String {
        match step {
            Step::Track(number) => {
                let new = NewObject::new(Object::payment(id(number).as_str()), self.stage.now());
                format!(
                    "{:?}",
                    self.stage.tracker.track(new.method(PaymentType::Card)).await
                )
            }
            Step::Webhook {
                id: number,
                end,
                status,
            } => {
                let name = if end { "COINS_SENT" } else { "PAY_IN" };
                let data = format!(r#"{{"id":"{}","status":"{}"}}"#, id(number), STATUSES[status]);
                let receipt = receive(
                    &self.stage.inbox,
                    &format!(r#"{{"type":"{name}","data":{data}}}"#),
                )
                .await;
                let handled = self.stage.inbox.run_until_idle(self.stage.tracker.clone()).await;
                format!("{:?} {handled:?}", receipt.unwrap())
            }
            Step::Bank { id: number, status } => {
                let says = PaymentStatus::from(STATUSES[status]);
                let observation = Observation::new(Source::Bank, says, self.stage.now());
                let object = Object::payment(id(number).as_str());
                let changes = self.stage.tracker.observe(&object, observation).await;
                format!("{:?}", changes.map_err(|error| error.kind()))
            }
            Step::Provide { id: number, answer } => {
                self.stage.provider.always(&id(number), polled(answer));
                String::new()
            }
            Step::Sweep => {
                let polls = self.stage.sweep().await;
                format!("{polls} {:?}", self.stage.provider.asked())
            }
            Step::Crash(limit) => {
                let lease = Duration::from_mins(2);
                let (store, now) = (self.stage.inbox.store(), self.stage.now());
                let claimed = super::claim_due(store, now, lease, limit, RateLimit::default()).await;
                format!("{claimed:?}")
            }
            Step::Advance(seconds) => {
                self.stage.advance(seconds.into());
                String::new()
            }
            Step::JumpBack(seconds) => {
                let back = self.stage.now().checked_sub(Duration::from_secs(seconds.into()));
                self.stage.runtime.clock().set(back.unwrap());
                String::new()
            }
            Step::Restored => format!("{:?}", self.stage.tracker.restored().await),
            Step::Fail => {
                self.failures.fetch_add(1, Ordering::SeqCst);
                String::new()
            }
        }
    }

    async fn state(&self) -> String {
        let rows = self
            .stage
            .tracker
            .objects(Selection::All, None, 99)
            .await
            .unwrap();
        let reasons: Vec<_> = rows.iter().map(|row| row.reason.clone()).collect();
        let counts = self.stage.tracker.counts().await.unwrap();
        let gaps = self
            .stage
            .tracker
            .gaps(Duration::from_secs(30), 99)
            .await
            .unwrap();
        let told = self.stage.told().await;
        let noted = self.stage.inbox.store().noted().await;
        format!("{rows:#?} {reasons:#?} {counts:#?} {gaps:#?} {told:#?} {noted:#?}")
    }
}

fn polled(number: usize) -> Polled {
    match STATUSES.get(number) {
        Some(status) => answer(status),
        None if number == STATUSES.len() => Polled::Missing,
        None => Polled::Failed {
            retry_after: None,
            reason: "down".to_owned(),
        },
    }
}

/// Takes the same steps on a store and in memory.
async fn compare<S: Effects>(store: S, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (subject, model) = (Subject::new(store), Subject::new(MemoryStore::new()));
    for step in steps {
        let (found, expected) = (subject.take(step.clone()).await, model.take(step.clone()).await);
        prop_assert_eq!(found, expected, "{:?}", step);
    }
    prop_assert_eq!(subject.state().await, model.state().await);
    let mut told = subject.stage.told().await;
    told.sort();
    prop_assert_eq!(
        subject.stage.inbox.store().noted().await,
        told,
        "each change is handled once"
    );
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_tracks_as_memory_does(steps in prop::collection::vec(step(), 1..50)) {
        runtime().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            compare(sqlite(&folder).await, steps).await
        })?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn postgres_tracks_as_memory_does(steps in prop::collection::vec(step(), 1..50)) {
        let Some(cluster) = crate::cluster::shared() else { return Ok(()) };
        runtime().block_on(async { compare(cluster.store().await, steps).await })?;
    }
}

/// What a source says of one payment.
type Said = (Source, usize);

fn said() -> impl Strategy<Value = Said> {
    let source = prop_oneof![Just(Source::Webhook), Just(Source::Poll), Just(Source::Bank)];
    (source, 0..STATUSES.len())
}

/// Some of what was said, some of it twice, in two orders.
fn two_orders() -> impl Strategy<Value = (Vec<Said>, Vec<Said>)> {
    let said = prop::collection::vec(said(), 1..10);
    let doubled =
        (said, prop::collection::vec(any::<prop::sample::Index>(), 0..5)).prop_map(|(said, again)| {
            let repeated: Vec<_> = again.iter().map(|index| said[index.index(said.len())]).collect();
            (said.clone(), [said, repeated].concat())
        });
    doubled.prop_flat_map(|(once, doubled)| (Just(once), Just(doubled).prop_shuffle()))
}

/// Lets all of it be observed through a tracker, and tells the end: state, whether final, what was told.
async fn observed(all: &[Said]) -> Result<(String, bool, BTreeSet<String>), TestCaseError> {
    let stage = Stage::new(MemoryStore::new()).with(NoteChange::<MemoryStore>::failing(0));
    stage.track("p0").await;
    let object = Object::payment("p0");
    let mut before = PaymentStatus::Started.into();
    for (source, status) in all {
        let status = STATUSES[*status];
        match source {
            // Not through the endpoint, which holds a changed repetition back.
            Source::Webhook | Source::Bank => {
                let says = Observation::new(*source, PaymentStatus::from(status), stage.now());
                stage.tracker.observe(&object, says).await.unwrap();
            }
            _ => {
                stage.provider.always("p0", answer(status));
                stage.tracker.restored().await.unwrap();
                stage.sweep().await;
            }
        }
        let row = stage.tracker.object(&object).await.unwrap().unwrap();
        prop_assert!(!row.tracked.state().is_before(&before), "a state moved back");
        before = row.tracked.state();
        stage.advance(1);
    }
    let told = stage.tracker.changes(0, 999).await.unwrap();
    let confirmed = told
        .iter()
        .filter(|entry| matches!(entry.changed.change, Change::Confirmed { .. }));
    let row = stage.tracker.object(&object).await.unwrap().unwrap();
    prop_assert_eq!(confirmed.count(), usize::from(row.tracked.is_final()));
    let words: Vec<_> = told.iter().map(|entry| words(&entry.changed)).collect();
    let distinct: BTreeSet<_> = words.iter().cloned().collect();
    prop_assert_eq!(
        words.len(),
        distinct.len(),
        "a change was told twice: {:?}",
        words
    );
    Ok((
        row.tracked.state().as_str().to_owned(),
        row.tracked.is_final(),
        distinct,
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_and_repetition_change_no_end((once, shuffled) in two_orders()) {
        runtime().block_on(async {
            let (one, other) = (observed(&once).await?, observed(&shuffled).await?);
            prop_assert_eq!((one.0, one.1), (other.0, other.1));
            let final_in = |told: &BTreeSet<String>| told.contains("p0 confirmed coins_sent");
            prop_assert_eq!(final_in(&one.2), final_in(&other.2));
            Ok(())
        })?;
    }
}
