use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Progress, Schedule, Waiter};
use crate::error::{Error, ErrorKind};
use crate::runtime::{BoxFuture, Runtime};
use crate::testing::TestRuntime;

fn classify(state: &&'static str) -> Progress {
    Progress::of(*state, *state == "coins_sent")
}

type Look = Result<&'static str, Error>;

/// Looks along a list; its last entry stays.
fn waiter(runtime: &TestRuntime, looks: Vec<Look>) -> Waiter<&'static str> {
    let mut looks = VecDeque::from(looks);
    Waiter::new(
        Arc::new(runtime.clone()),
        move || {
            let look = if looks.len() > 1 {
                looks.pop_front()
            } else {
                looks.front().cloned()
            };
            Box::pin(std::future::ready(look.expect("at least one look")))
        },
        classify,
    )
}

fn failed(kind: ErrorKind) -> Look {
    Err(Error::new(kind, "x"))
}

const LIMIT: Duration = Duration::from_secs(600);

#[tokio::test]
async fn the_stream_gives_each_state_once_and_the_final_one_last() {
    let looks = [
        "started",
        "started",
        "pending_bank",
        "brand_new",
        "brand_new",
        "coins_sent",
    ]
    .map(Ok)
    .to_vec();
    let mut wait = waiter(&TestRuntime::new(1), looks).max_wait(LIMIT);
    let mut seen = Vec::new();
    while let Some(state) = wait.next().await {
        seen.push(state.unwrap());
    }
    assert_eq!(seen, ["started", "pending_bank", "brand_new", "coins_sent"]);
    assert!(wait.next().await.is_none());
}

#[tokio::test]
async fn a_state_seen_before_the_wait_was_awaited_does_not_shorten_it() {
    let mut wait = waiter(&TestRuntime::new(1), ["started", "coins_sent"].map(Ok).to_vec()).max_wait(LIMIT);
    assert_eq!(wait.next().await.unwrap().unwrap(), "started");
    assert_eq!(wait.await.unwrap(), "coins_sent");
}

#[tokio::test]
async fn the_limit_ends_the_wait_with_a_last_look_and_counts() {
    let runtime = TestRuntime::new(1);
    let wait = waiter(&runtime, vec![Ok("started")]).schedule(Schedule::every(Duration::from_secs(7)));
    let error = wait.max_wait(Duration::from_secs(20)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert_eq!((error.polls(), error.last_state()), (Some(4), Some("started")));
    assert_eq!(runtime.monotonic(), Duration::from_secs(20));
}

#[tokio::test]
async fn passing_failures_are_borne_and_others_end_the_wait() {
    let runtime = TestRuntime::new(1);
    let looks = vec![
        failed(ErrorKind::ServerError),
        failed(ErrorKind::NotSent),
        Ok("coins_sent"),
    ];
    assert_eq!(
        waiter(&runtime, looks).max_wait(LIMIT).await.unwrap(),
        "coins_sent"
    );
    let looks = vec![Ok("started"), failed(ErrorKind::Refused)];
    assert_eq!(
        waiter(&runtime, looks).max_wait(LIMIT).await.unwrap_err().kind(),
        ErrorKind::Refused
    );
}

#[tokio::test]
async fn when_every_look_failed_the_last_failure_is_the_source() {
    let error = waiter(&TestRuntime::new(1), vec![failed(ErrorKind::ServerError)])
        .max_wait(LIMIT)
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitTimeout, None));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "x");
}

#[tokio::test]
async fn an_earlier_end_can_be_chosen() {
    let looks = ["started", "payment_received", "coins_sent"].map(Ok).to_vec();
    let wait = waiter(&TestRuntime::new(1), looks).until(|state| Progress::of(*state, *state != "started"));
    assert_eq!(wait.max_wait(LIMIT).await.unwrap(), "payment_received");
}

/// Sleeps for ever, so that only a wake can end a pause.
#[derive(Debug)]
struct Asleep(TestRuntime);

impl Runtime for Asleep {
    fn now(&self) -> cryptopocket_types::time::Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}

#[tokio::test]
async fn a_wake_ends_the_pause() {
    let looks = Arc::new(AtomicUsize::new(0));
    let state = Arc::new(Mutex::new("started"));
    let waiter = Waiter::new(
        Arc::new(Asleep(TestRuntime::new(1))),
        {
            let (looks, state) = (Arc::clone(&looks), Arc::clone(&state));
            move || {
                looks.fetch_add(1, Ordering::SeqCst);
                Box::pin(std::future::ready(Ok(*state.lock().unwrap())))
            }
        },
        classify,
    );
    let handle = waiter.wake_handle();
    let task = tokio::spawn(waiter.without_limit().into_future());
    tokio::task::yield_now().await;
    assert_eq!((looks.load(Ordering::SeqCst), task.is_finished()), (1, false));
    *state.lock().unwrap() = "coins_sent";
    handle.wake();
    assert_eq!(task.await.unwrap().unwrap(), "coins_sent");
    assert_eq!(looks.load(Ordering::SeqCst), 2);
}

#[test]
fn pauses_grow_to_the_longest_within_their_jitter() {
    let runtime = TestRuntime::new(3);
    let schedule = Schedule::new(Duration::from_secs(2), Duration::from_secs(30));
    for (polls, expected) in [(1, 2.0), (2, 3.0), (3, 4.5), (20, 30.0), (u32::MAX, 30.0)] {
        for _ in 0..100 {
            let pause = schedule.pause(polls, &runtime).as_secs_f64();
            assert!(
                (expected * 0.95..=expected * 1.05).contains(&pause),
                "{polls}: {pause}"
            );
        }
    }
    let steady = Schedule::every(Duration::from_millis(1)).pause(5, &runtime);
    assert!(steady < Duration::from_millis(2), "{steady:?}");
}

#[test]
fn pauses_that_begin_with_nothing_grow_all_the_same() {
    let runtime = TestRuntime::new(3);
    let schedule = Schedule::new(Duration::ZERO, Duration::from_secs(30));
    assert!(schedule.pause(1, &runtime) >= Duration::from_millis(90));
    assert!(schedule.pause(20, &runtime) >= Duration::from_secs(28));
    assert!(Schedule::every(Duration::ZERO).pause(1, &runtime) >= Duration::from_millis(90));
}

#[tokio::test]
async fn a_look_that_does_not_end_is_given_up_at_the_limit() {
    let runtime = TestRuntime::new(1);
    let mut looks = VecDeque::from([Some("started")]);
    let waiter = Waiter::new(
        Arc::new(runtime.clone()),
        move || match looks.pop_front().flatten() {
            Some(state) => Box::pin(std::future::ready(Ok(state))),
            None => Box::pin(std::future::pending()),
        },
        classify,
    );
    let wait = waiter.schedule(Schedule::every(Duration::from_secs(7)));
    let task = tokio::spawn(wait.max_wait(Duration::from_secs(20)).into_future());
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(!task.is_finished());
    runtime.advance(Duration::from_secs(12));
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert!(!task.is_finished(), "some of the limit is left");
    runtime.advance(Duration::from_secs(2));
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert_eq!((error.polls(), error.last_state()), (Some(2), Some("started")));
}
