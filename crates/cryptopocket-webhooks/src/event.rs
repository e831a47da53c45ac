use std::borrow::Cow;
use std::fmt;

use cryptopocket_types::{EventType, Extra, OfframpStatus, PaymentStatus};

use crate::catalogue::{Domain, EventInfo, EventKind};
use crate::error::VerifyError;
use crate::json::{self, Document};
use crate::key::EventKey;
use crate::parts::Parts;
use crate::payload::{ObjectState, OfframpPayload, Payload, PaymentPayload, Reader};

/// An event: its kind, what it tells of its object, and the JSON it came as.
///
/// Open in every direction. An unknown event, status or field keeps its text; a known field that cannot be read stays
/// in `extra`. The event's name is taken from `type` or `event`; its object from `data`, or, where `data` is no object,
/// from the body itself. What `data` leaves out of the object's id, status, money and the like is taken from beside it.
///
/// Debug shows ids, states and amounts, and of everything else the names only.
///
/// Evidence: the names are documented, the form of the body is assumed.
///
/// # Examples
/// ```
/// use cryptopocket_types::PaymentStatus;
/// use cryptopocket_webhooks::{Event, EventKind};
///
/// let event = Event::parse(
///     br#"{"type":"PAY_IN","data":{"id":"8k2xq0w9v7b6n5m4a3s2d1f0g","user_id":"100067","status":"payment_received",
///         "fiat_amount":15050,"fiat_symbol":"EUR","coin_amount":148.32,"coin_symbol":"USDC","channel":"app"}}"#,
/// )?;
/// assert_eq!(event.kind(), EventKind::PayIn);
/// let payment = event.payment().expect("an on-ramp event tells of a payment");
/// assert_eq!(payment.status, Some(PaymentStatus::PaymentReceived));
/// assert_eq!(payment.fiat.expect("came").to_string(), "150.50 EUR");
/// assert_eq!(payment.coin.as_ref().expect("came").to_string(), "148.32 USDC");
/// assert_eq!(payment.extra.get("channel").map(|raw| raw.get()), Some("\"app\""));
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Event {
    kind: EventKind,
    name: String,
    payload: Payload,
    envelope: Extra,
    raw: String,
}

impl Event {
    /// Reads an event from a body **that has been verified**, such as one out of a store. For a delivery use
    /// [`Verifier::event`](crate::Verifier::event).
    ///
    /// # Errors
    /// [`MalformedBody`](crate::VerifyErrorKind::MalformedBody) if the body is not exactly one JSON object, if a name
    /// stands twice in an object, or if `type` and `event` name two different events.
    pub fn parse(body: &[u8]) -> Result<Self, VerifyError> {
        Self::from_document(&Document::read(body)?)
    }

    pub(crate) fn from_document(document: &Document<'_>) -> Result<Self, VerifyError> {
        let Parts {
            name,
            envelope,
            payload,
            ..
        } = Parts::of(document)?;
        let kind = EventKind::from_name(&name);
        let payload = Reader::new(payload);
        let payload = match kind.info().map(|info| info.domain) {
            Some(Domain::OnRamp) => Payload::Payment(Box::new(PaymentPayload::read(payload))),
            Some(Domain::OffRamp) => Payload::Offramp(Box::new(OfframpPayload::read(payload))),
            None => Payload::Other(payload.into_extra(&[])),
        };
        Ok(Self {
            kind,
            name: name.into_owned(),
            payload,
            envelope: Reader::new(envelope).into_extra(&[]),
            raw: document.text.to_owned(),
        })
    }

    /// What the event tells, whichever spelling it came in.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The event's name exactly as it came; empty if the body names none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as the type that subscriptions take. The two spellings of the off-ramp's end stay apart here.
    pub fn event_type(&self) -> EventType {
        EventType::from(self.name.as_str())
    }

    /// What the event tells of its object.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The payment of an on-ramp event.
    pub fn payment(&self) -> Option<&PaymentPayload> {
        match &self.payload {
            Payload::Payment(payment) => Some(payment),
            _ => None,
        }
    }

    /// The off-ramp of an off-ramp event.
    pub fn offramp(&self) -> Option<&OfframpPayload> {
        match &self.payload {
            Payload::Offramp(offramp) => Some(offramp),
            _ => None,
        }
    }

    /// Reads the fields of an unknown event as a payment; for a known one, what [`payment`](Self::payment) gives.
    ///
    /// Whether they are one is for you to say. The provider may send amounts of a new event in other units.
    pub fn read_as_payment(&self) -> Option<Cow<'_, PaymentPayload>> {
        match &self.payload {
            Payload::Payment(payment) => Some(Cow::Borrowed(payment)),
            Payload::Other(fields) => Some(Cow::Owned(PaymentPayload::read(Reader::of_extra(fields)))),
            Payload::Offramp(_) => None,
        }
    }

    /// Reads the fields of an unknown event as an off-ramp; for a known one, what [`offramp`](Self::offramp) gives.
    ///
    /// The same caution as for [`read_as_payment`](Self::read_as_payment) holds.
    pub fn read_as_offramp(&self) -> Option<Cow<'_, OfframpPayload>> {
        match &self.payload {
            Payload::Offramp(offramp) => Some(Cow::Borrowed(offramp)),
            Payload::Other(fields) => Some(Cow::Owned(OfframpPayload::read(Reader::of_extra(fields)))),
            Payload::Payment(_) => None,
        }
    }

    /// The id of the payment or off-ramp, if one came.
    pub fn object_id(&self) -> Option<Cow<'_, str>> {
        match &self.payload {
            Payload::Payment(payment) => payment.id.as_ref().map(|id| id.as_str().into()),
            Payload::Offramp(offramp) => offramp.id.as_ref().map(|id| id.as_str().into()),
            Payload::Other(fields) => other_text(fields, &["id", "payment_id", "rampoff_id"]),
        }
    }

    /// The status as the provider spells it, if one came.
    pub fn status(&self) -> Option<Cow<'_, str>> {
        match &self.payload {
            Payload::Payment(payment) => payment.status.as_ref().map(|status| status.as_str().into()),
            Payload::Offramp(offramp) => offramp.status.as_ref().map(|status| status.as_str().into()),
            Payload::Other(fields) => other_text(fields, &["status"]),
        }
    }

    /// How far the object has come: its status or, where none came, the one that the event's kind implies.
    pub fn state(&self) -> Option<ObjectState> {
        match &self.payload {
            Payload::Payment(payment) => Some(ObjectState::Payment(match (&payment.status, self.kind) {
                (Some(status), _) => status.clone(),
                (None, EventKind::PayIn) => PaymentStatus::PaymentReceived,
                (None, EventKind::CoinsSent) => PaymentStatus::CoinsSent,
                _ => return None,
            })),
            Payload::Offramp(offramp) => Some(ObjectState::Offramp(match (&offramp.status, self.kind) {
                (Some(status), _) => status.clone(),
                (None, EventKind::CryptoReceived) => OfframpStatus::CryptoReceived,
                (None, EventKind::OfframpFinished) => OfframpStatus::Finished,
                _ => return None,
            })),
            Payload::Other(_) => None,
        }
    }

    /// Whether the event tells of a state that lies before `current`, the state in which you already know the same
    /// object. Such an event came late or out of order: states only move forward, so it must not set the state back.
    ///
    /// False whenever the order is not known, so that news is never taken for stale.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_types::PaymentStatus;
    /// use cryptopocket_webhooks::Event;
    ///
    /// let late = Event::parse(br#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received"}}"#)?;
    /// assert!(late.is_stale_after(PaymentStatus::CoinsSent));
    /// assert!(!late.is_stale_after(PaymentStatus::PaymentReceived));
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn is_stale_after(&self, current: impl Into<ObjectState>) -> bool {
        self.state().is_some_and(|state| state.is_before(&current.into()))
    }

    /// What tells this event from others, since the provider sends no event id.
    pub fn key(&self) -> EventKey {
        EventKey::of(self)
    }

    /// SHA-256 over what the event says of its object. It is the same for two deliveries that say the same, whatever
    /// their order of fields, white space and spelling of the event's name.
    ///
    /// When `data` holds the object's id, members beside it that tell nothing of the object, such as a time of sending,
    /// are left out. Otherwise nothing shows which members tell of it, so all of the body but the name is taken.
    pub fn fingerprint(&self) -> [u8; 32] {
        crate::key::fingerprint(&self.raw)
    }

    /// The members of the body beside the name and the object, such as a time of sending.
    pub fn envelope(&self) -> &Extra {
        &self.envelope
    }

    /// The body exactly as it came. It may hold personal data.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// What the catalogue says of the event; nothing for an unknown one.
    pub fn info(&self) -> Option<&'static EventInfo> {
        self.kind.info()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .field("payload", &self.payload)
            .field("envelope", &self.envelope)
            .field("raw", &format_args!("[{} bytes]", self.raw.len()))
            .finish()
    }
}

fn other_text<'e>(fields: &'e Extra, names: &[&str]) -> Option<Cow<'e, str>> {
    names
        .iter()
        .find_map(|name| json::scalar(fields.get(name)?.get()).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests;
