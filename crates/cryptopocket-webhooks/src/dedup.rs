use std::collections::{BTreeMap, VecDeque};

use crate::event::Event;
use crate::key::EventKey;

/// What a [`Deduplicator`] makes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a conflict is an alarm"]
pub enum Sighting {
    /// Not seen before: handle it.
    New,
    /// Seen before, saying the same: answer 2xx and do nothing.
    Duplicate,
    /// The same type, object, state and money were seen before **with another body**. Do not drop it: raise an alarm and
    /// look the object up at the provider.
    Conflict,
}

/// Remembers the latest events, so that a repeated delivery is handled once.
///
/// It lives in memory: after a restart, or on a second machine, every event is new. Where that matters, handlers must
/// be idempotent or the events kept in a durable store under their [`EventKey`].
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{Deduplicator, Event, Sighting};
///
/// let event = |txid: &str| {
///     let body = format!(r#"{{"type":"COINS_SENT","data":{{"id":"p1","status":"coins_sent","txid":"{txid}"}}}}"#);
///     Event::parse(body.as_bytes())
/// };
/// let mut seen = Deduplicator::new(10_000);
/// assert_eq!(seen.observe(&event("0xa")?), Sighting::New);
/// assert_eq!(seen.observe(&event("0xa")?), Sighting::Duplicate);
/// assert_eq!(seen.observe(&event("0xb")?), Sighting::Conflict);
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Deduplicator {
    capacity: usize,
    seen: BTreeMap<EventKey, [u8; 32]>,
    order: VecDeque<EventKey>,
}

impl Deduplicator {
    /// Remembers the latest `capacity` events, at least one. Each takes some hundred bytes.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            seen: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Notes the event and says whether it was noted before.
    ///
    /// The event counts as seen from here on. If its handling fails, [`forget`](Self::forget) it, so that the next
    /// delivery is handled.
    pub fn observe(&mut self, event: &Event) -> Sighting {
        let key = event.key();
        let fingerprint = event.fingerprint();
        match self.seen.get(&key) {
            Some(known) if *known == fingerprint => return Sighting::Duplicate,
            Some(_) => return Sighting::Conflict,
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

    /// Forgets an event; says whether it was known.
    pub fn forget(&mut self, key: &EventKey) -> bool {
        let known = self.seen.remove(key).is_some();
        if known {
            self.order.retain(|noted| noted != key);
        }
        known
    }

    /// How many events are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none is.
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
    fn the_memory_is_bounded_and_forgets_the_oldest_first() {
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
    fn a_conflict_stays_a_conflict_and_the_first_body_stays_known() {
        let mut seen = Deduplicator::new(8);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::New);
        assert_eq!(seen.observe(&event(1, "y")), Sighting::Conflict);
        assert_eq!(seen.observe(&event(1, "y")), Sighting::Conflict);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::Duplicate);
    }

    #[test]
    fn a_forgotten_event_is_new_again() {
        let mut seen = Deduplicator::new(8);
        assert_eq!(seen.observe(&event(1, "x")), Sighting::New);
        assert!(seen.forget(&event(1, "x").key()));
        assert!(!seen.forget(&event(1, "x").key()));
        assert!(seen.is_empty());
        assert_eq!(seen.observe(&event(1, "x")), Sighting::New);
    }
}
