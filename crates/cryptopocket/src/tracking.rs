//! The tracker of the inbox, tied to the client: polls, the bank feed, and what a restored backup does not know.

use std::fmt;

use cryptopocket_core::PagesEnd;
use cryptopocket_inbox::Store;
use cryptopocket_inbox::tracker::{ChangeHandler, NewObject, Object, Poll, Polled, Tracker};
#[cfg(feature = "banking")]
use cryptopocket_inbox::tracker::{Observation, Source};
use cryptopocket_types::{Date, Timestamp};
#[cfg(feature = "banking")]
use cryptopocket_types::{PaymentId, PaymentStatus};
#[cfg(any(feature = "onramp", feature = "offramp"))]
use cryptopocket_webhooks::ObjectState;

use crate::Client;

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

/// What a credit of a bank account says of the payment that it is reconciled with, for `Tracker::observe`; `None` for any other
/// transaction.
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
#[cfg(feature = "banking")]
pub fn credit(
    transaction: &cryptopocket_banking::Transaction,
    at: Timestamp,
) -> Option<(Object, Observation)> {
    let payment = transaction.payment_id.value()?;
    let pays = transaction.is_credit() && transaction.reconciled;
    pays.then(|| received(payment, at))
}

/// What a reconciliation says of its payment: it was received. `at` is when the provider answered.
#[cfg(feature = "banking")]
pub fn reconciled(reconciled: &cryptopocket_banking::Reconciled, at: Timestamp) -> (Object, Observation) {
    received(&reconciled.payment_id, at)
}

#[cfg(feature = "banking")]
fn received(payment: &PaymentId, at: Timestamp) -> (Object, Observation) {
    let observation = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, at);
    (Object::payment(payment), observation)
}

/// Why [`track_listed`] ended early. What was tracked until then stays so; call it again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TrackError {
    /// The provider's list could not be read.
    Provider(cryptopocket_core::Error),
    /// The store failed.
    Store(cryptopocket_inbox::Error),
    /// The provider did not show that a list was whole. What it listed of payments and off-ramps is tracked; look for the
    /// rest by hand.
    Unproven(PagesEnd),
}

impl fmt::Display for TrackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Unproven(end) => write!(
                f,
                "nothing shows that a list was whole ({end:?}): what was listed is tracked, the rest has to be looked for"
            ),
        }
    }
}

impl std::error::Error for TrackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Provider(error) => error.source(),
            Self::Store(error) => error.source(),
            Self::Unproven(_) => None,
        }
    }
}

/// Tracks every payment that was created on the day `since` or later, and every off-ramp, and returns how many were new.
///
/// For a store that was restored from a backup: what was created after the backup is not in it. Begin a day before the
/// backup was made. `now` is the time of creation of an off-ramp, and of a payment whose own cannot be read, since the
/// provider's list has none. The list says nothing of states: each object is polled.
///
/// Read the list when the grace period of the journal has passed since the restoration. A request that was under way then can
/// still create a payment, and the restored journal knows nothing of it.
///
/// Evidence: assumed, as the filter of the list by day is. If the provider ignores it, older payments are passed over
/// here.
///
/// # Errors
/// The first failure of the provider or the store; [`Unproven`](TrackError::Unproven) after both lists if one was not shown to
/// be whole, since what is missing in it would be polled by nobody.
///
/// # Examples
/// ```no_run
/// # async fn example(client: cryptopocket::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket::inbox::{Inbox, sqlite::SqliteStore, tracker::Tracker};
/// use cryptopocket::{Clock, SystemClock, tracking};
///
/// let tracker = Tracker::new(Inbox::new(SqliteStore::open("restored.db").await?));
/// tracker.restored().await?;
/// let new = tracking::track_listed(&tracker, &client, "2026-06-18".parse()?, SystemClock.now()).await?;
/// println!("{new} were created after the backup");
/// # Ok(())
/// # }
/// ```
pub async fn track_listed<S, C>(
    tracker: &Tracker<S, C>,
    client: &Client,
    since: Date,
    now: Timestamp,
) -> Result<u64, TrackError>
where
    S: Store,
    C: ChangeHandler<S::Transaction>,
{
    let mut new = 0;
    let mut ends = Vec::new();
    #[cfg(feature = "onramp")]
    {
        let filter = cryptopocket_onramp::PaymentFilter::new().from(since);
        let mut payments = client.onramp().list_payments(filter).items();
        while let Some(payment) = payments.next().await {
            let payment = payment.map_err(TrackError::Provider)?;
            let created_at = payment.created_at.value().copied();
            if created_at.is_none_or(|at| at.date() >= since) {
                let object = NewObject::new(Object::payment(&payment.id), created_at.unwrap_or(now));
                new += u64::from(tracker.track(object).await.map_err(TrackError::Store)?);
            }
        }
        ends.push(payments.ended());
    }
    #[cfg(feature = "offramp")]
    {
        let filter = cryptopocket_offramp::OfframpFilter::new();
        let mut offramps = client.offramp().list_offramps(filter).items();
        while let Some(offramp) = offramps.next().await {
            let object = NewObject::new(Object::offramp(&offramp.map_err(TrackError::Provider)?.id), now);
            new += u64::from(tracker.track(object).await.map_err(TrackError::Store)?);
        }
        ends.push(offramps.ended());
    }
    // Only now: one list that is not whole must not keep the other from being read.
    ends.into_iter().try_for_each(proven)?;
    Ok(new)
}

/// What a list does not show to be whole may lack what was created after the backup.
fn proven(end: Option<PagesEnd>) -> Result<(), TrackError> {
    match end {
        Some(end) if end.is_proven() => Ok(()),
        end => Err(TrackError::Unproven(end.unwrap_or(PagesEnd::Failed))),
    }
}
