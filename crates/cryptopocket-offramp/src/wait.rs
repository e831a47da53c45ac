use std::time::Duration;

use cryptopocket_core::{Progress, Schedule, Waiter};
use cryptopocket_types::{OfframpId, OfframpStatus};

use crate::{OffRamp, Offramp};

impl Progress for Offramp {
    type State = OfframpStatus;

    fn state(&self) -> &OfframpStatus {
        &self.status
    }

    fn is_final(&self) -> bool {
        self.status.is_final()
    }

    fn rank(status: &OfframpStatus) -> Option<u8> {
        status.rank()
    }
}

impl OffRamp {
    /// Waits until the money of an off-ramp is sent, or for the status of [`Waiter::until`].
    ///
    /// The wait needs only the id, so it can be started again after a crash. Each poll is a `GET`; transient errors are
    /// retried until the limit. The wait reports unknown statuses and goes on: only `finished` is known to be final, so
    /// choose a limit and handle such statuses yourself. Pauses grow from 10 s to 2 min.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** As [`OffRamp::offramp`].
    ///
    /// Operation: `get_offramp`
    ///
    /// # Errors
    ///
    /// [`WaitTimeout`](cryptopocket_core::ErrorKind::WaitTimeout) at the limit, with
    /// [`polls`](cryptopocket_core::Error::polls) and [`last_state`](cryptopocket_core::Error::last_state). Other
    /// errors of [`OffRamp::offramp`] end the wait at once, unless they are transient.
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
    /// let mut wait = offramp.wait_offramp(&"off2K8dN5rW1qJm7TzC4vHx6p".into()).max_wait(Duration::from_secs(3600));
    /// while let Some(offramp) = wait.next().await {
    ///     println!("now {}", offramp?.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_offramp(&self, id: &OfframpId) -> Waiter<Offramp> {
        let (offramp, id) = (self.clone(), id.clone());
        Waiter::new(self.session().runtime().clone(), move || {
            let (offramp, id) = (offramp.clone(), id.clone());
            async move { offramp.offramp(&id).await }
        })
        .schedule(Schedule::new(Duration::from_secs(10), Duration::from_secs(120)))
    }
}
