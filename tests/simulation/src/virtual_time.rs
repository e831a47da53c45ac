//! Virtual time: it moves only when every task waits, and then to the next timer.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cryptopocket_types::{Clock, Timestamp};

use crate::gate::{self, Gate};

/// 2026-07-01T00:00:00Z, in microseconds.
const BEGINNING: i64 = 1_782_864_000_000_000;

/// The time of one simulated world. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct VirtualTime(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    passed: Duration,
    numbered: u64,
    timers: BTreeMap<(Duration, u64), Timer>,
    gate: Option<Arc<Gate>>,
    /// Every task waits, and no timer will wake one.
    is_stuck: bool,
    main: Option<Waker>,
}

#[derive(Debug)]
struct Timer {
    waker: Waker,
    /// It wakes the handler that is in a transaction of the database.
    wakes_disk: bool,
}

/// No task can go on.
#[derive(Debug)]
pub(crate) struct Stuck;

impl VirtualTime {
    /// Runs a world to its end, on the current thread.
    pub(crate) fn run<T>(&self, world: impl Future<Output = T>) -> Result<T, Stuck> {
        let idle = self.clone();
        // Called when no task can run.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move || idle.advance())
            .build();
        let Ok(runtime) = runtime else { return Err(Stuck) };
        let mut world = pin!(world);
        runtime.block_on(poll_fn(|context| {
            if let Poll::Ready(output) = world.as_mut().poll(context) {
                return Poll::Ready(Ok(output));
            }
            let mut state = self.state();
            if state.is_stuck {
                return Poll::Ready(Err(Stuck));
            }
            state.main = Some(context.waker().clone());
            Poll::Pending
        }))
    }

    /// Time since the beginning.
    pub(crate) fn passed(&self) -> Duration {
        self.state().passed
    }

    /// Sets what holds the world while a database does real work.
    pub(crate) fn set_gate(&self, gate: Option<Arc<Gate>>) {
        self.state().gate = gate;
    }

    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        let at = self.passed().saturating_add(duration);
        Sleep {
            time: self.clone(),
            at,
            number: None,
            is_limit: false,
        }
    }

    /// A limit for something else, which does not wait for virtual time itself.
    pub(crate) fn limit(&self, duration: Duration) -> Sleep {
        let mut limit = self.sleep(duration);
        limit.is_limit = true;
        limit
    }

    fn advance(&self) {
        let mut state = self.state();
        let Some((&(at, _), _)) = state.timers.first_key_value() else {
            state.is_stuck = true;
            let main = state.main.take();
            drop(state);
            main.into_iter().for_each(Waker::wake);
            return;
        };
        state.passed = state.passed.max(at);
        let later = state.timers.split_off(&(at, u64::MAX));
        let due = std::mem::replace(&mut state.timers, later);
        let wakes_disk = due.values().any(|timer| timer.wakes_disk);
        let gate = state.gate.clone().filter(|_| wakes_disk);
        let main = state.main.clone().filter(|_| wakes_disk);
        drop(state);
        if let Some(gate) = &gate {
            gate.set_asleep(false);
        }
        for timer in due.into_values() {
            timer.waker.wake();
        }
        if let Some(gate) = &gate {
            gate.wait();
        }
        // If the handler waits again, no task of this thread was woken, and it would park for ever.
        main.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The true time of day.
impl Clock for VirtualTime {
    fn now(&self) -> Timestamp {
        Timestamp::saturating_from_unix_micros(BEGINNING).saturating_add(self.passed())
    }
}

/// Completes at its time.
#[derive(Debug)]
#[must_use = "a sleep does nothing unless it is awaited"]
pub(crate) struct Sleep {
    time: VirtualTime,
    at: Duration,
    number: Option<u64>,
    is_limit: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time.clone();
        let mut state = time.state();
        if state.passed >= self.at {
            if !(self.is_limit && self.number.is_none() && gate::is_disk()) {
                return Poll::Ready(());
            }
            // The limit of a handler that waited longer than that for its turn. Whether it strikes before the first answer
            // of the database must not depend on how fast that is.
            self.at = state.passed.saturating_add(Duration::from_millis(1));
        }
        let number = self.number.unwrap_or_else(|| {
            state.numbered += 1;
            state.numbered
        });
        self.number = Some(number);
        let timer = Timer {
            waker: context.waker().clone(),
            wakes_disk: gate::is_disk(),
        };
        state.timers.insert((self.at, number), timer);
        drop(state);
        if !self.is_limit {
            gate::set_idle(true);
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.time.state().timers.remove(&(self.at, number));
        }
    }
}

/// The output of `work`, or `None` if `limit` completes first.
pub(crate) async fn until<T>(limit: impl Future<Output = ()>, work: impl Future<Output = T>) -> Option<T> {
    let (mut limit, mut work) = (pin!(limit), pin!(work));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn tasks_wake_in_the_order_of_their_times() {
        let time = VirtualTime::default();
        let order = Arc::new(Mutex::new(Vec::new()));
        let world = async {
            let mut tasks = tokio::task::JoinSet::new();
            for hours in [3, 1, 2, 1] {
                let (time, order) = (time.clone(), order.clone());
                tasks.spawn(async move {
                    time.sleep(HOUR * hours).await;
                    order.lock().unwrap().push((hours, time.passed() / 3600));
                });
            }
            while tasks.join_next().await.is_some() {}
        };
        time.run(world).unwrap();
        let second = Duration::from_secs(1);
        let expected = [(1, second), (1, second), (2, 2 * second), (3, 3 * second)];
        assert_eq!(*order.lock().unwrap(), expected);
    }

    #[test]
    fn world_without_a_timer_is_stuck() {
        let time = VirtualTime::default();
        assert!(VirtualTime::default().run(std::future::pending::<()>()).is_err());
        let first = time.run(until(time.sleep(HOUR), std::future::pending::<()>()));
        assert_eq!((first.unwrap(), time.passed()), (None, HOUR));
    }
}
