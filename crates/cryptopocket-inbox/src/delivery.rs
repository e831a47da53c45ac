//! Events as handlers see them.

use cryptopocket_types::{Timestamp, debug_fields};
use cryptopocket_webhooks::Event;

use crate::identity::idempotency_key;
use crate::store::{Lease, StoredEvent};

/// A stored event for a handler.
///
/// Debug shows no body.
#[derive(Clone)]
pub struct Delivery {
    key: String,
    event: Option<Event>,
    body: Vec<u8>,
    received_at: Timestamp,
    signed_at: Timestamp,
    attempt: u32,
}

impl Delivery {
    /// A stored event with its opened body.
    pub(crate) fn new(stored: StoredEvent, body: Vec<u8>) -> Self {
        Self {
            event: Event::parse(&body).ok(),
            key: stored.key,
            body,
            received_at: stored.received_at,
            signed_at: stored.signed_at,
            attempt: stored.attempts.saturating_add(stored.lost).saturating_add(1),
        }
    }

    /// The event; `None` for a verified body that is no event, whose bytes are in [`raw`](Self::raw).
    pub fn event(&self) -> Option<&Event> {
        self.event.as_ref()
    }

    /// The identity of the event.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The body as received, or with fields redacted by policy when the event was done before. May contain personal data.
    pub fn raw(&self) -> &[u8] {
        &self.body
    }

    /// When the event first came.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// When the provider signed it.
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// The number of this attempt, from 1. Lost leases count.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// A key for calls to other systems: the same at every attempt and after a replay, and different for each event.
    ///
    /// Such a call is not covered by the transaction: after a crash it is made again, with this key.
    pub fn idempotency_key(&self) -> String {
        idempotency_key(&self.key)
    }
}

debug_fields! {
    Delivery => |delivery|
        key: delivery.key,
        body: format_args!("[{} bytes]", delivery.body.len()),
        received_at: delivery.received_at,
        attempt: delivery.attempt,
}

/// A claimed event: nobody else is given it before its lease runs out.
#[derive(Debug, Clone)]
#[must_use = "a claimed event is to be completed, failed or released"]
#[non_exhaustive]
pub struct Claim {
    /// The event.
    pub delivery: Delivery,
    /// The right to handle it.
    pub lease: Lease,
    /// Failed attempts so far.
    pub failed: u32,
    /// Leases lost so far.
    pub lost: u32,
}
