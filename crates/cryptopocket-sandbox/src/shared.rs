//! The world behind its lock, and the bells that ring when it has changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    /// Rings when the worker may have something to do.
    pub(crate) wake: Notify,
    /// Rings when the worker has looked.
    looked: Notify,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world: Mutex::new(world),
            wake: Notify::new(),
            looked: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, or changes what the worker does not have to know of.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.lock())
    }

    /// Changes the world, lets what is due happen, and wakes the worker.
    pub(crate) fn transact<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        let result = change(&mut world);
        world.settle();
        let wake = world.has_work();
        drop(world);
        if wake {
            self.wake.notify_one();
        }
        self.looked.notify_waiters();
        result
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
