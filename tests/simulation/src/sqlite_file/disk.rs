//! The thread on which a store does its work.

use std::future::{Future, poll_fn};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{BoxFuture, Error};
use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;

use super::TABLE;
use crate::gate::{self, Access, Gate};

/// An open store and its thread.
#[derive(Debug)]
pub(super) struct Disk {
    store: Arc<SqliteStore>,
    gate: Arc<Gate>,
    handle: Handle,
    end: Arc<Notify>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Disk {
    /// Opens the file at `path`, made if missing, and begins its thread.
    pub(super) fn open(path: PathBuf, gate: Arc<Gate>) -> Self {
        let (opened, opening) = sync_channel(1);
        let end = Arc::new(Notify::new());
        let ended = Arc::clone(&end);
        let (parked, unparked) = (Arc::clone(&gate), Arc::clone(&gate));
        let thread = std::thread::spawn(move || {
            gate::enter_disk();
            // The pool of readers has timers of its own, for connections that are not used.
            let runtime = Builder::new_current_thread()
                .enable_time()
                .on_thread_park(move || parked.set_parked(true))
                .on_thread_unpark(move || unparked.set_parked(false))
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async move {
                drop(opened.send((open(path).await, Handle::current())));
                ended.notified().await;
            });
            // The runtime drops all tasks here, whatever they are doing, and with them the connections.
        });
        let (store, handle) = match opening.recv() {
            Ok((Ok(store), handle)) => (store, handle),
            other => panic!("the file of the store cannot be opened: {other:?}"),
        };
        Self {
            store: Arc::new(store),
            gate,
            handle,
            end,
            thread: Mutex::new(Some(thread)),
        }
    }

    /// Drops everything in the middle of what it does.
    pub(super) fn kill(&self) {
        self.end.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(thread.map(JoinHandle::join));
    }

    /// The store, for what is not an operation.
    pub(super) fn store(&self) -> Arc<SqliteStore> {
        Arc::clone(&self.store)
    }

    pub(super) async fn read<T, F>(&self, work: impl FnOnce(Arc<SqliteStore>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.run(Access::Read, work(self.store())).await
    }

    pub(super) async fn write<T, F>(&self, work: impl FnOnce(Arc<SqliteStore>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.run(Access::Write, work(self.store())).await
    }

    /// Does `work` on the thread of the store. The thread of the world waits as long as that makes progress.
    async fn run<T: Send + 'static>(
        &self,
        access: Access,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let slot = Arc::new(Mutex::new(Slot::<T>::default()));
        let (filled, gate) = (Arc::clone(&slot), Arc::clone(&self.gate));
        self.gate.begin(access);
        self.handle.spawn(async move {
            let output = work.await;
            let mut slot = filled.lock().unwrap_or_else(PoisonError::into_inner);
            slot.output = Some(output);
            let waker = slot.waker.take();
            drop(slot);
            gate.end(access, waker);
        });
        self.gate.wait();
        poll_fn(|context| {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(output) = slot.output.take() {
                return Poll::Ready(output);
            }
            slot.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// The work of a handler, which tells the gate when it waits for virtual time.
    pub(super) fn watched<'a, T>(gate: &Arc<Gate>, work: BoxFuture<'a, T>) -> BoxFuture<'a, T>
    where
        T: 'a,
    {
        Box::pin(Watched {
            work,
            gate: Arc::clone(gate),
        })
    }

    pub(super) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }
}

async fn open(path: PathBuf) -> Result<SqliteStore, Error> {
    let store = SqliteStore::open(path).await?;
    store
        .write(|connection| {
            Box::pin(async move {
                sqlx::query(TABLE).execute(connection).await?;
                Ok(())
            })
        })
        .await?;
    Ok(store)
}

struct Slot<T> {
    output: Option<T>,
    waker: Option<Waker>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            output: None,
            waker: None,
        }
    }
}

struct Watched<'a, T> {
    work: BoxFuture<'a, T>,
    gate: Arc<Gate>,
}

impl<T> Future for Watched<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        gate::set_idle(false);
        let polled = self.work.as_mut().poll(context);
        if polled.is_pending() && gate::is_idle() {
            self.gate.set_asleep(true);
        }
        polled
    }
}
