use std::time::Duration;

use cryptopocket_core::{BoxFuture, Progress, Result, Schedule, Wait, Waiter, WakeHandle};
use cryptopocket_types::{OfframpId, OfframpStatus};

use crate::{OffRamp, Offramp};

/// A wait for an off-ramp, whose limit is still to be chosen.
#[derive(Debug)]
#[must_use = "a wait does nothing until a limit is chosen and it is awaited"]
pub struct OfframpWait(Waiter<Offramp>);

impl OfframpWait {
    /// Paces the wait by a schedule of your own.
    pub fn schedule(self, schedule: Schedule) -> Self {
        Self(self.0.schedule(schedule))
    }

    /// Ends the wait at `status`, or at any that comes after it, instead of at the final one.
    ///
    /// A status that this SDK does not know ends the wait only when it is exactly the one that came.
    pub fn until(self, status: OfframpStatus) -> Self {
        Self(
            self.0.until(move |offramp| {
                Progress::of(offramp.status.as_str(), reaches(&offramp.status, &status))
            }),
        )
    }

    /// Looks again at once when it is used, for instance by the handler of a webhook.
    pub fn wake_handle(&self) -> WakeHandle {
        self.0.wake_handle()
    }

    /// Chooses how long to wait at most, counted from the first look.
    ///
    /// What comes back is a future of the off-ramp in its last state (`.await`) and a stream of its states
    /// (`.next().await`).
    pub fn max_wait(self, limit: Duration) -> Wait<Offramp> {
        self.0.max_wait(limit)
    }

    /// Chooses to wait for ever. No state of failure is known, so an off-ramp that failed may never end this.
    pub fn without_limit(self) -> Wait<Offramp> {
        self.0.without_limit()
    }
}

fn reaches(status: &OfframpStatus, wanted: &OfframpStatus) -> bool {
    let is_beyond = matches!((status.rank(), wanted.rank()), (Some(rank), Some(least)) if rank >= least);
    status == wanted || is_beyond || status.is_final()
}

impl OffRamp {
    /// Waits for an off-ramp: until the money is sent, unless [`OfframpWait::until`] says otherwise.
    ///
    /// All that a wait needs is the id, so it can be begun again after a crash. Looking is a `GET`: passing failures
    /// are borne until the limit. A state that this SDK does not know is given out and waited through, since only
    /// `finished` is known for certain: choose the limit, and judge such states yourself.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** As [`OffRamp::get`].
    ///
    /// Operation: `get_offramp`
    ///
    /// # Errors
    ///
    /// [`WaitTimeout`](cryptopocket_core::ErrorKind::WaitTimeout) at the limit, with
    /// [`polls`](cryptopocket_core::Error::polls) and [`last_state`](cryptopocket_core::Error::last_state); other
    /// errors of [`OffRamp::get`] at once, when they do not pass by themselves.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let reply = |status| format!(r#"{{"status":"ok","data":{{"id":"off2K8dN5rW1qJm7TzC4vHx6p","status":"{status}",
    /// #     "blockchain":"polygon","crypto":"USDC","amount":"20000000","decimals":6,"fiat_amount":"18.24"}}}}"#);
    /// # let replies = [reply("crypto_received"), reply("finished")];
    /// # let session = ScriptedSession::new().next("get_offramp", &[&replies[0], &replies[1]]).session;
    /// use std::time::Duration;
    ///
    /// use cryptopocket_offramp::OffRamp;
    ///
    /// let offramp = OffRamp::new(session);
    /// let mut wait = offramp.wait(&"off2K8dN5rW1qJm7TzC4vHx6p".into()).max_wait(Duration::from_secs(3600));
    /// while let Some(transaction) = wait.next().await {
    ///     println!("now {}", transaction?.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self, id: &OfframpId) -> OfframpWait {
        let (offramp, id) = (self.clone(), id.clone());
        let look = move || -> BoxFuture<'static, Result<Offramp>> {
            let (offramp, id) = (offramp.clone(), id.clone());
            Box::pin(async move { offramp.get(&id).await })
        };
        let waiter = Waiter::new(self.session().runtime().clone(), look, |offramp| {
            Progress::of(offramp.status.as_str(), offramp.is_final())
        });
        OfframpWait(waiter.schedule(Schedule::new(Duration::from_secs(10), Duration::from_secs(120))))
    }
}
