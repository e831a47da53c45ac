//! The delivery log: webhooks, the attempts to deliver them, and a webhook as it leaves, signed.

use bytes::Bytes;
use cryptopocket_webhooks::Signer;
use serde::{Deserialize, Serialize};

use crate::catalogue::named;
use crate::moment::Moment;

named! {
    /// The state of a delivery.
    #[derive(Default)]
    DeliveryState {
        /// Waits for its time, or for another webhook to overtake it.
        #[default]
        Waiting "waiting";
        /// Leaves once no other webhook is in flight to the same URL.
        Ready "ready";
        /// Taken, and not answered yet.
        InFlight "in_flight";
        /// Answered with 2xx.
        Delivered "delivered";
        /// Not answered with 2xx in six attempts.
        GivenUp "given_up";
        /// Never sent: a fault.
        Lost "lost";
    }
}

/// The answer to an attempt: the HTTP status and the beginning of the body, or why there was none.
pub type Answer = Result<(u16, String), String>;

/// One attempt to deliver a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// When it was due on the virtual clock.
    pub at: Moment,
    /// The HTTP status, or why there was none.
    pub result: Result<u16, String>,
    /// The `X-Timestamp` header.
    pub timestamp: String,
    /// The `X-Signature` header.
    pub signature: String,
    /// The beginning of the answer's body.
    pub answer: String,
}

/// A webhook in the delivery log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number in the log.
    pub id: u64,
    /// The index of the integration it goes to.
    pub integration: usize,
    /// The event type, such as `PAY_IN`.
    pub event: String,
    /// The id of the payment or off-ramp that the event is about.
    pub subject: String,
    /// The URL that it is posted to.
    pub url: String,
    /// The body that is signed.
    pub body: String,
    pub(super) corrupt: bool,
    pub(super) skew: i64,
    /// The state of its delivery.
    pub state: DeliveryState,
    /// When the next attempt is or was due. The next one is counted from here, even if the clock has leapt past it.
    #[serde(default)]
    pub(super) due: Option<Moment>,
    /// The attempts so far.
    pub attempts: Vec<Attempt>,
}

impl Delivery {
    pub(crate) fn new(integration: usize, event: &str, subject: String, url: &str, body: String) -> Self {
        Self {
            integration,
            event: event.to_owned(),
            subject,
            url: url.to_owned(),
            body,
            ..Self::default()
        }
    }

    /// Whether it leaves now, or has left and is not answered.
    pub(super) const fn is_leaving(&self) -> bool {
        matches!(self.state, DeliveryState::Ready | DeliveryState::InFlight)
    }

    /// Whether no attempt follows, and it was not lost.
    pub(super) const fn is_finished(&self) -> bool {
        matches!(self.state, DeliveryState::Delivered | DeliveryState::GivenUp)
    }
}

/// A webhook that leaves now: post `body` with `headers` to `url`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Webhook {
    /// Its number in the delivery log.
    pub id: u64,
    /// The URL to post it to.
    pub url: String,
    /// API key, timestamp and signature.
    pub headers: Vec<(&'static str, String)>,
    /// The body as it leaves. A fault can have changed it after signing.
    pub body: Bytes,
    pub(crate) generation: u64,
}

impl Webhook {
    /// Signs a delivery. Receivers compare the timestamp with their own clock, so it is the wall clock's.
    pub(crate) fn sign(
        delivery: &Delivery,
        (key, secret): (&str, &str),
        wall_now: i64,
        generation: u64,
    ) -> Self {
        let timestamp = u64::try_from(wall_now.saturating_add(delivery.skew)).unwrap_or(0);
        let mut headers = vec![("x-api-key", key.to_owned())];
        if let Ok(signer) = Signer::new(secret.to_owned()) {
            let signed = signer.sign_at(delivery.body.as_bytes(), timestamp);
            headers.push((TIMESTAMP, signed.timestamp().to_owned()));
            headers.push((SIGNATURE, signed.signature().to_owned()));
        }
        Self {
            id: delivery.id,
            url: delivery.url.clone(),
            headers,
            body: sent_body(delivery),
            generation,
        }
    }

    /// Only an empty secret, which settings can give, cannot sign.
    pub(crate) fn is_signed(&self) -> bool {
        !self.header(SIGNATURE).is_empty()
    }

    pub(super) fn header(&self, name: &str) -> String {
        let header = self.headers.iter().find(|(known, _)| *known == name);
        header.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

pub(super) const TIMESTAMP: &str = "x-timestamp";
pub(super) const SIGNATURE: &str = "x-signature";

fn sent_body(delivery: &Delivery) -> Bytes {
    let mut bytes = delivery.body.clone().into_bytes();
    if let Some(digit) = bytes
        .iter_mut()
        .find(|byte| delivery.corrupt && byte.is_ascii_digit())
    {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    bytes.into()
}
