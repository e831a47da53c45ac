use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Progress, Schedule, Waiter};
use crate::error::{Answer, Error, ErrorKind};
use crate::runtime::{BoxFuture, Runtime};
use crate::testing::TestRuntime;

#[derive(Debug, Clone, PartialEq)]
struct Object(&'static str);

impl Progress for Object {
    type State = &'static str;

    fn state(&self) -> &&'static str {
        &self.0
    }

    fn is_final(&self) -> bool {
        self.0 == "coins_sent"
    }

    fn rank(state: &&'static str) -> Option<u8> {
        ["started", "payment_received", "coins_sent"]
            .iter()
            .position(|known| known == state)
            .and_then(|rank| u8::try_from(rank).ok())
    }
}

type Polled = Result<Object, Error>;

/// Returns these results in order; the last one is repeated.
fn waiter(runtime: &TestRuntime, results: Vec<Polled>) -> Waiter<Object> {
    let mut results = VecDeque::from(results);
    Waiter::new(Arc::new(runtime.clone()), move || {
        let result = if results.len() > 1 {
            results.pop_front()
        } else {
            results.front().cloned()
        };
        std::future::ready(result.expect("at least one result"))
    })
}

fn states<const N: usize>(states: [&'static str; N]) -> Vec<Polled> {
    states.map(|state| Ok(Object(state))).to_vec()
}

fn failed(kind: ErrorKind) -> Polled {
    Err(Error::new(kind, "x", ""))
}

const LIMIT: Duration = Duration::from_secs(600);

#[tokio::test]
async fn stream_yields_each_state_once() {
    let polled = states([
        "started",
        "started",
        "pending_bank",
        "brand_new",
        "brand_new",
        "coins_sent",
    ]);
    let mut wait = waiter(&TestRuntime::new(1), polled).max_wait(LIMIT);
    let mut seen = Vec::new();
    while let Some(state) = wait.next().await {
        seen.push(state.unwrap().0);
    }
    assert_eq!(seen, ["started", "pending_bank", "brand_new", "coins_sent"]);
    assert!(wait.next().await.is_none());
}

#[tokio::test]
async fn awaiting_after_next_still_ends_at_final_state() {
    let mut wait = waiter(&TestRuntime::new(1), states(["started", "coins_sent"])).max_wait(LIMIT);
    assert_eq!(wait.next().await.unwrap().unwrap(), Object("started"));
    assert_eq!(wait.await.unwrap(), Object("coins_sent"));
}

#[tokio::test]
async fn limit_ends_wait_after_last_poll() {
    let runtime = TestRuntime::new(1);
    let wait = waiter(&runtime, states(["started"])).schedule(Schedule::every(Duration::from_secs(7)));
    let error = wait.max_wait(Duration::from_secs(20)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    assert_eq!((error.polls(), error.last_state()), (Some(4), Some("started")));
    assert_eq!(runtime.monotonic(), Duration::from_secs(20));
}

#[tokio::test]
async fn transient_errors_are_retried_others_end_wait() {
    let runtime = TestRuntime::new(1);
    let polled = vec![
        failed(ErrorKind::ServerError),
        failed(ErrorKind::NotSent),
        Ok(Object("coins_sent")),
    ];
    assert_eq!(
        waiter(&runtime, polled).max_wait(LIMIT).await.unwrap(),
        Object("coins_sent")
    );
    let polled = vec![Ok(Object("started")), failed(ErrorKind::Refused)];
    assert_eq!(
        waiter(&runtime, polled).max_wait(LIMIT).await.unwrap_err().kind(),
        ErrorKind::Refused
    );
}

#[tokio::test]
async fn timeout_source_is_last_transient_error() {
    let error = waiter(&TestRuntime::new(1), vec![failed(ErrorKind::ServerError)])
        .max_wait(LIMIT)
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitTimeout, None));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "x");
}

#[tokio::test]
async fn until_ends_at_state_or_later() {
    let polled = states(["started", "payment_received", "coins_sent"]);
    for (until, end) in [
        ("payment_received", "payment_received"),
        ("started", "started"),
        ("brand_new", "coins_sent"),
    ] {
        let wait = waiter(&TestRuntime::new(1), polled.clone()).until(until);
        assert_eq!(wait.max_wait(LIMIT).await.unwrap(), Object(end));
    }
}

/// Never finishes a sleep, so that only a wake ends a pause.
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
async fn wake_ends_pause() {
    let polled = Arc::new(AtomicUsize::new(0));
    let state = Arc::new(Mutex::new("started"));
    let waiter = Waiter::new(Arc::new(Asleep(TestRuntime::new(1))), {
        let (polled, state) = (Arc::clone(&polled), Arc::clone(&state));
        move || {
            polled.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(Object(*state.lock().unwrap())))
        }
    });
    let handle = waiter.wake_handle();
    let task = tokio::spawn(waiter.without_limit().into_future());
    tokio::task::yield_now().await;
    assert_eq!((polled.load(Ordering::SeqCst), task.is_finished()), (1, false));
    *state.lock().unwrap() = "coins_sent";
    handle.wake();
    assert_eq!(task.await.unwrap().unwrap(), Object("coins_sent"));
    assert_eq!(polled.load(Ordering::SeqCst), 2);
}

#[test]
fn pauses_grow_within_jitter() {
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
fn zero_first_pause_still_grows() {
    let runtime = TestRuntime::new(3);
    let schedule = Schedule::new(Duration::ZERO, Duration::from_secs(30));
    assert!(schedule.pause(1, &runtime) >= Duration::from_millis(90));
    assert!(schedule.pause(20, &runtime) >= Duration::from_secs(28));
    assert!(Schedule::every(Duration::ZERO).pause(1, &runtime) >= Duration::from_millis(90));
}

#[tokio::test]
async fn hanging_poll_is_dropped_at_limit() {
    let runtime = TestRuntime::new(1);
    let mut answers = VecDeque::from([Object("started")]);
    let waiter = Waiter::new(Arc::new(runtime.clone()), move || {
        let answer = answers.pop_front();
        async move {
            match answer {
                Some(object) => Ok(object),
                None => std::future::pending().await,
            }
        }
    });
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

#[tokio::test]
async fn one_retry_after_blinds_no_wait() {
    for (asked, pause) in [(120, 120), (24 * 60 * 60, 300)] {
        let runtime = TestRuntime::new(1);
        let answer = Answer {
            retry_after: Some(Duration::from_secs(asked)),
            ..Answer::default()
        };
        let error = Error::new(ErrorKind::RateLimited, "x", "").answered(answer);
        let polled = vec![Err(error), Ok(Object("coins_sent"))];
        let wait = waiter(&runtime, polled).schedule(Schedule::every(Duration::from_secs(5)));
        wait.without_limit().await.unwrap();
        assert_eq!(runtime.monotonic(), Duration::from_secs(pause), "{asked}");
    }
}
