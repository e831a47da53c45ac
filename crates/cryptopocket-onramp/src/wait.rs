use std::time::Duration;

use cryptopocket_core::{Progress, Schedule, Waiter};
use cryptopocket_types::{PaymentId, PaymentStatus, PaymentType};

use crate::{OnRamp, Payment};

impl Progress for Payment {
    type State = PaymentStatus;

    fn state(&self) -> &PaymentStatus {
        &self.status
    }

    fn is_final(&self) -> bool {
        self.status.is_final()
    }

    fn rank(status: &PaymentStatus) -> Option<u8> {
        status.rank()
    }
}

impl Payment {
    /// Polling pauses that suit a payment method, for [`Waiter::schedule`].
    ///
    /// Seconds for card and PSD2, 30 s and more for a bank transfer. A transfer takes hours or days, so polling it
    /// every few seconds only costs requests.
    pub fn schedule(payment_type: &PaymentType) -> Schedule {
        let (first, longest) = match payment_type {
            PaymentType::Card => (2, 20),
            PaymentType::Psd2 | PaymentType::Paypal => (3, 30),
            PaymentType::Transfer => (30, 600),
            _ => (5, 120),
        };
        Schedule::new(Duration::from_secs(first), Duration::from_secs(longest))
    }
}

impl OnRamp {
    /// Waits until the coins of a payment are sent, or for the status of [`Waiter::until`].
    ///
    /// The wait needs only the id, so it can be started again after a crash. Each poll is a `GET`; transient errors are
    /// retried until the limit. The wait reports unknown statuses and goes on: **no status of failure, expiry or refund
    /// is documented**, so choose a limit and handle such statuses yourself.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** As [`OnRamp::payment`].
    ///
    /// Operation: `get_payment`
    ///
    /// # Errors
    ///
    /// [`WaitTimeout`](cryptopocket_core::ErrorKind::WaitTimeout) at the limit, with
    /// [`polls`](cryptopocket_core::Error::polls) and [`last_state`](cryptopocket_core::Error::last_state). Other
    /// errors of [`OnRamp::payment`] end the wait at once, unless they are transient.
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
    /// # let replies = ["started", "coins_sent", "payment_received", "coins_sent"].map(reply);
    /// # let session = ScriptedSession::new().next("get_payment", &replies.each_ref().map(String::as_str)).session;
    /// use std::time::Duration;
    ///
    /// use cryptopocket_onramp::{OnRamp, Payment};
    /// use cryptopocket_types::{PaymentStatus, PaymentType};
    ///
    /// let onramp = OnRamp::new(session);
    /// let id = "pay4H8nC2wY6jTf5QdV1xRk9m".into();
    /// let payment = onramp.wait_payment(&id).max_wait(Duration::from_secs(15 * 60)).await?;
    /// println!("{} sent in {:?}", payment.coin, payment.txid);
    ///
    /// // Each status on the way, up to `payment_received`:
    /// let mut wait = onramp
    ///     .wait_payment(&id)
    ///     .schedule(Payment::schedule(&PaymentType::Card))
    ///     .until(PaymentStatus::PaymentReceived)
    ///     .max_wait(Duration::from_secs(15 * 60));
    /// let webhook = wait.wake_handle(); // In the handler of PAY_IN: webhook.wake().
    /// while let Some(payment) = wait.next().await {
    ///     println!("now {}", payment?.status);
    /// }
    /// # drop(webhook);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_payment(&self, id: &PaymentId) -> Waiter<Payment> {
        let (onramp, id) = (self.clone(), id.clone());
        Waiter::new(self.session().runtime().clone(), move || {
            let (onramp, id) = (onramp.clone(), id.clone());
            async move { onramp.payment(&id).await }
        })
    }
}
