//! Detection of repeated deliveries.

use std::collections::{BTreeMap, VecDeque};

use cryptopocket_types::words;

use crate::event::Event;
use crate::key::EventKey;

words! {
    /// Result of [`Deduplicator::observe`].
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    #[must_use = "only a new event is to be handled"]
    pub enum Sighting {
        /// Not seen before: handle it.
        New = "new",
        /// Seen before with the same content: answer 2xx and do nothing.
        Duplicate = "duplicate",
        /// Seen before **with other content**, such as another status or amount. Do not handle the event again: a handler
        /// that credits on `PAY_IN` would credit twice. Update your copy of the object, or retrieve it from the provider and
        /// compare.
        Changed = "changed",
    }
}

/// Remembers the latest events, so that a repeated delivery is handled once.
///
/// Events are told apart by their [`EventKey`]: kind and object. The memory is lost on restart and is not shared between
/// machines. Where that matters, make handlers idempotent or keep the keys in a database.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{Deduplicator, Event, Sighting};
///
/// let paid = Event::parse(br#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received"}}"#)?;
/// let moved_on = Event::parse(br#"{"type":"PAY_IN","data":{"id":"p1","status":"coins_sent"}}"#)?;
///
/// let mut seen = Deduplicator::new(10_000);
/// assert_eq!(seen.observe(&paid), Sighting::New); // credit the customer
/// assert_eq!(seen.observe(&paid), Sighting::Duplicate);
/// assert_eq!(seen.observe(&moved_on), Sighting::Changed); // no second credit
///
/// // Crediting failed, so the next delivery is to be handled again.
/// seen.forget(&paid.key());
/// assert_eq!(seen.observe(&paid), Sighting::New);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Deduplicator {
    capacity: usize,
    seen: BTreeMap<EventKey, [u8; 32]>,
    order: VecDeque<EventKey>,
}

impl Deduplicator {
    /// Makes a memory of the latest `capacity` events, at least one. Each takes some hundred bytes.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            seen: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Records the event and tells whether it was recorded before.
    ///
    /// If handling the event fails, [`forget`](Self::forget) it, so that the next delivery is handled. A change is
    /// compared with the first content that was seen.
    pub fn observe(&mut self, event: &Event) -> Sighting {
        let key = event.key();
        let fingerprint = event.fingerprint();
        match self.seen.get(&key) {
            Some(known) if *known == fingerprint => return Sighting::Duplicate,
            Some(_) => return Sighting::Changed,
            None => {}
        }
        if self.order.len() == self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.seen.insert(key, fingerprint);
        Sighting::New
    }

    /// Forgets an event and returns whether it was known.
    pub fn forget(&mut self, key: &EventKey) -> bool {
        let known = self.seen.remove(key).is_some();
        if known {
            self.order.retain(|noted| noted != key);
        }
        known
    }

    /// The number of remembered events.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether no event is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u32, txid: &str) -> Event {
        let body = format!(r#"{{"type":"COINS_SENT","data":{{"id":"p{id}","txid":"{txid}"}}}}"#);
        Event::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest() {
        let mut seen = Deduplicator::new(2);
        for id in 0..3 {
            assert_eq!(seen.observe(&event(id, "x")), Sighting::New);
        }
        assert_eq!(seen.len(), 2);
        assert_eq!(seen.observe(&event(2, "x")), Sighting::Duplicate);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::Duplicate);
        assert_eq!(seen.observe(&event(0, "x")), Sighting::New);
    }

    #[test]
    fn change_is_compared_with_the_first_content() {
        let mut seen = Deduplicator::new(8);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::New);
        assert_eq!(seen.observe(&event(1, "y")), Sighting::Changed);
        assert_eq!(seen.observe(&event(1, "y")), Sighting::Changed);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::Duplicate);
    }

    #[test]
    fn moved_on_status_or_amount_is_never_new() {
        let observe = |seen: &mut Deduplicator, fields: &str| {
            let body = format!(r#"{{"type":"PAY_IN","data":{{"id":"p1",{fields}}}}}"#);
            seen.observe(&Event::parse(body.as_bytes()).unwrap())
        };
        let mut seen = Deduplicator::new(8);
        let first = r#""status":"payment_received","fiat_amount":15050,"fiat_symbol":"EUR""#;
        assert_eq!(observe(&mut seen, first), Sighting::New);
        for later in [
            r#""status":"coins_sent","fiat_amount":15050,"fiat_symbol":"EUR""#,
            r#""status":"payment_received","fiat_amount":15051,"fiat_symbol":"EUR""#,
            r#""status":"payment_received","fiat_amount":15050,"fiat_symbol":"USD""#,
        ] {
            assert_eq!(observe(&mut seen, later), Sighting::Changed, "{later}");
        }
        assert_eq!(observe(&mut seen, first), Sighting::Duplicate);
    }

    #[test]
    fn forgotten_event_is_new_again() {
        let mut seen = Deduplicator::new(8);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::New);
        assert!(seen.forget(&event(1, "x").key()));
        assert!(!seen.forget(&event(1, "x").key()));
        assert!(seen.is_empty());
        assert_eq!(seen.observe(&event(1, "x")), Sighting::New);
    }
}
