use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crate::error::Error;
use crate::runtime::BoxFuture;
use crate::token::Token;

/// Time and number of attempts that a caller allows for a login.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) attempt: Duration,
    pub(crate) attempts: u32,
}

impl Patience {
    pub(super) fn covers(self, other: Self) -> bool {
        self.attempt >= other.attempt && self.attempts >= other.attempts
    }
}

pub(super) type Outcome = Result<Token, Error>;

/// A login under way, driven by every task that waits for it.
///
/// No task owns it. A task that waits for it and is not polled, such as the other branch of a `select!`, holds nobody up.
/// When the last one gives up, the login is cancelled.
pub(super) struct Flight {
    work: Mutex<Work>,
    wakers: Arc<Wakers>,
    /// What the task that started it allowed.
    pub(super) patience: Patience,
    /// When that task gives up.
    pub(super) due: Duration,
}

enum Work {
    Running(BoxFuture<'static, Outcome>),
    Ended { outcome: Outcome, is_settled: bool },
}

impl Flight {
    pub(super) fn new(login: BoxFuture<'static, Outcome>, patience: Patience, due: Duration) -> Self {
        Self {
            work: Mutex::new(Work::Running(login)),
            wakers: Arc::default(),
            patience,
            due,
        }
    }

    /// Drives the login to its end, together with all others that wait for it.
    pub(super) async fn end(&self) -> Outcome {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Outcome> {
        // Before the login is polled: it may end, or be woken, on another thread right after.
        self.wakers.add(context.waker());
        let mut work = lock(&self.work);
        let outcome = match &mut *work {
            Work::Ended { outcome, .. } => return Poll::Ready(outcome.clone()),
            Work::Running(login) => {
                let all = Waker::from(Arc::clone(&self.wakers));
                match login.as_mut().poll(&mut Context::from_waker(&all)) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(outcome) => outcome,
                }
            }
        };
        *work = Work::Ended {
            outcome: outcome.clone(),
            is_settled: false,
        };
        drop(work);
        self.wakers.wake_by_ref();
        Poll::Ready(outcome)
    }

    /// Whether the caller is the first to see the end, and so has to store the token.
    pub(super) fn settles(&self) -> bool {
        match &mut *lock(&self.work) {
            Work::Running(_) => false,
            Work::Ended { is_settled, .. } => !std::mem::replace(is_settled, true),
        }
    }
}

impl std::fmt::Debug for Flight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flight").finish_non_exhaustive()
    }
}

/// The tasks that wait for a login.
#[derive(Default)]
struct Wakers(Mutex<Vec<Waker>>);

impl Wakers {
    fn add(&self, waker: &Waker) {
        let mut all = lock(&self.0);
        if !all.iter().any(|known| known.will_wake(waker)) {
            all.push(waker.clone());
        }
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Outside the lock, since a waker may run its task at once.
        let all = std::mem::take(&mut *lock(&self.0));
        for waker in all {
            waker.wake();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
