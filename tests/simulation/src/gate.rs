//! Real work beside virtual time: while a database is at work, the world stands still.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

/// A database that takes longer than this is stuck.
const LIMIT: Duration = Duration::from_mins(2);

thread_local! {
    /// Whether this thread belongs to a database.
    static IS_DISK: Cell<bool> = const { Cell::new(false) };
    /// Whether what was polled last waits for virtual time.
    static IS_IDLE: Cell<bool> = const { Cell::new(false) };
}

/// Holds the thread of a world while its database is at work on another thread.
///
/// Otherwise virtual time would run ahead of the database, and the order of their steps would be another in each run.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    work: Mutex<Work>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Work {
    reads: u32,
    writes: u32,
    /// A handler waits for virtual time within its transaction, and all other writes wait for it.
    is_asleep: bool,
    /// The thread of the database has nothing to do. An answer of the database may come before it is awaited, so that a
    /// handler falls asleep while the answers of others are not yet handed on.
    is_parked: bool,
    /// Tasks of the world whose operations are done. The world wakes them itself: woken from the other thread, they would
    /// come before or after what the store wakes, as chance has it.
    done: Vec<Waker>,
}

/// Whether an operation waits for the transaction of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

impl Gate {
    pub(crate) fn begin(&self, access: Access) {
        let mut work = self.work();
        match access {
            Access::Read => work.reads += 1,
            Access::Write => work.writes += 1,
        }
    }

    pub(crate) fn end(&self, access: Access, waiting: Option<Waker>) {
        let mut work = self.work();
        work.done.extend(waiting);
        match access {
            Access::Read => work.reads = work.reads.saturating_sub(1),
            Access::Write => work.writes = work.writes.saturating_sub(1),
        }
        drop(work);
        self.changed.notify_all();
    }

    /// The handler waits for virtual time, or is about to go on.
    pub(crate) fn set_asleep(&self, asleep: bool) {
        self.work().is_asleep = asleep;
        self.changed.notify_all();
    }

    /// The thread of the database waits, or goes on.
    pub(crate) fn set_parked(&self, parked: bool) {
        self.work().is_parked = parked;
        self.changed.notify_all();
    }

    /// Nothing is at work: the process died.
    pub(crate) fn clear(&self) {
        *self.work() = Work::default();
    }

    /// Blocks until the database can do no more before virtual time moves.
    pub(crate) fn wait(&self) {
        if is_disk() {
            return;
        }
        let is_at_work = |work: &mut Work| {
            let can_go_on = !(work.is_asleep && work.is_parked);
            work.reads > 0 || (work.writes > 0 && can_go_on)
        };
        let waited = self.changed.wait_timeout_while(self.work(), LIMIT, is_at_work);
        let (mut work, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "the database is stuck: {:?}", *work);
        let done = std::mem::take(&mut work.done);
        drop(work);
        done.into_iter().for_each(Waker::wake);
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that this thread belongs to a database.
pub(crate) fn enter_disk() {
    IS_DISK.set(true);
}

pub(crate) fn is_disk() -> bool {
    IS_DISK.get()
}

/// Says that what is being polled waits for virtual time.
pub(crate) fn set_idle(idle: bool) {
    IS_IDLE.set(idle);
}

pub(crate) fn is_idle() -> bool {
    IS_IDLE.get()
}
