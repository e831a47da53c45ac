//! Calls that move money, made once for each key, with a journal.
//!
//! | call | how it is found after a crash, a timeout or a lost answer |
//! |---|---|
//! | [`create_payment_once`], [`create_guided_once`] | the key is the external id: the payment in the list that carries it |
//! | [`create_offramp_once`] | no reference is sent: off-ramps of the same coins that belong to no other call of the journal are [`Outcome::Ambiguous`], even a single one |
//! | [`reconcile_once`] | the credit in the account's list names the payment it is tied to, and the payment has its status |
//!
//! Each is sent again only if the search proves that it was not done and the journal's
//! [grace period](cryptopocket_inbox::journal::Journal::grace) has passed. After a restart, give the entries of
//! [`Journal::unsettled`](cryptopocket_inbox::journal::Journal::unsettled) to [`resume`].
//!
//! **Dropping a future loses nothing, and cancels nothing.** On tokio each call runs in a task of its own
//! ([`Runtime::spawn`](crate::Runtime::spawn) of the client's session) to its end. If its future is dropped, by a timeout, by
//! `select!` or with the connection of a request, the payment is made all the same, and the journal gets the answer: call
//! again with the same key and input. This holds while the runtime lives and the store is open. Before you end either, stop
//! making calls and await [`Journal::idle`](cryptopocket_inbox::journal::Journal::idle), which waits for those at work.
//!
//! What is cut off is left to the search, as after a crash: the key is held for
//! [`hold`](cryptopocket_inbox::journal::Journal::hold), and a payment that is found then comes without the account and concept
//! of its transfer. So it is after a panic in a call, which the reason of [`Outcome::Pending`] names. Outside of tokio the
//! future itself is the call: dropping it cuts the call off, and a panic goes on to the caller.
//!
//! **Keys** are shared by all kinds: give a payment and a payout of one order different ones, such as `pay-17` and `payout-17`.
//! A key belongs to its input: the same key with other input is an error.
//!
//! `examples/make_calls_once.rs` in the repository makes each of these calls while answers are lost.
//!
//! The journal keeps every answer to such a call as it came:
//! [`Journal::raw_answers`](cryptopocket_inbox::journal::Journal::raw_answers).
//!
//! # With the inbox and the tracker
//!
//! One store holds the three: webhooks and their effects, the state of each payment, and the calls. This needs no dependency
//! but this crate with `inbox`, and `tokio`; `sqlx` comes with it.
//!
//! ```no_run
//! # async fn example(client: cryptopocket::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use cryptopocket::inbox::journal::Journal;
//! use cryptopocket::inbox::sqlite::SqliteStore;
//! use cryptopocket::inbox::tracker::{NewObject, Object, Tracker};
//! use cryptopocket::inbox::{Inbox, Intake};
//! use cryptopocket::once::{PaymentOnce, create_payment_once};
//! use cryptopocket::onramp::NewPayment;
//! use cryptopocket::webhooks::Verifier;
//! use cryptopocket::{Asset, Clock, PaymentType, SystemClock};
//!
//! let inbox = Inbox::new(SqliteStore::open("inbox.db").await?);
//! let journal = Journal::new(inbox.clone());
//! // `on_change` of the tracker is called once for each change, in the transaction that records it.
//! let tracker = Tracker::new(inbox.clone());
//! // Your endpoint gives it each request; the feature `inbox-axum` has a router.
//! let intake = Intake::new(inbox.clone(), Verifier::new("api-secret")?);
//!
//! // For each order:
//! let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
//! let order = NewPayment::transfer("100067".into(), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
//! let once = create_payment_once(&journal, &client, "order-2001", order).await?;
//! if let Some(id) = once.payment_id() {
//!     let new = NewObject::new(Object::payment(id), SystemClock.now()).method(PaymentType::Transfer);
//!     tracker.track(new).await?;
//! }
//! if let PaymentOnce::Refused(refusal) = &once {
//!     // `refusal.verification_url` is the customer's form, if one is missing. Then order again under a new key.
//!     println!("{}", refusal.reason);
//! }
//!
//! // Beside it, until the program is told to stop:
//! let stop = std::future::pending::<()>;
//! let (worker, sweeper) = (inbox.run(tracker.clone(), stop()), tracker.run(client, stop()));
//! # drop((intake, worker, sweeper));
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "offramp")]
mod offramp;
#[cfg(feature = "onramp")]
mod payment;
#[cfg(all(feature = "banking", feature = "onramp"))]
mod reconcile;
mod refusal;
#[cfg(all(feature = "banking", feature = "offramp", feature = "onramp"))]
mod resume;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_core::{Advice, Effect};
use cryptopocket_inbox::journal::{Answer, Call, Found, Journal, JournalStore, Once, Sent};
use cryptopocket_inbox::{Error, ErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Client;

#[cfg(feature = "offramp")]
pub use offramp::{OfframpOnce, create_offramp_once};
#[cfg(feature = "onramp")]
pub use payment::{PaymentOnce, create_guided_once, create_payment_once};
#[cfg(all(feature = "banking", feature = "onramp"))]
pub use reconcile::{ReconcileOnce, reconcile_once};
pub use refusal::Refusal;
#[cfg(all(feature = "banking", feature = "offramp", feature = "onramp"))]
pub use resume::{Resumed, resume};

/// How long to wait where the journal says nothing of it.
const PAUSE: Duration = Duration::from_secs(60);

/// What is known of a call that is made once: `T` is its answer, and `F` what a search finds in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a call that is pending or ambiguous needs attention"]
pub enum Outcome<T, F> {
    /// Done, now or before, with the whole answer.
    Done(Box<T>),
    /// Done, and the answer was lost. What came only with it is not here: the account and the concept of a transfer, the link
    /// to a page, the wallet of an off-ramp. Leave such a payment unpaid and create one with a new key, or ask the provider.
    Recovered(Box<F>),
    /// Done, and only the id is known: a person settled it, or the answer was erased since.
    Named {
        /// Id of the payment or off-ramp.
        id: String,
    },
    /// Refused, with nothing done, now or before, and why. The key stays spent: the same call under it is refused for ever.
    /// If you make the call again once the cause is gone, such as a missing identity check, use a new key.
    Refused(Box<Refusal>),
    /// It is certain that nothing was done. Call again, or [give up](Journal::give_up). Wrong input leaves its key free for the
    /// right one, if the journal did not know the key before.
    ///
    /// A quote guard is part of the request. Once it does not hold (`Conflict`), it fails under its key for ever, and another
    /// guard under this key is [`KeyReused`](ErrorKind::KeyReused): give the key up, and use a new one with a new guard.
    NotSent {
        /// What kept the call from being made. Among others, [`NotSent`](cryptopocket_core::ErrorKind::NotSent) is no
        /// connection, [`Timeout`](cryptopocket_core::ErrorKind::Timeout) none in time,
        /// [`Authorization`](cryptopocket_core::ErrorKind::Authorization) a login or token that was refused,
        /// [`InvalidInput`](cryptopocket_core::ErrorKind::InvalidInput) wrong input,
        /// [`Configuration`](cryptopocket_core::ErrorKind::Configuration) settings with which nothing can be sent, and
        /// [`Conflict`](cryptopocket_core::ErrorKind::Conflict) a quote guard that does not hold any more. A login or a fresh
        /// quote that failed gives its own kind, whichever that is.
        kind: cryptopocket_core::ErrorKind,
        /// What to do about it.
        advice: Advice,
        /// The error's text.
        reason: String,
    },
    /// Not known yet. Call again after `after`, with the same key and input. While another worker is at it, `after` is the end
    /// of its hold at most, and it may be done long before.
    Pending {
        /// How long to wait.
        after: Duration,
        /// Why.
        reason: String,
    },
    /// The provider shows objects that may be the effect, and nothing tells which is, or whether any is. Nothing is sent
    /// until a person says so: [`Journal::settle`].
    Ambiguous {
        /// Their ids. For a reconciliation: the payments that the credit may be tied to.
        candidates: Vec<String>,
    },
}

impl<T, F> Outcome<T, F> {
    /// Whether nothing more becomes of the call: it was done or refused.
    pub const fn is_settled(&self) -> bool {
        matches!(
            self,
            Self::Done(_) | Self::Recovered(_) | Self::Named { .. } | Self::Refused(_)
        )
    }

    fn not_sent(error: &cryptopocket_core::Error) -> Self {
        let advice = error.advice().clone();
        Self::NotSent {
            kind: error.kind(),
            advice: match error.kind() {
                // The advice of the call itself would end in `KeyReused`.
                cryptopocket_core::ErrorKind::Conflict => advice
                    .and("The old guard belongs to this key: give the key up, and use a new one.")
                    .in_code_use("Journal::give_up gives a key up."),
                _ => advice,
            },
            reason: error.to_string(),
        }
    }

    fn pending(reason: impl Into<String>) -> Self {
        Self::Pending {
            after: PAUSE,
            reason: reason.into(),
        }
    }
}

/// A request that is made once: how it is sent, and how its effect is found.
trait Request: Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static {
    type Answer: Serialize + DeserializeOwned + Send + 'static;
    type Found: DeserializeOwned + Send + 'static;

    const OPERATION: &'static str;

    fn checked(&self) -> cryptopocket_core::Result<()>;

    fn send(&self, client: &Client) -> impl Future<Output = cryptopocket_core::Result<Self::Answer>> + Send;

    /// Id of the object that the answer is about.
    fn object(answer: &Self::Answer) -> &str;

    fn find(&self, client: &Client, reference: &str) -> impl Future<Output = Found> + Send;

    /// Whether a refusal is one that also comes if the same was done before.
    fn may_be_done_before(_: &cryptopocket_core::Error) -> bool {
        false
    }
}

/// A request under a key.
struct Keyed<R> {
    request: R,
    client: Client,
    /// What came since the journal was last told: more than one if a token was refused and the call repeated.
    answers: Arc<Mutex<Vec<Vec<u8>>>>,
    /// What kept the call from being made.
    obstacle: Mutex<Option<cryptopocket_core::Error>>,
}

fn lock<T>(heard: &Mutex<T>) -> MutexGuard<'_, T> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R: Request> Call for Keyed<R> {
    fn operation(&self) -> &'static str {
        R::OPERATION
    }

    async fn send(&self, reference: &str) -> Sent {
        let error = match self.request.send(&self.client).await {
            Ok(value) => {
                return match written(&value) {
                    Ok(answer) => Sent::Done(Answer::of(R::object(&value), answer)),
                    Err(error) => Sent::Confirmed(error.to_string()),
                };
            }
            Err(error) => error,
        };
        let reason = error.to_string();
        match error.effect() {
            Effect::Done => Sent::Confirmed(reason),
            Effect::Unknown => Sent::Unknown(reason),
            Effect::NotDone if R::may_be_done_before(&error) => match self.find(reference).await {
                Found::One(answer) => Sent::Found(answer),
                Found::Unknown(reason) => Sent::Unknown(reason),
                _ => Sent::Refused(reason),
            },
            // The token was refused before the call was looked at: the same call is right once the token is.
            Effect::NotDone if !error.is_authorization() => Sent::Refused(reason),
            Effect::NotSent | Effect::NotDone => {
                *lock(&self.obstacle) = Some(error);
                Sent::NotSent(reason)
            }
        }
    }

    async fn find(&self, reference: &str) -> Found {
        self.request.find(&self.client, reference).await
    }

    fn answers(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *lock(&self.answers))
    }

    fn is_same(&self, stored: &[u8]) -> bool {
        serde_json::from_slice::<R>(stored).is_ok_and(|stored| stored == self.request)
    }
}

/// Makes a call once, in a task of its own, and reads what the journal has of it.
async fn made<J: JournalStore, R: Request>(
    journal: &Journal<J>,
    client: &Client,
    key: &str,
    request: R,
) -> Result<Outcome<R::Answer, R::Found>, Error> {
    let (journal, session, key) = (journal.clone(), client.session().clone(), key.to_owned());
    // From now on, since the task may begin late.
    let at_work = journal.at_work();
    // The answer is recorded after it came: with the future of a caller that gave up, it would be lost.
    let call = async move {
        let outcome = made_here(&journal, session, &key, request).await;
        drop(at_work);
        Ok(outcome)
    };
    match client.session().detach(call, |_| ()).await {
        Ok(outcome) => outcome,
        // The runtime was stopped meanwhile, or the call panicked, as the text says: the next one finds out.
        Err(stopped) => Ok(Outcome::pending(stopped.to_string())),
    }
}

async fn made_here<J: JournalStore, R: Request>(
    journal: &Journal<J>,
    session: crate::Session,
    key: &str,
    request: R,
) -> Result<Outcome<R::Answer, R::Found>, Error> {
    if let Err(error) = request.checked() {
        // Wrong input leaves the key free. But what the journal knows may have been sent, by a version with other rules.
        if journal.entry(key).await?.is_none() {
            return Ok(Outcome::not_sent(&error));
        }
    }
    let answers = Arc::<Mutex<Vec<_>>>::default();
    let kept = Arc::clone(&answers);
    let session = session.with_answers(move |operation, body| {
        if operation == R::OPERATION {
            lock(&kept).push(body.to_vec());
        }
    });
    let call = Keyed {
        request,
        client: Client::from(session),
        answers,
        obstacle: Mutex::default(),
    };
    Ok(match journal.once(key, &written(&call.request)?, &call).await? {
        Once::Done {
            answer,
            recovered: false,
        } => Outcome::Done(read(&answer)?),
        Once::Done { answer, .. } => Outcome::Recovered(read(&answer)?),
        Once::Named { object } => Outcome::Named { id: object },
        Once::Refused { reason } => {
            let refusal = Refusal::read(journal, key, R::OPERATION, reason).await?;
            Outcome::Refused(Box::new(refusal))
        }
        Once::NotSent { reason } => match &*lock(&call.obstacle) {
            Some(error) => Outcome::not_sent(error),
            None => Outcome::pending(reason),
        },
        Once::Pending { after, reason } => Outcome::Pending { after, reason },
        Once::Ambiguous { candidates } => Outcome::Ambiguous { candidates },
        // A journal that knows more than this crate: nothing is sent again.
        _ => Outcome::pending("the journal has an outcome that this version does not know"),
    })
}

/// What a search found, which is this object.
#[cfg(feature = "onramp")]
fn found(object: impl Into<String>, value: &impl Serialize) -> Found {
    match written(value) {
        Ok(answer) => Found::One(Answer::of(object, answer)),
        Err(error) => Found::Unknown(error.to_string()),
    }
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let failed =
        |error| Error::new(ErrorKind::Corrupt, "a value cannot be written to the journal").with_source(error);
    serde_json::to_vec(value).map_err(failed)
}

fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<Box<T>, Error> {
    // Position and kind only: the text of the error could hold a value.
    let failed = |error: serde_json::Error| {
        let at = format!(
            "a value in the journal cannot be read ({:?} error)",
            error.classify()
        );
        Error::new(ErrorKind::Corrupt, at)
    };
    serde_json::from_slice(answer).map(Box::new).map_err(failed)
}
