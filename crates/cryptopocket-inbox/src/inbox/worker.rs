//! The worker: claims, handles, waits.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::task::JoinSet;

use super::{Inbox, Outcome};
use crate::delivery::Claim;
use crate::error::{ErrorKind, Result};
use crate::handler::Handler;
use crate::runtime::{Outage, jittered};
use crate::transaction::Store;

impl<S: Store> Inbox<S> {
    /// Handles events until `shutdown` completes, then finishes those that are being handled and returns the others.
    ///
    /// Several workers may run, on several machines if the store is shared. Failures of the store are waited out.
    ///
    /// # Errors
    /// Only those that waiting does not end: [`Closed`](ErrorKind::Closed), [`TooNew`](ErrorKind::TooNew).
    pub async fn run<H>(&self, handler: H, shutdown: impl Future<Output = ()> + Send) -> Result<()>
    where
        H: Handler<S::Transaction>,
    {
        let handler = Arc::new(handler);
        let mut shutdown = pin!(shutdown);
        let mut running = JoinSet::new();
        let mut outage = Outage::default();
        loop {
            let wait = match self.fill(&mut running, &handler).await {
                Ok(claimed) => {
                    outage.end();
                    Ok((!claimed).then_some(self.inner.poll_interval))
                }
                Err(error) => outage.wait(error, "inbox").map(Some),
            };
            let stop = match wait {
                Ok(wait) => {
                    let next = pin!(self.next_look(&mut running, wait));
                    matches!(select(shutdown.as_mut(), next).await, Either::Left(_)).then_some(Ok(()))
                }
                Err(error) => Some(Err(error)),
            };
            if let Some(ended) = stop {
                while running.join_next().await.is_some() {}
                return ended;
            }
        }
    }

    /// Handles every event that is due and returns the number of those that were done.
    ///
    /// # Errors
    /// The first failure of the store.
    pub async fn run_until_idle<H: Handler<S::Transaction>>(&self, handler: H) -> Result<u64> {
        let handler = Arc::new(handler);
        let mut done = 0;
        loop {
            let claims = self.claim(self.inner.concurrency).await?;
            if claims.is_empty() {
                return Ok(done);
            }
            let mut running = JoinSet::new();
            for claim in claims {
                self.spawn(&mut running, claim, &handler);
            }
            while let Some(result) = running.join_next().await {
                if let Ok(result) = result {
                    done += u64::from(result?);
                }
            }
        }
    }

    /// Claims as many events as there is room for; whether any were due.
    async fn fill<H>(&self, running: &mut JoinSet<Result<bool>>, handler: &Arc<H>) -> Result<bool>
    where
        H: Handler<S::Transaction>,
    {
        while running.try_join_next().is_some() {}
        let busy = u32::try_from(running.len()).unwrap_or(u32::MAX);
        let room = self.inner.concurrency.saturating_sub(busy);
        // One claim for several events costs one commit.
        if room == 0 || room < self.inner.concurrency.div_ceil(2) {
            return Ok(true);
        }
        let claims = self.claim(room).await?;
        let any = !claims.is_empty();
        for claim in claims {
            self.spawn(running, claim, handler);
        }
        Ok(any)
    }

    fn spawn<H>(&self, running: &mut JoinSet<Result<bool>>, claim: Claim, handler: &Arc<H>)
    where
        H: Handler<S::Transaction>,
    {
        let inbox = self.clone();
        let handler = Arc::clone(handler);
        running.spawn(async move {
            match inbox.complete(claim, handler).await {
                Ok(outcome) => Ok(outcome == Outcome::Done),
                // Another worker has it; nothing was written here.
                Err(error) if error.kind() == ErrorKind::LeaseLost => Ok(false),
                Err(error) => {
                    tracing::warn!(kind = error.kind().as_str(), "the inbox cannot complete an event");
                    Err(error)
                }
            }
        });
    }

    /// Waits until there may be something to claim: for `wait` or a new event, or until some of the running are done.
    async fn next_look(&self, running: &mut JoinSet<Result<bool>>, wait: Option<Duration>) {
        let Some(wait) = wait else {
            let full = usize::try_from(self.inner.concurrency).unwrap_or(usize::MAX);
            while running.len() > full / 2 && running.join_next().await.is_some() {}
            return;
        };
        let sleep = self.inner.runtime.sleep(jittered(self.runtime(), wait));
        let woken = pin!(self.inner.store.woken());
        select(woken, sleep).await;
    }
}
