//! The delivery log: webhooks and the attempts to deliver them.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// The state of a delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DeliveryState {
    /// Waits for its time, or for another webhook to overtake it.
    #[default]
    Waiting,
    /// Leaves once no other webhook is in flight to the same URL.
    Ready,
    /// Taken, and not answered yet.
    InFlight,
    /// Answered with 2xx.
    Delivered,
    /// Not answered with 2xx in six attempts.
    GivenUp,
    /// Never sent: a fault.
    Lost,
}

impl DeliveryState {
    /// The name in the delivery log, such as `in_flight`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::InFlight => "in_flight",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
        }
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
    /// The headers it carried and the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Box<Remark>>,
}

/// The headers of an attempt and the answer, for the dashboard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Remark {
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
    #[serde(with = "body")]
    pub body: Bytes,
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
            body: body.into(),
            ..Self::default()
        }
    }
}

/// A body in a record: JSON, and so text.
mod body {
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(body))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        String::deserialize(deserializer).map(Bytes::from)
    }
}
