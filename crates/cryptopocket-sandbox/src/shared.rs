//! The engine behind its lock, with its state file and the signals that it changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptopocket_emulator::Engine;
use tokio::sync::Notify;

use crate::front::Access;
use crate::store::{Mark, Store, Stuck};

#[derive(Debug)]
pub(crate) struct Shared {
    engine: Mutex<Engine>,
    /// The requests that may use the control plane.
    pub(crate) access: Access,
    store: Option<Store>,
    /// Wakes the delivery worker: a webhook may be ready, or a timer pending.
    pub(crate) wake: Notify,
    /// Wakes [`Shared::settled`].
    changed: Notify,
}

impl Shared {
    pub(crate) fn new(engine: Engine, access: Access, store: Option<Store>) -> Self {
        Self {
            engine: Mutex::new(engine),
            access,
            store,
            wake: Notify::new(),
            changed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the engine.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the engine and fires its due timers. The result may be reported once the mark is written.
    fn change<T>(&self, wakes_worker: bool, change: impl FnOnce(&mut Engine) -> T) -> (T, Mark) {
        let mut engine = self.lock();
        let result = change(&mut engine);
        engine.settle();
        let has_work = !engine.is_idle() || engine.next_timer().is_some();
        let store = self.store.as_ref();
        let mark = store
            .map(|store| store.write(engine.changes()))
            .unwrap_or_default();
        drop(engine);
        self.changed.notify_waiters();
        if wakes_worker && has_work {
            self.wake.notify_one();
        }
        (result, mark)
    }

    async fn written(&self, mark: Mark) -> Result<(), Stuck> {
        match &self.store {
            Some(store) => store.written(mark).await,
            None => Ok(()),
        }
    }

    /// Changes the engine, fires its due timers, wakes the worker, and waits until the change is in the state file.
    pub(crate) async fn transact<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> Result<T, Stuck> {
        let (result, mark) = self.change(true, change);
        self.written(mark).await.map(|()| result)
    }

    /// [`Shared::transact`] for callers that are not async.
    pub(crate) fn transact_blocking<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> Result<T, Stuck> {
        // Inside a task the budget of tokio's scheduler is never refilled while this blocks, hence `unconstrained`.
        pollster::block_on(tokio::task::unconstrained(self.transact(change)))
    }

    /// [`Shared::transact`] for the worker itself, which is not woken.
    pub(crate) async fn work<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> Result<T, Stuck> {
        let (result, mark) = self.change(false, work);
        self.written(mark).await.map(|()| result)
    }

    /// Writes the remaining changes and closes the state file.
    pub(crate) fn close(&self) {
        if let Some(store) = &self.store {
            let mut engine = self.lock();
            // No need to wait: closing writes everything handed over before.
            let _: Mark = store.write(engine.last_changes());
            drop(engine);
            store.close();
        }
    }

    /// Waits until no webhook is ready or in flight.
    pub(crate) async fn settled(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Listens before it looks: a change in between must not be missed.
            changed.as_mut().enable();
            if self.look(Engine::is_idle) {
                return;
            }
            changed.await;
        }
    }
}
