//! Events as `listen` and `replay` print them.

use cryptopocket::Timestamp;
use cryptopocket::webhooks::{Event, Payload, Sighting};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::output::{self, BAD, BOLD, DIM, GOOD, WARN, clean};

#[derive(Debug, Serialize)]
pub(super) struct Seen {
    received_at: Timestamp,
    r#type: Option<String>,
    verified: bool,
    duplicate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offramp_id: Option<Option<String>>,
    status: Option<String>,
    forwarded: Option<u16>,
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
        let id = event.map(|event| event.object_id().map(std::borrow::Cow::into_owned));
        let is_offramp = event.is_some_and(|event| matches!(event.payload(), Payload::Offramp(_)));
        let (payment_id, offramp_id) = if is_offramp { (None, id) } else { (id, None) };
        Self {
            received_at,
            r#type: event.map(|event| event.name().to_owned()),
            verified: true,
            duplicate: false,
            payment_id,
            offramp_id,
            status: event.and_then(|event| Some(event.status()?.into_owned())),
            forwarded: None,
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

    pub(super) fn forwarded(mut self, status: Option<u16>) -> Self {
        self.forwarded = status;
        self
    }

    pub(super) fn print(&self, context: &mut Context) -> Result<()> {
        if context.output.is_json() {
            return context.output.json(self);
        }
        let id = self
            .payment_id
            .as_ref()
            .or(self.offramp_id.as_ref())
            .cloned()
            .flatten();
        let result = match (self.error, self.forwarded) {
            (Some(error), _) => format!("{BAD}refused: {error}{BAD:#}"),
            (None, Some(status)) if super::forward::is_taken(status) => format!("{GOOD}-> {status}{GOOD:#}"),
            (None, Some(status)) => format!("{BAD}-> {status}{BAD:#}"),
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
            text(id.as_deref()),
            text(self.status.as_deref()),
        ))
    }
}

fn text(value: Option<&str>) -> std::borrow::Cow<'_, str> {
    clean(value.filter(|text| !text.is_empty()).unwrap_or("-"))
}
