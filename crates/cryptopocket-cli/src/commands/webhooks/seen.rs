//! Events as `listen` and `replay` print them.

use std::borrow::Cow;

use cryptopocket::Timestamp;
use cryptopocket::webhooks::{Event, Payload, Sighting};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::output::{self, BAD, BOLD, DIM, GOOD, WARN, clean};

/// The object of an event, by its id as far as that can be read.
#[derive(Debug, Serialize)]
pub(super) enum Object {
    #[serde(rename = "payment_id")]
    Payment(Option<String>),
    #[serde(rename = "offramp_id")]
    Offramp(Option<String>),
}

impl Object {
    /// An event that this version does not know is most likely about a payment.
    pub(super) fn of(event: &Event) -> Self {
        let id = event.object_id().map(Cow::into_owned);
        match event.payload() {
            Payload::Offramp(_) => Self::Offramp(id),
            _ => Self::Payment(id),
        }
    }

    fn id(&self) -> Option<&str> {
        match self {
            Self::Payment(id) | Self::Offramp(id) => id.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "other programs read these fields")]
pub(super) struct Seen {
    received_at: Timestamp,
    r#type: Option<String>,
    verified: bool,
    duplicate: bool,
    #[serde(flatten)]
    object: Option<Object>,
    status: Option<String>,
    forwarded: Option<u16>,
    #[serde(skip)]
    was_sent: bool,
    /// The event came before with another content.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    changed: bool,
    /// Why it was not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl Seen {
    /// A verified delivery. One that is no event has neither type nor object.
    pub(super) fn verified(received_at: Timestamp, event: Option<&Event>) -> Self {
        if let Some(event) = event.filter(|event| !event.surprises().is_empty()) {
            let found: Vec<_> = event.surprises().iter().map(ToString::to_string).collect();
            output::warn(&format!(
                "{}: fields that cannot be read: {}",
                event.name(),
                found.join("; ")
            ));
        }
        Self {
            received_at,
            r#type: event.map(|event| event.name().to_owned()),
            verified: true,
            duplicate: false,
            object: event.map(Object::of),
            status: event.and_then(|event| Some(event.status()?.into_owned())),
            forwarded: None,
            was_sent: false,
            changed: false,
            error: None,
        }
    }

    pub(super) fn refused(received_at: Timestamp, error: &'static str) -> Self {
        Self {
            verified: false,
            error: Some(error),
            ..Self::verified(received_at, None)
        }
    }

    pub(super) fn sighted(mut self, sighting: Sighting) -> Self {
        self.duplicate = sighting != Sighting::New;
        self.changed = sighting == Sighting::Changed;
        self
    }

    /// It was sent to a receiver, which answered so.
    pub(super) fn forwarded(mut self, status: Option<u16>) -> Self {
        self.forwarded = status;
        self.was_sent = true;
        self
    }

    pub(super) fn print(&self, context: &mut Context) -> Result<()> {
        if context.output.is_json() {
            return context.output.json(self);
        }
        let id = self.object.as_ref().and_then(Object::id);
        let result = match (self.error, self.forwarded) {
            (Some(error), _) => format!("{BAD}refused: {error}{BAD:#}"),
            (None, Some(status)) if super::forward::is_taken(status) => format!("{GOOD}-> {status}{GOOD:#}"),
            (None, Some(status)) => format!("{BAD}-> {status}{BAD:#}"),
            (None, None) if self.was_sent => format!("{BAD}not forwarded{BAD:#}"),
            (None, None) => format!("{GOOD}verified{GOOD:#}"),
        };
        let again = match (self.changed, self.duplicate) {
            (true, _) => format!(" {WARN}changed since its first delivery{WARN:#}"),
            (_, true) => format!(" {DIM}duplicate{DIM:#}"),
            _ => String::new(),
        };
        context.output.line(format!(
            "{DIM}{}{DIM:#}  {BOLD}{}{BOLD:#}  {}  {}  {result}{again}",
            self.received_at,
            text(self.r#type.as_deref()),
            text(id),
            text(self.status.as_deref()),
        ))
    }
}

fn text(value: Option<&str>) -> Cow<'_, str> {
    clean(value.filter(|text| !text.is_empty()).unwrap_or("-"))
}
