//! The world behind its lock, its state file, and the bells that ring when it has changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptopocket_emulator::Engine;
use tokio::sync::Notify;

use crate::access::Access;
use crate::store::{Mark, Store, Stuck};

#[derive(Debug)]
pub(crate) struct Shared {
    engine: Mutex<Engine>,
    access: Access,
    store: Option<Store>,
    /// Rings when the worker may have something to do.
    pub(crate) wake: Notify,
    /// Rings when the worker has looked.
    looked: Notify,
}

impl Shared {
    pub(crate) fn new(engine: Engine, access: Access, store: Option<Store>) -> Self {
        Self {
            engine: Mutex::new(engine),
            access,
            store,
            wake: Notify::new(),
            looked: Notify::new(),
        }
    }

    /// Who may use the control plane.
    pub(crate) const fn access(&self) -> Access {
        self.access
    }

    fn lock(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only reads.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the world and lets what is due happen. Nobody may be told of it before the mark is written.
    fn begin<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> (T, Mark) {
        let mut engine = self.lock();
        let result = change(&mut engine);
        engine.settle();
        let wake = !engine.is_idle() || engine.next_timer().is_some();
        let mark = self
            .store
            .as_ref()
            .map(|store| store.write(engine.changes()))
            .unwrap_or_default();
        drop(engine);
        if wake {
            self.wake.notify_one();
        }
        self.looked.notify_waiters();
        (result, mark)
    }

    /// Changes the world, lets what is due happen, and wakes the worker. What happened is in the state file when this
    /// returns.
    pub(crate) async fn transact<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> Result<T, Stuck> {
        let (result, mark) = self.begin(change);
        match &self.store {
            Some(store) => store.written(mark).await.map(|()| result),
            None => Ok(result),
        }
    }

    /// The same for those who cannot wait otherwise than by blocking.
    pub(crate) fn transact_blocking<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> Result<T, Stuck> {
        let (result, mark) = self.begin(change);
        match &self.store {
            Some(store) => store.block_until_written(mark).map(|()| result),
            None => Ok(result),
        }
    }

    /// Lets what is due happen and takes what `work` takes, without waking the worker, which is who asks.
    pub(crate) async fn work<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> Result<T, Stuck> {
        let (taken, mark) = {
            let mut engine = self.lock();
            engine.settle();
            let taken = work(&mut engine);
            let mark = self.store.as_ref().map(|store| store.write(engine.changes()));
            (taken, mark.unwrap_or_default())
        };
        match &self.store {
            Some(store) => store.written(mark).await.map(|()| taken),
            None => Ok(taken),
        }
    }

    /// Lets go of the state file.
    pub(crate) fn close(&self) {
        if let Some(store) = &self.store {
            let mut engine = self.lock();
            // Closing writes what was handed over before it.
            let _: Mark = store.write(engine.last_changes());
            drop(engine);
            store.close();
        }
    }

    pub(crate) fn tell_waiting(&self) {
        self.looked.notify_waiters();
    }

    /// Waits until no webhook is ready or under way.
    pub(crate) async fn settled(&self) {
        loop {
            let looked = self.looked.notified();
            tokio::pin!(looked);
            looked.as_mut().enable();
            if self.look(Engine::is_idle) {
                return;
            }
            looked.await;
        }
    }
}
