//! The world behind its lock, its state file, and the bells that ring when it has changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::store::{Mark, Store, Stuck};
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    store: Option<Store>,
    /// Rings when the worker may have something to do.
    pub(crate) wake: Notify,
    /// Rings when the worker has looked.
    looked: Notify,
}

impl Shared {
    pub(crate) fn new(world: World, store: Option<Store>) -> Self {
        Self {
            world: Mutex::new(world),
            store,
            wake: Notify::new(),
            looked: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only reads.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the world and lets what is due happen. Nobody may be told of it before the mark is written.
    fn begin<T>(&self, change: impl FnOnce(&mut World) -> T) -> (T, Mark) {
        let mut world = self.lock();
        let result = change(&mut world);
        world.settle();
        let wake = world.has_work();
        let mark = self
            .store
            .as_ref()
            .map(|store| store.write(world.changes()))
            .unwrap_or_default();
        drop(world);
        if wake {
            self.wake.notify_one();
        }
        self.looked.notify_waiters();
        (result, mark)
    }

    /// Changes the world, lets what is due happen, and wakes the worker. What happened is in the state file when this
    /// returns.
    pub(crate) async fn transact<T>(&self, change: impl FnOnce(&mut World) -> T) -> Result<T, Stuck> {
        let (result, mark) = self.begin(change);
        match &self.store {
            Some(store) => store.written(mark).await.map(|()| result),
            None => Ok(result),
        }
    }

    /// The same for those who cannot wait otherwise than by blocking.
    pub(crate) fn transact_blocking<T>(&self, change: impl FnOnce(&mut World) -> T) -> Result<T, Stuck> {
        let (result, mark) = self.begin(change);
        match &self.store {
            Some(store) => store.block_until_written(mark).map(|()| result),
            None => Ok(result),
        }
    }

    /// Lets what is due happen and takes what `work` takes, without waking the worker, which is who asks.
    pub(crate) async fn work<T>(&self, work: impl FnOnce(&mut World) -> T) -> Result<T, Stuck> {
        let (taken, mark) = {
            let mut world = self.lock();
            world.settle();
            let taken = work(&mut world);
            let mark = self.store.as_ref().map(|store| store.write(world.changes()));
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
            let mut world = self.lock();
            // Closing writes what was handed over before it.
            let _: Mark = store.write(world.last_changes());
            drop(world);
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
            if self.look(|world| world.post.is_idle()) {
                return;
            }
            looked.await;
        }
    }
}
