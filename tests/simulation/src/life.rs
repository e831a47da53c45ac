//! The life of one process: it can end between any two steps.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;

use crate::chance::Chance;
use crate::gate;
use crate::virtual_time::{VirtualTime, until};

/// The life of one process.
///
/// Everything that a process does outside of itself goes through [`Life::step`]. At the step at which it dies, and at all
/// later ones, its tasks wait for ever; then they are dropped.
#[derive(Debug)]
pub(crate) struct Life {
    is_over: AtomicBool,
    /// Not a `watch`, which wakes its receivers in a random order.
    ended: Notify,
    /// Steps until it dies.
    left: AtomicU64,
    chance: Mutex<Chance>,
    time: VirtualTime,
}

impl Life {
    /// A life of `steps` steps.
    pub(crate) fn new(steps: u64, chance: Chance, time: VirtualTime) -> Arc<Self> {
        Arc::new(Self {
            is_over: AtomicBool::new(false),
            ended: Notify::new(),
            left: AtomicU64::new(steps),
            chance: Mutex::new(chance),
            time,
        })
    }

    /// Ends the life, unless it is over.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.ended.notify_waiters();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// No more crashes from now on.
    pub(crate) fn spare(&self) {
        self.left.store(u64::MAX, Ordering::Relaxed);
    }

    /// Completes when the life has ended.
    pub(crate) async fn over(&self) {
        let mut ended = pin!(self.ended.notified());
        ended.as_mut().enable();
        if !self.is_over() {
            ended.await;
        }
    }

    /// Spawns a task that is dropped when the life ends.
    pub(crate) fn spawn(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        let life = Arc::clone(self);
        tokio::spawn(async move { until(life.over(), work).await });
    }

    /// A moment at which the process can die, and other tasks can get their turn.
    pub(crate) async fn step(&self) {
        if !self.is_over() && self.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            self.end();
        }
        if self.is_over() {
            std::future::poll_fn(|_| {
                gate::set_idle(true);
                Poll::<()>::Pending
            })
            .await;
        }
        let (yields, sleeps, pause) = {
            let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
            let drawn = chance.below(100);
            (drawn < 25, drawn > 97, chance.below(40))
        };
        if sleeps {
            self.time.sleep(Duration::from_millis(pause)).await;
        } else if yields {
            tokio::task::yield_now().await;
        }
    }
}
