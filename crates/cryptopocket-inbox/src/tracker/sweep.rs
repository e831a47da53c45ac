//! The sweeper: polls objects that no webhook came for.

mod answer;
mod window;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use cryptopocket_webhooks::ObjectState;
use futures_util::future::{Either, select};

use self::window::{Claimed, Window};
use super::handler::ChangeHandler;
use super::object::Object;
use super::settings::Tracker;
use super::store::{Counts, Objects as _, Row};
use crate::error::Result;
use crate::measure;
use crate::runtime::{Outage, jittered};
use crate::transaction::Store;

/// What a poll came to.
///
/// Debug hides the reason.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Polled {
    /// The provider says that the object is in this state.
    State(ObjectState),
    /// The provider says that there is no such object.
    Missing,
    /// Nothing is known.
    Failed {
        /// How long the provider asks to wait before any other call.
        retry_after: Option<Duration>,
        /// Why; stored with the object.
        reason: String,
    },
}

impl Polled {
    /// `state`, `missing` or `failed`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::State(_) => "state",
            Self::Missing => "missing",
            Self::Failed { .. } => "failed",
        }
    }
}

impl std::fmt::Debug for Polled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Asks the provider for the state of an object.
pub trait Poll: Send + Sync {
    /// Sends a GET for the object. It may be repeated inside.
    fn poll(&self, object: &Object) -> impl Future<Output = Polled> + Send;
}

impl<S: Store, C: ChangeHandler<S::Transaction>> Tracker<S, C> {
    /// Polls objects that are due until `shutdown` completes, then cancels the polls that run and returns their claims.
    ///
    /// Several sweepers may run, on several machines if the store is shared. Failures of the store are waited out.
    ///
    /// # Errors
    /// Only those that waiting does not end: [`Closed`](crate::ErrorKind::Closed), [`TooNew`](crate::ErrorKind::TooNew).
    pub async fn run<P: Poll>(&self, poller: P, shutdown: impl Future<Output = ()> + Send) -> Result<()> {
        let mut shutdown = pin!(shutdown);
        let mut window = Window::default();
        let mut outage = Outage::default();
        loop {
            let wait = match self.fill(&mut window, &poller).await {
                Ok(wait) => {
                    outage.end();
                    wait.unwrap_or(self.look_interval)
                }
                Err(error) => outage.wait(error, "sweeper")?,
            };
            let ended = {
                let next = pin!(self.next(&mut window, wait));
                match select(shutdown.as_mut(), next).await {
                    Either::Left(_) => None,
                    Either::Right((recorded, _)) => Some(recorded),
                }
            };
            match ended {
                None => return self.give_back(window.into_claims()).await,
                Some(Ok(())) => {}
                // Its object stays claimed until the lease ends.
                Some(Err(error)) => drop(outage.wait(error, "sweeper")?),
            }
        }
    }

    /// Waits until a poll ends, or for `wait`.
    async fn next(&self, window: &mut Window<'_>, wait: Duration) -> Result<()> {
        let runtime = self.inbox.runtime();
        let wait = jittered(runtime, wait);
        if window.is_empty() {
            runtime.sleep(wait).await;
            return Ok(());
        }
        // Virtual time must not run ahead of the polls.
        match select(pin!(window.next()), runtime.deadline(wait)).await {
            Either::Left((recorded, _)) => recorded,
            Either::Right(_) => Ok(()),
        }
    }

    /// Polls every object that is due, and returns how many polls there were.
    ///
    /// # Errors
    /// The first failure of the store.
    pub async fn run_until_idle<P: Poll>(&self, poller: &P) -> Result<u64> {
        let mut window = Window::default();
        let mut polls = 0;
        loop {
            let wait = self.fill(&mut window, poller).await?;
            if !window.is_empty() {
                window.next().await?;
                polls += 1;
            } else if let Some(wait) = wait {
                self.inbox.runtime().sleep(wait).await;
            } else {
                return Ok(polls);
            }
        }
    }

    /// Counts objects.
    ///
    /// With the feature `metrics` this also sets the gauges: call it at intervals.
    pub async fn counts(&self) -> Result<Counts> {
        let now = self.inbox.now();
        let counts = self
            .store()
            .view(move |objects| Box::pin(objects.tracked(now)))
            .await?;
        measure::tracked(&counts, now);
        Ok(counts)
    }

    /// Claims as many objects as there is room for and the rate allows. Tells how long to wait for the rate; `None` if
    /// nothing more is due.
    async fn fill<'a, P: Poll>(&'a self, window: &mut Window<'a>, poller: &'a P) -> Result<Option<Duration>> {
        window.beside(self.beat()).await?;
        loop {
            let now = self.inbox.now();
            let busy = u32::try_from(window.len()).unwrap_or(u32::MAX);
            let room = self.concurrency.saturating_sub(busy);
            if room == 0 {
                return Ok(Some(self.look_interval));
            }
            // After a crash another sweeper waits for as long.
            let lease = self.poll_limit.saturating_mul(2);
            let rate = self.rate_limit;
            let claim = self
                .store()
                .transact(move |objects| Box::pin(objects.claim_due(now, lease, room, rate)));
            let claimed = window.beside(claim).await?;
            let is_all = claimed.objects.len() < room as usize;
            for row in claimed.objects {
                let key = (row.object.clone(), row.token);
                window.push(key, Box::pin(self.poll_one(row, poller)));
            }
            if claimed.wait.is_some() || is_all {
                return Ok(claimed.wait);
            }
        }
    }

    /// Makes claimed objects due again at once.
    async fn give_back(&self, mut claims: Vec<Claimed>) -> Result<()> {
        let now = self.inbox.now();
        // All transactions that lock several objects do it in one order.
        claims.sort_unstable();
        let give_back = self.store().transact(move |objects| {
            Box::pin(async move {
                for (object, token) in claims {
                    let (mut row, _) = objects.lock(Row::fresh(object, now)).await?;
                    if row.token == token && row.due_at.is_some() {
                        row.due_at = Some(now);
                        objects.save(row, Vec::new()).await?;
                    }
                }
                Ok(())
            })
        });
        give_back.await
    }
}
