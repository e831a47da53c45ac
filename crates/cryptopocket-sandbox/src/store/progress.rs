//! How far the writing has come, for those who wait for it.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Nothing more can be written, and so nothing more may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stuck(String);

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the state file cannot be written, so nothing more is answered: {}",
            self.0
        )
    }
}

#[derive(Debug, Default)]
pub(super) struct Progress {
    reached: Mutex<Reached>,
    blocked: Condvar,
    waiting: Notify,
}

#[derive(Debug, Default)]
struct Reached {
    written: u64,
    /// Why nothing more will be written.
    over: Option<String>,
}

impl Progress {
    fn lock(&self) -> MutexGuard<'_, Reached> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reach(&self, number: u64) {
        self.lock().written = number;
        self.tell();
    }

    pub(super) fn end(&self, why: &str) {
        let mut reached = self.lock();
        reached.over.get_or_insert_with(|| why.to_owned());
        drop(reached);
        self.tell();
    }

    fn tell(&self) {
        self.blocked.notify_all();
        self.waiting.notify_waiters();
    }

    fn outcome(reached: &Reached, number: u64) -> Option<Result<(), Stuck>> {
        if reached.written >= number {
            return Some(Ok(()));
        }
        reached.over.as_ref().map(|why| Err(Stuck(why.clone())))
    }

    /// Waits until what has this number is written.
    pub(super) async fn wait(&self, number: u64) -> Result<(), Stuck> {
        loop {
            let told = self.waiting.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if let Some(outcome) = Self::outcome(&self.lock(), number) {
                return outcome;
            }
            told.await;
        }
    }

    /// Blocks until what has this number is written.
    pub(super) fn block(&self, number: u64) -> Result<(), Stuck> {
        let mut reached = self.lock();
        loop {
            if let Some(outcome) = Self::outcome(&reached, number) {
                return outcome;
            }
            reached = self.blocked.wait(reached).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
