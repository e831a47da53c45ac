//! Payments that are created once for each key, with a journal.

use std::time::Duration;

use cryptopocket_core::{Effect, Result};
use cryptopocket_inbox::journal::{Call, Found, Journal, JournalStore, Once, Sent};
use cryptopocket_inbox::{Error, ErrorKind};
use cryptopocket_onramp::{CreatedPayment, NewPayment, OnRamp, Payment, Recovery};
use cryptopocket_types::ExternalId;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is known of a payment after [`create_payment_once`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a payment that is pending or ambiguous needs attention"]
pub enum PaymentOnce {
    /// Created, now or before, with the whole answer.
    Created(Box<CreatedPayment>),
    /// Created, and the answer was lost. The account and the concept of a transfer came only with it: leave such a payment
    /// unpaid and create one with a new key, or ask the provider.
    Recovered(Box<Payment>),
    /// Refused, with nothing done, now or before. The key stays spent: after the cause is gone use a new one.
    Refused {
        /// The error's text.
        reason: String,
    },
    /// It is certain that nothing was sent, for instance because the input is wrong. Call again, or give up.
    NotSent {
        /// The error's text.
        reason: String,
    },
    /// Not known yet. Call again after `after`, with the same key and payment.
    Pending {
        /// How long to wait.
        after: Duration,
        /// Why.
        reason: String,
    },
    /// Several payments carry the key as their external id. It takes a person to say which.
    Ambiguous {
        /// How many.
        found: u32,
    },
}

/// Creates a payment once for `key`, across crashes, timeouts and lost answers.
///
/// The intent is in the journal before the call is sent, and the answer after. `key` becomes the external id of the payment,
/// so use the id of your order. When the outcome is not known, the payment is looked up by that id, and created again only
/// if the list proves that there is none and the [grace period](Journal::grace) has passed.
///
/// After a restart, call it again for each entry of [`Journal::unsettled`]: their request is a [`NewPayment`] in JSON.
///
/// # Errors
/// As [`Journal::once`]. Those of the provider are in the result.
///
/// # Examples
/// ```no_run
/// # async fn example(client: cryptopocket::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use cryptopocket::Asset;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::once::{PaymentOnce, create_payment_once};
/// use cryptopocket::onramp::NewPayment;
///
/// let journal = Journal::new(Inbox::new(SqliteStore::open("inbox.db").await?));
/// let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
/// let payment = NewPayment::card("100067".into(), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
/// match create_payment_once(&journal, client.onramp(), "order-2001", payment).await? {
///     PaymentOnce::Created(created) => println!("created as {}", created.payment_id),
///     PaymentOnce::Pending { after, .. } => println!("call again in {after:?}"),
///     other => println!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
pub async fn create_payment_once<J: JournalStore>(
    journal: &Journal<J>,
    onramp: &OnRamp,
    key: &str,
    payment: NewPayment,
) -> Result<PaymentOnce, Error> {
    let payment = payment.external_id(key);
    let request = written(&payment)?;
    let call = Creation { onramp, payment };
    Ok(match journal.once(key, &request, &call).await? {
        Once::Done {
            answer,
            recovered: false,
        } => PaymentOnce::Created(read(&answer)?),
        Once::Done { answer, .. } => PaymentOnce::Recovered(read(&answer)?),
        Once::Refused { reason } => PaymentOnce::Refused { reason },
        Once::NotSent { reason } => PaymentOnce::NotSent { reason },
        Once::Pending { after, reason } => PaymentOnce::Pending { after, reason },
        Once::Ambiguous { found } => PaymentOnce::Ambiguous { found },
        // A journal that knows more than this crate: nothing is sent again.
        _ => PaymentOnce::Pending {
            after: Duration::from_secs(60),
            reason: "the journal has an outcome that this version does not know".to_owned(),
        },
    })
}

struct Creation<'a> {
    onramp: &'a OnRamp,
    payment: NewPayment,
}

impl Call for Creation<'_> {
    async fn send(&self, _: &str) -> Sent {
        match self.onramp.create_payment(self.payment.clone()).await {
            Ok(created) => match written(&created) {
                Ok(answer) => Sent::Done(answer),
                Err(error) => Sent::Unknown(error.to_string()),
            },
            Err(error) => match error.effect() {
                Effect::NotSent => Sent::NotSent(error.to_string()),
                Effect::NotDone => Sent::Refused(error.to_string()),
                // Also when it was done and the answer could not be read: the list tells what was made.
                _ => Sent::Unknown(error.to_string()),
            },
        }
    }

    async fn find(&self, reference: &str) -> Found {
        match self.onramp.recover_payment(&ExternalId::from(reference)).await {
            Ok(Recovery::None) => Found::None,
            Ok(Recovery::One(payment)) => match written(&payment) {
                Ok(found) => Found::One(found),
                Err(error) => Found::Unknown(error.to_string()),
            },
            Ok(Recovery::Many(payments)) => Found::Many(u32::try_from(payments.len()).unwrap_or(u32::MAX)),
            Err(error) => Found::Unknown(error.to_string()),
        }
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
            "an answer in the journal cannot be read ({:?} error)",
            error.classify()
        );
        Error::new(ErrorKind::Corrupt, at)
    };
    serde_json::from_slice(answer).map(Box::new).map_err(failed)
}
