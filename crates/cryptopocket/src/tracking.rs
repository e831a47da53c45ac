//! The tracker of the inbox, tied to the client: polls, the bank feed, and what a restored backup does not know.

mod listed;

use cryptopocket_inbox::tracker::{Object, Poll, Polled};
#[cfg(any(feature = "onramp", feature = "offramp"))]
use cryptopocket_webhooks::ObjectState;

use crate::Client;

pub use listed::{TrackError, track_listed};

/// Polls payments and off-ramps with their GET, for `Tracker::run` and `Tracker::run_until_idle`.
///
/// An id that the provider does not know is [`Missing`](Polled::Missing). Anything else that is no state is
/// [`Failed`](Polled::Failed), with the pause that the provider asks for.
impl Poll for Client {
    async fn poll(&self, object: &Object) -> Polled {
        match object {
            #[cfg(feature = "onramp")]
            Object::Payment(id) => polled(self.onramp().payment(id).await, |payment| payment.status.into()),
            #[cfg(feature = "offramp")]
            Object::Offramp(id) => polled(self.offramp().offramp(id).await, |offramp| offramp.status.into()),
            #[cfg(not(all(feature = "onramp", feature = "offramp")))]
            _ => Polled::Failed {
                retry_after: None,
                reason: "the feature for this kind of object is off".to_owned(),
            },
        }
    }
}

#[cfg(any(feature = "onramp", feature = "offramp"))]
fn polled<T>(reply: cryptopocket_core::Result<T>, state: impl FnOnce(T) -> ObjectState) -> Polled {
    let error = match reply {
        Ok(object) => return Polled::State(state(object)),
        Err(error) => error,
    };
    // The code of an off-ramp that does not exist is not documented. A 404 without a code also comes from a missing route or
    // from a proxy, and proves nothing.
    let not_found = |code: &cryptopocket_types::ErrorCode| {
        let code = code.as_str();
        code.ends_with("not_found") && !code.starts_with("user")
    };
    if error.code().is_some_and(not_found) {
        return Polled::Missing;
    }
    Polled::Failed {
        retry_after: error.retry_after(),
        reason: error.to_string(),
    }
}

/// What the bank says of a payment, for `Tracker::observe`.
#[cfg(feature = "banking")]
mod bank {
    use cryptopocket_banking::{Reconciled, Transaction};
    use cryptopocket_inbox::tracker::{Object, Observation, Source};
    use cryptopocket_types::{PaymentId, PaymentStatus, Timestamp};

    /// What a credit of a bank account says of the payment that it is reconciled with; `None` for any other transaction.
    ///
    /// The payment was received, whatever the provider's webhook does. `at` is when you read the transaction.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket::banking::Transaction;
    /// use cryptopocket::{Field, tracking};
    ///
    /// let at = "2026-06-26T10:00:00Z".parse()?;
    /// let mut credit = Transaction::new("t-1", "150.50 EUR".parse()?, "2026-06-26".parse()?);
    /// assert_eq!(tracking::credit(&credit, at), None);
    /// credit.reconciled = true;
    /// credit.payment_id = Field::Value("p-1".into());
    /// let Some((payment, observation)) = tracking::credit(&credit, at) else { panic!() };
    /// assert_eq!((payment.id(), observation.state.as_str()), ("p-1", "payment_received"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn credit(transaction: &Transaction, at: Timestamp) -> Option<(Object, Observation)> {
        let payment = transaction.payment_id.value()?;
        let pays = transaction.is_credit() && transaction.reconciled;
        pays.then(|| received(payment, at))
    }

    /// What a reconciliation says of its payment: it was received. `at` is when the provider answered.
    pub fn reconciled(reconciled: &Reconciled, at: Timestamp) -> (Object, Observation) {
        received(&reconciled.payment_id, at)
    }

    fn received(payment: &PaymentId, at: Timestamp) -> (Object, Observation) {
        let observation = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, at);
        (Object::payment(payment), observation)
    }
}

#[cfg(feature = "banking")]
pub use bank::{credit, reconciled};
