//! Stores against the model: the same calls give the same answers.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::testing::{MemoryStore, TestRuntime};
use cryptopocket_inbox::{Claim, Failure, Filter, Inbox, RetryPolicy};
use cryptopocket_types::time::{Clock as _, Timestamp};
use proptest::prelude::*;

use crate::stage::{Effects, body, note, note_then, receive, sqlite};

#[derive(Debug, Clone)]
enum Step {
    Receive {
        id: u8,
        status: u8,
    },
    Claim(u32),
    /// The handler of the claim at this place ends so; places beyond the last wrap around.
    Complete(usize, Ending),
    Release(usize),
    Extend(usize),
    /// The worker forgets all its claims.
    Crash,
    Advance(u32),
    JumpBack(u32),
    Replay {
        since_start: u32,
    },
    Erase {
        age: u32,
    },
}

#[derive(Debug, Clone, Copy)]
enum Ending {
    Done,
    Retry,
    Unavailable,
    Dead,
}

fn step() -> impl Strategy<Value = Step> {
    let ending = prop_oneof![
        3 => Just(Ending::Done),
        1 => Just(Ending::Retry),
        1 => Just(Ending::Unavailable),
        1 => Just(Ending::Dead),
    ];
    prop_oneof![
        4 => (0..5_u8, 0..3_u8).prop_map(|(id, status)| Step::Receive { id, status }),
        4 => (1..4_u32).prop_map(Step::Claim),
        5 => (0..8_usize, ending).prop_map(|(at, ending)| Step::Complete(at, ending)),
        1 => (0..8_usize).prop_map(Step::Release),
        1 => (0..8_usize).prop_map(Step::Extend),
        1 => Just(Step::Crash),
        3 => (1..100_u32).prop_map(Step::Advance),
        1 => (1..100_u32).prop_map(Step::JumpBack),
        1 => (0..200_u32).prop_map(|since_start| Step::Replay { since_start }),
        1 => (0..200_u32).prop_map(|age| Step::Erase { age }),
    ]
}

/// An inbox, its time, and the claims of a worker that may have lost their leases.
struct Subject<S> {
    inbox: Inbox<S>,
    runtime: Arc<TestRuntime>,
    start: Timestamp,
    claims: Vec<Claim>,
}

impl<S: Effects> Subject<S> {
    fn new(store: S) -> Self {
        let runtime = Arc::new(TestRuntime::new(3));
        let inbox = Inbox::builder(store)
            .runtime(Arc::clone(&runtime) as _)
            .lease(Duration::from_secs(30))
            .retry(RetryPolicy::default().attempts(3));
        Self {
            inbox: inbox.build(),
            start: runtime.clock().now(),
            runtime,
            claims: Vec::new(),
        }
    }

    /// Takes a step and tells what it answered.
    async fn take(&mut self, step: Step) -> String {
        match step {
            Step::Receive { id, status } => {
                let fields = format!(r#","status":"s{status}""#);
                format!(
                    "{:?}",
                    receive(&self.inbox, &body(&format!("p{id}"), &fields))
                        .await
                        .unwrap()
                )
            }
            Step::Claim(limit) => {
                let claims = self.inbox.claim(limit).await.unwrap();
                let answer = claims
                    .iter()
                    .map(|claim| format!("{} {:?}", claim.lease.token, claim.delivery));
                let answer = answer.collect();
                self.claims.extend(claims);
                answer
            }
            Step::Complete(at, ending) => {
                let Some(claim) = self.claim(at) else {
                    return String::new();
                };
                let handler = note_then::<S, _>(move |_| match ending {
                    Ending::Done => Ok(()),
                    Ending::Retry => Err(Failure::retry("again")),
                    Ending::Unavailable => Err(Failure::unavailable("down")),
                    Ending::Dead => Err(Failure::dead("no")),
                });
                let outcome = self.inbox.complete(claim, Arc::new(handler)).await;
                format!("{:?}", outcome.map_err(|error| error.kind()))
            }
            Step::Release(at) => {
                let Some(claim) = self.claim(at) else {
                    return String::new();
                };
                format!(
                    "{:?}",
                    self.inbox.release(claim).await.map_err(|error| error.kind())
                )
            }
            Step::Extend(at) => {
                let Some(claim) = self.claim(at) else {
                    return String::new();
                };
                format!(
                    "{:?}",
                    self.inbox.extend(&claim).await.map_err(|error| error.kind())
                )
            }
            Step::Crash => {
                self.claims.clear();
                String::new()
            }
            Step::Advance(seconds) => {
                self.runtime.clock().advance(Duration::from_secs(seconds.into()));
                String::new()
            }
            Step::JumpBack(seconds) => {
                let clock = self.runtime.clock();
                clock.set(
                    clock
                        .now()
                        .checked_sub(Duration::from_secs(seconds.into()))
                        .unwrap(),
                );
                String::new()
            }
            Step::Replay { since_start } => {
                let since = self.start.saturating_add(Duration::from_secs(since_start.into()));
                format!(
                    "{:?}",
                    self.inbox.replay(Filter::all().since(since)).await.unwrap()
                )
            }
            Step::Erase { age } => {
                let age = Duration::from_secs(age.into());
                format!("{:?}", self.inbox.erase_bodies(age).await.unwrap())
            }
        }
    }

    /// A claim, which stays in the list: a worker may try to use it twice.
    fn claim(&self, at: usize) -> Option<Claim> {
        self.claims.get(at % self.claims.len().max(1)).cloned()
    }

    async fn state(&self) -> String {
        let mut events = self.inbox.list(Filter::all(), 100).await.unwrap();
        // PostgreSQL leaves gaps, and what signs them has the real clock.
        for event in &mut events {
            event.seq = 0;
            event.signed_at = event.received_at;
        }
        let counts = self.inbox.counts().await.unwrap();
        let done = self.inbox.done().await.unwrap();
        let mut quarantined = self.inbox.quarantined(100).await.unwrap();
        for content in &mut quarantined {
            content.id = 0;
        }
        let noted = self.inbox.store().noted().await;
        format!("{events:#?} {counts:#?} {done} done {quarantined:#?} {noted:#?}")
    }
}

/// Takes the same steps on a store and on the model.
async fn compare<S: Effects>(store: S, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut subject = Subject::new(store);
    let mut model = Subject::new(MemoryStore::new());
    for step in steps {
        let (answer, expected) = (subject.take(step.clone()).await, model.take(step.clone()).await);
        prop_assert_eq!(answer, expected, "{:?}", step);
    }
    prop_assert_eq!(subject.state().await, model.state().await);
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_answers_as_the_model(steps in prop::collection::vec(step(), 1..60)) {
        runtime().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            compare(sqlite(&folder).await, steps).await
        })?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn postgres_answers_as_the_model(steps in prop::collection::vec(step(), 1..60)) {
        let Some(cluster) = crate::cluster::shared() else { return Ok(()) };
        runtime().block_on(async { compare(cluster.store().await, steps).await })?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without replays, whatever happens: each event has one effect, and none is lost.
    #[test]
    fn every_event_ends_with_one_effect(steps in prop::collection::vec(step(), 1..80)) {
        runtime().block_on(async {
            let mut subject = Subject::new(MemoryStore::new());
            let harmless = |step: &Step| !matches!(step, Step::Replay { .. } | Step::Complete(_, Ending::Dead));
            for step in steps.into_iter().filter(harmless) {
                subject.take(step).await;
            }
            subject.runtime.clock().advance(Duration::from_hours(24));
            subject.inbox.run_until_idle(note::<MemoryStore>()).await.unwrap();
            subject.inbox.replay(Filter::all().state(cryptopocket_inbox::EventState::Dead)).await.unwrap();
            subject.inbox.run_until_idle(note::<MemoryStore>()).await.unwrap();
            let events = subject.inbox.list(Filter::all(), 100).await.unwrap();
            let mut keys: Vec<_> = events.into_iter().map(|event| event.key).collect();
            keys.sort();
            prop_assert_eq!(subject.inbox.store().noted().await, keys);
            Ok(())
        })?;
    }
}
