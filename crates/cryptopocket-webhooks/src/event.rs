//! Events.

use std::borrow::Cow;

use cryptopocket_types::reading::{Fields, FromJson, Surprise, Surprises};
use cryptopocket_types::{EventType, Extra, Field, OfframpStatus, PaymentStatus, RawJson, debug_fields};

use crate::catalogue::{Domain, EventInfo, EventKind};
use crate::error::VerifyError;
use crate::json::{self, Document, Members};
use crate::key::EventKey;
use crate::parts::Parts;
use crate::payload::{ObjectState, OfframpPayload, Payload, PaymentPayload};

/// An event: its kind, its object, and the received JSON.
///
/// Unknown events, statuses and fields keep their text. A known field that cannot be read is
/// [`Field::Unreadable`](cryptopocket_types::Field), keeps its text in `extra`, and is listed by
/// [`surprises`](Self::surprises). The name is read from `type` or `event`; the object from `data` (also as the only item
/// of a list, or as JSON in a text), or from the body itself. Id, status, money and similar fields that are missing in
/// `data` are read from beside it.
///
/// Debug shows ids, states and amounts, and only the names of other fields. The JSON form is a string that holds the
/// received body; reading it does not verify a signature.
///
/// Evidence: the names are documented, the form of the body is assumed.
///
/// # Examples
/// ```
/// use cryptopocket_types::PaymentStatus;
/// use cryptopocket_webhooks::{Event, EventKind};
///
/// let event = Event::parse(
///     br#"{"type":"PAY_IN","data":{"id":"8k2xq0w9","status":"payment_received","fiat_amount":15050,"fiat_symbol":"EUR"}}"#,
/// )?;
/// assert_eq!(event.kind(), EventKind::PayIn);
/// let payment = event.payment().expect("an on-ramp event is about a payment");
/// assert_eq!(payment.status, PaymentStatus::PaymentReceived);
/// assert_eq!(payment.fiat.to_string(), "150.50 EUR");
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Event {
    kind: EventKind,
    name: String,
    payload: Payload,
    envelope: Extra,
    surprises: Vec<Surprise>,
    raw: String,
}

impl Event {
    /// Reads an event from a body **that has been verified**, such as one from a database. For a delivery use
    /// [`Verifier::event`](crate::Verifier::event).
    ///
    /// # Errors
    /// [`MalformedBody`](crate::VerifyErrorKind::MalformedBody) if the body is not exactly one JSON object, if an
    /// object repeats a name, or if `type` and `event` name two different events.
    pub fn parse(body: &[u8]) -> Result<Self, VerifyError> {
        Self::from_document(&Document::read(body)?)
    }

    pub(crate) fn from_document(document: &Document<'_>) -> Result<Self, VerifyError> {
        Parts::with(document, |parts| {
            let kind = parts.kind;
            let payload = match kind.domain() {
                Some(Domain::OnRamp) => object(&parts.payload).map(Box::new).map(Payload::Payment),
                Some(Domain::OffRamp) => object(&parts.payload).map(Box::new).map(Payload::Offramp),
                None => None,
            };
            let payload = payload.unwrap_or_else(|| Payload::Other(extra(&parts.payload)));
            let of_object = match &payload {
                Payload::Payment(payment) => payment.extra.surprises(),
                Payload::Offramp(offramp) => offramp.extra.surprises(),
                Payload::Other(_) => &[],
            };
            Self {
                kind,
                surprises: parts.surprises(of_object),
                payload,
                envelope: extra(&parts.envelope),
                name: parts.name.into_owned(),
                raw: document.text.to_owned(),
            }
        })
    }

    /// The kind, independent of the spelling.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The name as received; empty if the body has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The object of the event.
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

    /// The id of the payment or off-ramp, if present.
    pub fn object_id(&self) -> Option<Cow<'_, str>> {
        match &self.payload {
            Payload::Payment(payment) => payment.id.value().map(|id| id.as_str().into()),
            Payload::Offramp(offramp) => offramp.id.value().map(|id| id.as_str().into()),
            Payload::Other(fields) => other_text(fields, &["payment_id", "rampoff_id", "id"]),
        }
    }

    /// The status in the spelling of the provider, if present.
    pub fn status(&self) -> Option<Cow<'_, str>> {
        match &self.payload {
            Payload::Payment(payment) => payment.status.value().map(|status| status.as_str().into()),
            Payload::Offramp(offramp) => offramp.status.value().map(|status| status.as_str().into()),
            Payload::Other(fields) => other_text(fields, &["status"]),
        }
    }

    /// The state of the object: its status or, without a readable one, the status that the kind of event implies.
    pub fn state(&self) -> Option<ObjectState> {
        match &self.payload {
            Payload::Payment(payment) => Some(ObjectState::Payment(match (&payment.status, self.kind) {
                (Field::Value(status), _) => status.clone(),
                (_, EventKind::PayIn) => PaymentStatus::PaymentReceived,
                (_, EventKind::CoinsSent) => PaymentStatus::CoinsSent,
                _ => return None,
            })),
            Payload::Offramp(offramp) => Some(ObjectState::Offramp(match (&offramp.status, self.kind) {
                (Field::Value(status), _) => status.clone(),
                (_, EventKind::CryptoReceived) => OfframpStatus::CryptoReceived,
                (_, EventKind::OfframpFinished) => OfframpStatus::Finished,
                _ => return None,
            })),
            Payload::Other(_) => None,
        }
    }

    /// Whether the state of the event precedes `current`, your known state of the same object.
    ///
    /// Such an event is late or out of order. States only move forward, so it must not set the state back. False if the
    /// order is unknown, so that news is never treated as stale.
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

    /// The identity of the event, since the provider sends no event id.
    pub fn key(&self) -> EventKey {
        let name = self.info().map_or(self.name(), |info| info.name);
        EventKey::new(name, self.object_id().as_deref(), || self.fingerprint())
    }

    /// SHA-256 of the content. Equal for two deliveries with the same content, independent of the order of fields, white
    /// space and spelling of the name.
    ///
    /// If `data` contains the object's id, other members beside it, such as a time of sending, are left out. Otherwise
    /// the whole body without the name is hashed, since any member may identify the object.
    pub fn fingerprint(&self) -> [u8; 32] {
        // The text of an event has been read before, so reading succeeds.
        let document = Document::read(self.raw.as_bytes());
        let read = document.and_then(|document| Parts::with(&document, crate::key::fingerprint));
        read.unwrap_or_default()
    }

    /// The other members of the body, such as a time of sending.
    pub fn envelope(&self) -> &Extra {
        &self.envelope
    }

    /// The fields that could not be read: path, what was expected, and the kind of value that came; never the value.
    ///
    /// Worth a warning in a log: the provider sends something other than this version knows.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::Event;
    ///
    /// let event = Event::parse(br#"{"type":"PAY_IN","data":{"id":"p1","fiat_amount":"1.234,50","fiat_symbol":"EUR"}}"#)?;
    /// assert!(event.payment().unwrap().fiat.is_unreadable());
    /// assert_eq!(event.surprises()[0].to_string(), "data.fiat_amount: expected a whole number of cents, found text");
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn surprises(&self) -> &[Surprise] {
        &self.surprises
    }

    /// The body as received. It may contain personal data.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The entry of the catalogue; `None` for an unknown event.
    pub fn info(&self) -> Option<&'static EventInfo> {
        self.kind.info()
    }
}

debug_fields! {
    Event => |event|
        kind: event.kind,
        // Through the type, whose `Debug` hides an unknown word that may be data.
        name: EventType::from(event.name.as_str()),
        payload: event.payload,
        envelope: event.envelope,
        surprises: event.surprises,
        raw: format_args!("[{} bytes]", event.raw.len()),
}

fn object<T: FromJson>(members: &Members<'_>) -> Option<T> {
    T::from_fields(Fields(members.clone()), &mut Surprises::new()).ok()
}

fn extra(members: &Members<'_>) -> Extra {
    let fields = members.iter();
    fields
        .map(|(name, raw)| (name.clone().into_owned(), RawJson::from(*raw)))
        .collect()
}

fn other_text<'e>(fields: &'e Extra, names: &[&str]) -> Option<Cow<'e, str>> {
    names
        .iter()
        .find_map(|name| json::scalar(fields.get(name)?.get()).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests;
