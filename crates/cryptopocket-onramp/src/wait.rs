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
    /// The wait reports unknown statuses and goes on: **no status of failure, expiry or refund is documented**, so choose
    /// a limit and handle such statuses yourself. Errors of [`OnRamp::payment`] end it, unless they are transient.
    ///
    /// Operation: `get_payment`
    pub fn wait_payment(&self, id: &PaymentId) -> Waiter<Payment> {
        let (onramp, id) = (self.clone(), id.clone());
        Waiter::new(self.session().runtime().clone(), move || {
            let (onramp, id) = (onramp.clone(), id.clone());
            async move { onramp.payment(&id).await }
        })
    }
}
