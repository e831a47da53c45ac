//! Events as `listen` and `replay` print them.

use std::borrow::Cow;

use cryptopocket::Timestamp;
use cryptopocket::webhooks::{Event, Payload, Sighting};

use super::forward::is_taken;
use crate::prelude::*;

/// The name and the id of the object of an event. One that this version does not know is most likely about a payment.
pub(super) fn object_of(event: &Event) -> (&'static str, Option<String>) {
    let name = match event.payload() {
        Payload::Offramp(_) => "offramp_id",
        _ => "payment_id",
    };
    (name, event.object_id().map(Cow::into_owned))
}

#[derive(Debug)]
pub(super) struct Seen {
    received_at: Timestamp,
    kind: Option<String>,
    object: Option<(&'static str, Option<String>)>,
    status: Option<String>,
    pub(super) sighting: Sighting,
    /// That it was sent to a receiver, which gave this answer.
    forwarded: Option<Result<u16, ()>>,
    /// Why it was not verified.
    error: Option<&'static str>,
}

impl Seen {
    /// A verified delivery. One that is no event has neither type nor object.
    pub(super) fn verified(received_at: Timestamp, event: Option<&Event>) -> Self {
        if let Some(event) = event.filter(|event| !event.surprises().is_empty()) {
            let found: Vec<_> = event.surprises().iter().map(ToString::to_string).collect();
            let (name, found) = (event.name(), found.join("; "));
            warn(&format!("{name}: fields that cannot be read: {found}"));
        }
        Self {
            received_at,
            kind: event.map(|event| event.name().to_owned()),
            object: event.map(object_of),
            status: event.and_then(|event| Some(event.status()?.into_owned())),
            sighting: Sighting::New,
            forwarded: None,
            error: None,
        }
    }

    pub(super) fn refused(received_at: Timestamp, error: &'static str) -> Self {
        Self {
            error: Some(error),
            ..Self::verified(received_at, None)
        }
    }

    /// It was sent to a receiver, which answered so.
    pub(super) fn forwarded(self, status: Option<u16>) -> Self {
        Self {
            forwarded: Some(status.ok_or(())),
            ..self
        }
    }

    pub(super) fn print(&self, context: &mut Context) -> Result<()> {
        let result = match (self.error, self.forwarded) {
            (Some(error), _) => format!("{BAD}refused: {error}{BAD:#}"),
            (None, Some(Ok(status))) if is_taken(status) => format!("{GOOD}-> {status}{GOOD:#}"),
            (None, Some(Ok(status))) => format!("{BAD}-> {status}{BAD:#}"),
            (None, Some(Err(()))) => format!("{BAD}not forwarded{BAD:#}"),
            (None, None) => format!("{GOOD}verified{GOOD:#}"),
        };
        let again = match self.sighting {
            Sighting::New => String::new(),
            Sighting::Changed => format!(" {WARN}changed since its first delivery{WARN:#}"),
            _ => format!(" {DIM}duplicate{DIM:#}"),
        };
        let id = self.object.as_ref().and_then(|(_, id)| id.as_ref());
        let parts = [self.kind.as_ref(), id, self.status.as_ref()];
        let [kind, id, status] = parts.map(|text| match text.map_or("", String::as_str) {
            "" => clean("-"),
            text => clean(text),
        });
        let received_at = self.received_at;
        let line =
            format!("{DIM}{received_at}{DIM:#}  {BOLD}{kind}{BOLD:#}  {id}  {status}  {result}{again}");
        let (is_new, is_changed) = (self.sighting == Sighting::New, self.sighting == Sighting::Changed);
        let mut form = object! {
            self => received_at, type: self.kind, verified: self.error.is_none(), duplicate: !is_new,
        };
        if let Some((name, id)) = &self.object {
            form = form.with(*name, id);
        }
        let form = form
            .with("status", &self.status)
            .with("forwarded", &self.forwarded.and_then(Result::ok))
            .maybe("changed", is_changed.then_some(true))
            .maybe("error", self.error);
        context.output.said(&form, line)
    }
}
