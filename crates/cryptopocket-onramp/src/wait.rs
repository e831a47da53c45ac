use std::time::Duration;

use cryptopocket_core::{BoxFuture, Progress, Result, Schedule, Wait, Waiter, WakeHandle};
use cryptopocket_types::{PaymentId, PaymentStatus, PaymentType};

use crate::{OnRamp, Payment};

/// A wait for a payment, whose limit is still to be chosen.
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::testing::ScriptedSession;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let reply = |status| format!(r#"{{"status":"ok","data":{{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":null,
/// #     "user_id":"100067","status":"{status}","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC",
/// #     "coin_amount":148.32,"created_at":"2026-06-20T10:15:30.123456Z","holder":null}}}}"#);
/// # let replies = [reply("started"), reply("payment_received")];
/// # let session = ScriptedSession::new().next("get_payment", &[&replies[0], &replies[1]]).session;
/// use std::time::Duration;
///
/// use cryptopocket_onramp::OnRamp;
/// use cryptopocket_types::{PaymentStatus, PaymentType};
///
/// let onramp = OnRamp::new(session);
/// let mut wait = onramp
///     .wait(&"pay4H8nC2wY6jTf5QdV1xRk9m".into())
///     .paid_by(&PaymentType::Card)
///     .until(PaymentStatus::PaymentReceived)
///     .max_wait(Duration::from_secs(15 * 60));
/// let webhook = wait.wake_handle(); // for the handler of PAY_IN: webhook.wake()
/// while let Some(payment) = wait.next().await {
///     println!("now {}", payment?.status);
/// }
/// # drop(webhook);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a wait does nothing until a limit is chosen and it is awaited"]
pub struct PaymentWait(Waiter<Payment>);

impl PaymentWait {
    /// Paces the wait for a method: seconds for card and PSD2, half a minute and more for a bank transfer.
    pub fn paid_by(self, method: &PaymentType) -> Self {
        self.schedule(pace(method))
    }

    /// Paces the wait by a schedule of your own.
    pub fn schedule(self, schedule: Schedule) -> Self {
        Self(self.0.schedule(schedule))
    }

    /// Ends the wait at `status`, or at any that comes after it, instead of at the final one.
    ///
    /// A status that this SDK does not know ends the wait only when it is exactly the one that came.
    pub fn until(self, status: PaymentStatus) -> Self {
        Self(
            self.0.until(move |payment| {
                Progress::of(payment.status.as_str(), reaches(&payment.status, &status))
            }),
        )
    }

    /// Looks again at once when it is used, for instance by the handler of a webhook.
    pub fn wake_handle(&self) -> WakeHandle {
        self.0.wake_handle()
    }

    /// Chooses how long to wait at most, counted from the first look.
    ///
    /// What comes back is a future of the payment in its last state (`.await`) and a stream of its states
    /// (`.next().await`).
    pub fn max_wait(self, limit: Duration) -> Wait<Payment> {
        self.0.max_wait(limit)
    }

    /// Chooses to wait for ever. No state of failure is documented, so a payment that failed may never end this.
    pub fn without_limit(self) -> Wait<Payment> {
        self.0.without_limit()
    }
}

fn reaches(status: &PaymentStatus, wanted: &PaymentStatus) -> bool {
    let is_beyond = matches!((status.rank(), wanted.rank()), (Some(rank), Some(least)) if rank >= least);
    status == wanted || is_beyond || status.is_final()
}

fn pace(method: &PaymentType) -> Schedule {
    let (first, longest) = match method {
        PaymentType::Card => (2, 20),
        PaymentType::Psd2 | PaymentType::Paypal => (3, 30),
        PaymentType::Transfer => (30, 600),
        _ => (5, 120),
    };
    Schedule::new(Duration::from_secs(first), Duration::from_secs(longest))
}

impl OnRamp {
    /// Waits for a payment: until the coins are sent, unless [`PaymentWait::until`] says otherwise.
    ///
    /// All that a wait needs is the id, so it can be begun again after a crash. Looking is a `GET`: passing failures
    /// are borne until the limit. A state that this SDK does not know is given out and waited through, since **no state
    /// of failure, expiry or refund is documented**: choose the limit, and judge such states yourself.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** As [`OnRamp::payment`].
    ///
    /// Operation: `get_payment`
    ///
    /// # Errors
    ///
    /// [`WaitTimeout`](cryptopocket_core::ErrorKind::WaitTimeout) at the limit, with
    /// [`polls`](cryptopocket_core::Error::polls) and [`last_state`](cryptopocket_core::Error::last_state); other
    /// errors of [`OnRamp::payment`] at once, when they do not pass by themselves.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let reply = |status| format!(r#"{{"status":"ok","data":{{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":null,
    /// #     "user_id":"100067","status":"{status}","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC",
    /// #     "coin_amount":148.32,"created_at":"2026-06-20T10:15:30.123456Z","holder":null,"txid":"0x8f2d"}}}}"#);
    /// # let replies = [reply("started"), reply("coins_sent")];
    /// # let session = ScriptedSession::new().next("get_payment", &[&replies[0], &replies[1]]).session;
    /// use std::time::Duration;
    ///
    /// use cryptopocket_onramp::OnRamp;
    ///
    /// let onramp = OnRamp::new(session);
    /// let id = "pay4H8nC2wY6jTf5QdV1xRk9m".into();
    /// let payment = onramp.wait(&id).max_wait(Duration::from_secs(15 * 60)).await?;
    /// println!("{} sent in {:?}", payment.coin, payment.txid);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self, id: &PaymentId) -> PaymentWait {
        let (onramp, id) = (self.clone(), id.clone());
        let look = move || -> BoxFuture<'static, Result<Payment>> {
            let (onramp, id) = (onramp.clone(), id.clone());
            Box::pin(async move { onramp.payment(&id).await })
        };
        let runtime = self.session().runtime().clone();
        PaymentWait(Waiter::new(runtime, look, |payment| {
            Progress::of(payment.status.as_str(), payment.is_final())
        }))
    }
}
