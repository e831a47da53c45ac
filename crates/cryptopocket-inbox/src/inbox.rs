//! The inbox over a store.

mod build;
mod upkeep;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Timestamp, debug_fields};
use cryptopocket_webhooks::{Sighting, Verified};
use sha2::{Digest as _, Sha256};

pub use build::Builder;

use crate::alarm::Alarm;
use crate::delivery::{Claim, Delivery};
use crate::error::{Error, ErrorKind, Result};
use crate::handler::{Failure, FailureKind, Handler};
use crate::identity::{bounded_key, column, hex, place};
use crate::measure;
use crate::runtime::{Runtime, jittered, limited};
use crate::store::{Done, Events as _, Lease, NewEvent, Settlement, StoredBody, StoredEvent};
use crate::transaction::{Handling, Store};

/// From this many lost leases of one event on, each raises an [`Alarm::LeaseLost`].
const LOST_OFTEN: u32 = 3;

/// A durable, de-duplicated inbox of webhooks.
///
/// [`receive`](Self::receive) stores a verified body before it returns. [`run`](Self::run) gives each event to a handler,
/// whose writes are committed together with the mark that the event is done. Clones share one inbox.
///
/// # Examples
/// ```
/// # #[cfg(feature = "sqlite")]
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket_inbox::{Inbox, handler_fn, sqlite::SqliteStore};
/// use cryptopocket_webhooks::{Sighting, Signer, Verifier};
/// use sqlx::SqliteConnection;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("inbox.db");
///
/// let inbox = Inbox::new(SqliteStore::open(&path).await?);
///
/// // In the endpoint: answer 2xx only after `receive` has returned.
/// let verifier = Verifier::new("api-secret")?;
/// let body = br#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received"}}"#;
/// let headers = Signer::new("api-secret")?.sign(body);
/// let receipt = inbox.receive(&verifier.verify(&headers, body)?).await?;
/// assert_eq!(receipt.sighting, Sighting::New);
///
/// // In the worker.
/// let credit = handler_fn(|delivery, transaction: &mut SqliteConnection| {
///     Box::pin(async move {
///         sqlx::query("CREATE TABLE IF NOT EXISTS credits (key TEXT)").execute(&mut *transaction).await?;
///         sqlx::query("INSERT INTO credits (key) VALUES (?)").bind(delivery.key()).execute(transaction).await?;
///         Ok(())
///     })
/// });
/// assert_eq!(inbox.run_until_idle(credit).await?, 1);
/// inbox.close().await;
/// # Ok(())
/// # }
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// ```
pub struct Inbox<S> {
    inner: Arc<Builder<S>>,
}

impl<S> Clone for Inbox<S> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

debug_fields! { Inbox<S> => |inbox| settings: inbox.inner }

/// What [`Inbox::receive`] stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Key of the event.
    pub key: String,
    /// Whether it is new. Answer 2xx in each case.
    pub sighting: Sighting,
}

/// How the work on an event ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The work and the mark "done" are committed.
    Done,
    /// The work failed and left nothing; the event was settled so.
    Failed(Settlement),
}

impl<S: Store> Inbox<S> {
    /// An inbox with the default settings.
    pub fn new(store: S) -> Self {
        Self::builder(store).build()
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.inner.store
    }

    pub(crate) fn handler_limit(&self) -> Duration {
        self.inner.handler_limit
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.runtime.now()
    }

    pub(crate) fn runtime(&self) -> &dyn Runtime {
        &*self.inner.runtime
    }

    /// Stores a verified body, durably, before it returns. Answer the provider with 2xx after that, and with 5xx on an
    /// error.
    ///
    /// The body is stored whether or not it can be read as an event. A repeated delivery is not stored again; one with
    /// other content goes to quarantine and raises an [`Alarm::Changed`].
    pub async fn receive(&self, verified: &Verified<'_>) -> Result<Receipt> {
        let mut event = new_event(verified, self.now());
        event.body = self.inner.bodies.store(place(&event.key), event.body.bytes)?;
        let key = event.key.clone();
        let sighting = self.inner.store.insert(event).await?;
        measure::received(sighting.as_str());
        if sighting == Sighting::Changed {
            self.raise(&Alarm::Changed { key: key.clone() });
        }
        Ok(Receipt { key, sighting })
    }

    /// Claims up to `limit` due events, those first that have been due longest.
    ///
    /// For handlers that [`run`](Self::run) does not fit, such as those with slow calls: make them between `claim` and
    /// [`complete`](Self::complete), and [`extend`](Self::extend) the lease meanwhile.
    pub async fn claim(&self, limit: u32) -> Result<Vec<Claim>> {
        let leased = self
            .inner
            .store
            .claim(self.now(), self.inner.lease, limit)
            .await?;
        let mut claims = Vec::with_capacity(leased.len());
        for event in leased {
            claims.extend(self.open(event).await?);
        }
        Ok(claims)
    }

    async fn open(&self, event: StoredEvent) -> Result<Option<Claim>> {
        let (lease, failed, lost) = (event.lease(), event.attempts, event.lost);
        if lost >= LOST_OFTEN {
            self.raise(&Alarm::LeaseLost {
                key: event.key.clone(),
                times: lost,
            });
        }
        match self.delivery(event) {
            Ok(delivery) => Ok(Some(Claim {
                delivery,
                lease,
                failed,
                lost,
            })),
            Err((key, error)) => {
                // Not counted: the event is good, and the right keyring opens it.
                let settlement = self.settlement(&Failure::unavailable(error.to_string()), failed);
                self.settle(lease, settlement).await?;
                self.raise(&Alarm::Sealed { key });
                Ok(None)
            }
        }
    }

    /// An event as handlers see it, or its key if its body cannot be opened.
    fn delivery(&self, mut event: StoredEvent) -> Result<Delivery, (String, Error)> {
        let body = event.body.take();
        match body.map(|body| self.inner.bodies.read(place(&event.key), body)) {
            Some(Err(error)) => Err((event.key, error)),
            body => Ok(Delivery::new(
                event,
                body.and_then(Result::ok).unwrap_or_default(),
            )),
        }
    }

    /// Handles a claimed event in one transaction with its mark "done".
    ///
    /// A failure of the handler, a panic included, is settled by the [`RetryPolicy`](crate::RetryPolicy) and returned as
    /// [`Outcome::Failed`]. These are two transactions: the first is rolled back, the second settles the event. If the process
    /// ends in between, or the store fails twice, the event is due again at the end of its lease and loses no attempt.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if another worker has claimed the event since; the handler is not
    /// called then, or what it did was rolled back.
    pub async fn complete<H: Handler<S::Transaction>>(
        &self,
        claim: Claim,
        handler: Arc<H>,
    ) -> Result<Outcome> {
        let Claim {
            delivery,
            lease,
            failed,
            ..
        } = claim;
        let done = Done {
            at: self.now(),
            body: self.redacted(&delivery)?,
        };
        let key = delivery.key().to_owned();
        let received_at = delivery.received_at();
        let deadline = self.inner.runtime.deadline(self.inner.handler_limit);
        let work: Handling<S::Transaction> = Box::new(move |transaction| {
            Box::pin(async move {
                let ended = limited(handler.handle(&delivery, transaction), deadline).await;
                ended.unwrap_or_else(|did| Err(Failure::retry(format!("the handler {did}"))))
            })
        });
        let error = match self.inner.store.complete(lease, done, work).await {
            Ok(()) => {
                measure::handled("done");
                measure::done_after(self.now().duration_since(received_at));
                return Ok(Outcome::Done);
            }
            Err(error) => error,
        };
        if let Some(failure) = error.carried() {
            let settlement = self.settlement(failure, failed);
            match self.settle(lease, settlement.clone()).await {
                // Once more: what failed for a moment must not cost the wait for the end of the lease.
                Err(error) if error.kind() != ErrorKind::LeaseLost => {
                    self.settle(lease, settlement.clone()).await?;
                }
                settled => settled?,
            }
            measure::handled(match settlement {
                Settlement::Retry { .. } => "retry",
                Settlement::Dead { .. } => "dead",
            });
            self.raise_dead(&settlement, key, failed);
            return Ok(Outcome::Failed(settlement));
        }
        if error.kind() != ErrorKind::LeaseLost {
            // Not the fault of the event. If the store is well again, it need not wait for the end of the lease; if the
            // work was committed after all, the token is spent and this changes nothing.
            let settlement = self.settlement(&Failure::unavailable(error.to_string()), failed);
            let _ = self.settle(lease, settlement).await;
        }
        Err(error)
    }

    /// Settles a claimed event that could not be handled: tried again later, or given up.
    pub async fn fail(&self, claim: Claim, failure: &Failure) -> Result<()> {
        let settlement = self.settlement(failure, claim.failed);
        self.settle(claim.lease, settlement.clone()).await?;
        self.raise_dead(&settlement, claim.delivery.key().to_owned(), claim.failed);
        Ok(())
    }

    /// Returns a claimed event, which is due at once and loses no attempt.
    pub async fn release(&self, claim: Claim) -> Result<()> {
        let settlement = Settlement::Retry {
            due_at: self.now(),
            counted: false,
            reason: None,
        };
        self.settle(claim.lease, settlement).await
    }

    /// Extends the lease of a claimed event to a full lease from now.
    pub async fn extend(&self, claim: &Claim) -> Result<()> {
        let until = self.now().saturating_add(self.inner.lease);
        let lease = claim.lease;
        self.store()
            .transact(move |events| Box::pin(events.extend(lease, until)))
            .await
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<()> {
        self.store()
            .transact(move |events| Box::pin(events.settle(lease, settlement)))
            .await
    }

    fn settlement(&self, failure: &Failure, failed_before: u32) -> Settlement {
        let failed = failed_before.saturating_add(1);
        let reason = Some(failure.reason().to_owned()).filter(|reason| !reason.is_empty());
        let counted = failure.kind() == FailureKind::Retry;
        if failure.kind() == FailureKind::Dead || (counted && self.inner.retry.is_last(failed)) {
            let at = self.now();
            return Settlement::Dead { at, reason };
        }
        let delay = jittered(self.runtime(), self.inner.retry.delay(failed));
        Settlement::Retry {
            due_at: self.now().saturating_add(delay),
            counted,
            reason,
        }
    }

    fn redacted(&self, delivery: &Delivery) -> Result<Option<StoredBody>> {
        let Some(redaction) = &self.inner.redaction else {
            return Ok(None);
        };
        let body = redaction.apply(delivery.raw());
        self.inner.bodies.store(place(delivery.key()), body).map(Some)
    }

    fn raise_dead(&self, settlement: &Settlement, key: String, failed: u32) {
        if let Settlement::Dead { .. } = settlement {
            let attempts = failed.saturating_add(1);
            self.raise(&Alarm::Dead { key, attempts });
        }
    }

    pub(crate) fn raise(&self, alarm: &Alarm) {
        measure::alarm(alarm.as_str());
        tracing::warn!(kind = alarm.as_str(), key = alarm.key(), "inbox alarm");
        if let Some(listener) = &self.inner.alarm {
            listener(alarm);
        }
    }
}

/// A verified body as an event. One that is no event gets a key of its own from its bytes: it is stored too, since an answer of
/// 2xx followed by a parser that fails would lose it.
pub(crate) fn new_event(verified: &Verified<'_>, received_at: Timestamp) -> NewEvent {
    let (key, fingerprint, name, object_id) = if let Ok(event) = verified.identity() {
        let key = bounded_key(event.key.into());
        (
            key,
            event.fingerprint,
            column(event.name),
            event.object_id.map(column),
        )
    } else {
        let fingerprint: [u8; 32] = Sha256::digest(verified.body()).into();
        (
            format!("|bytes:{}", hex(&fingerprint)),
            fingerprint,
            String::new(),
            None,
        )
    };
    let signed_at = i64::try_from(verified.sent_at).unwrap_or(i64::MAX);
    NewEvent {
        key,
        name,
        object_id,
        fingerprint,
        body: StoredBody {
            bytes: verified.body().to_vec(),
            sealed_with: None,
        },
        received_at,
        signed_at: Timestamp::from_unix_seconds(signed_at).unwrap_or(received_at),
    }
}
