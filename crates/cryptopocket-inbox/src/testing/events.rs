//! The events of the store in memory.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;

use super::table::Table;
use crate::error::{Error, Result};
use crate::identity::released_key;
use crate::store::{
    Counts, Done, EventState, Events, Filter, Lease, NewEvent, Quarantined, Resolution, Settlement,
    StoredEvent,
};

#[derive(Debug, Clone)]
pub(super) struct Event {
    stored: StoredEvent,
    fingerprint: [u8; 32],
    settled_at: Option<Timestamp>,
}

/// A content in quarantine, or one that has left it.
#[derive(Debug, Clone)]
pub(super) struct Content {
    event: NewEvent,
    deliveries: u32,
    resolved: bool,
}

impl StoredEvent {
    fn is_open(&self) -> bool {
        matches!(self.state, EventState::Ready | EventState::Leased)
    }
}

impl Table {
    pub(super) fn receive(&mut self, event: NewEvent) -> Sighting {
        let Some(known) = self.numbers.get(&event.key) else {
            let due_at = event.received_at;
            self.add(event, due_at);
            return Sighting::New;
        };
        if self.events[known].fingerprint == event.fingerprint {
            return Sighting::Duplicate;
        }
        let same = |content: &Content| {
            content.event.key == event.key && content.event.fingerprint == event.fingerprint
        };
        let known = self.quarantine.iter().find(|(_, content)| same(content));
        if let Some((id, mut content)) = known.map(|(id, content)| (*id, content.clone())) {
            content.deliveries += 1;
            self.quarantine.set(id, Some(content));
            return Sighting::Duplicate;
        }
        let content = Content {
            event,
            deliveries: 1,
            resolved: false,
        };
        self.quarantine
            .set(next(self.quarantine.last_key_value()), Some(content));
        Sighting::Changed
    }

    fn add(&mut self, event: NewEvent, due_at: Timestamp) {
        let seq = next(self.events.last_key_value());
        self.numbers.set(event.key.clone(), Some(seq));
        let stored = StoredEvent {
            seq,
            token: 0,
            key: event.key,
            name: event.name,
            object_id: event.object_id,
            body: Some(event.body),
            state: EventState::Ready,
            received_at: event.received_at,
            signed_at: event.signed_at,
            due_at,
            attempts: 0,
            lost: 0,
            reason: None,
        };
        let event = Event {
            stored,
            fingerprint: event.fingerprint,
            settled_at: None,
        };
        self.events.set(seq, Some(event));
    }

    /// Changes an event for which the lease is held.
    fn change(&mut self, lease: Lease, change: impl FnOnce(&mut Event)) -> Result<()> {
        let holds =
            |event: &&Event| event.stored.state == EventState::Leased && event.stored.token == lease.token;
        let event = self.events.get(&lease.seq).filter(holds);
        let mut event = event.ok_or_else(Error::lease_lost)?.clone();
        change(&mut event);
        self.events.set(lease.seq, Some(event));
        Ok(())
    }
}

fn next<T>(last: Option<(&i64, T)>) -> i64 {
    last.map_or(1, |(last, _)| last + 1)
}

fn matches(filter: &Filter, event: &StoredEvent) -> bool {
    filter.after.is_none_or(|after| event.seq > after)
        && filter.since.is_none_or(|since| event.received_at >= since)
        && filter.state.is_none_or(|state| event.state == state)
        && filter.key.as_ref().is_none_or(|key| event.key == *key)
}

impl Events for Table {
    async fn claim(&mut self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<StoredEvent>> {
        let is_due = |event: &&Event| event.stored.is_open() && event.stored.due_at <= now;
        let mut due: Vec<_> = self.events.values().filter(is_due).cloned().collect();
        due.sort_by_key(|event| (event.stored.due_at, event.stored.seq));
        due.truncate(limit as usize);
        due.sort_by_key(|event| event.stored.seq);
        for event in &mut due {
            let stored = &mut event.stored;
            stored.lost += u32::from(stored.state == EventState::Leased);
            stored.state = EventState::Leased;
            stored.token += 1;
            stored.due_at = now.saturating_add(lease.saturating_mul(1 << stored.lost.min(6)));
            self.events.set(stored.seq, Some(event.clone()));
        }
        Ok(due.into_iter().map(|event| event.stored).collect())
    }

    async fn mark_done(&mut self, lease: Lease, done: Done) -> Result<()> {
        self.change(lease, |event| {
            event.settled_at = Some(done.at);
            event.stored.state = EventState::Done;
            event.stored.reason = None;
            if done.body.is_some() {
                event.stored.body = done.body;
            }
        })
    }

    async fn settle(&mut self, lease: Lease, settlement: Settlement) -> Result<()> {
        self.change(
            lease,
            |Event {
                 stored, settled_at, ..
             }| {
                let reason = match settlement {
                    Settlement::Retry {
                        due_at,
                        counted,
                        reason,
                    } => {
                        (stored.state, stored.due_at) = (EventState::Ready, due_at);
                        stored.attempts += u32::from(counted);
                        reason
                    }
                    Settlement::Dead { at, reason } => {
                        (stored.state, *settled_at) = (EventState::Dead, Some(at));
                        stored.attempts += 1;
                        reason
                    }
                };
                stored.reason = reason.or(stored.reason.take());
            },
        )
    }

    async fn extend(&mut self, lease: Lease, until: Timestamp) -> Result<()> {
        self.change(lease, |event| event.stored.due_at = until)
    }

    async fn replay(&mut self, filter: Filter, now: Timestamp) -> Result<(u64, Option<i64>)> {
        let is_one = |event: &Event| {
            !event.stored.is_open() && event.stored.body.is_some() && matches(&filter, &event.stored)
        };
        let replayed = self.events.change_each(
            is_one,
            |Event {
                 stored, settled_at, ..
             }| {
                (stored.state, stored.due_at, stored.reason) = (EventState::Ready, now, None);
                (stored.attempts, stored.lost, *settled_at) = (0, 0, None);
                stored.token += 1;
            },
        );
        Ok((replayed, None))
    }

    async fn erase_bodies(&mut self, before: Timestamp) -> Result<u64> {
        let is_one = |Event {
                          stored, settled_at, ..
                      }: &Event| {
            let is_old = settled_at.is_some_and(|at| at < before);
            is_old && stored.state == EventState::Done && stored.body.is_some()
        };
        Ok(self.events.change_each(is_one, |Event { stored, .. }| {
            (stored.body, stored.reason) = (None, None);
        }))
    }

    async fn events(&mut self, filter: Filter, limit: u32, with_bodies: bool) -> Result<Vec<StoredEvent>> {
        let all = self.events.values().map(|event| &event.stored);
        let found = all.filter(|event| matches(&filter, event)).take(limit as usize);
        let listed = found.cloned().map(|mut stored| {
            stored.body = stored.body.filter(|_| with_bodies);
            stored
        });
        Ok(listed.collect())
    }

    async fn quarantined(&mut self, limit: u32) -> Result<Vec<Quarantined>> {
        let waiting = self.quarantine.iter().filter(|(_, content)| !content.resolved);
        let listed = waiting.take(limit as usize).map(|(id, content)| Quarantined {
            id: *id,
            key: content.event.key.clone(),
            body: Some(content.event.body.clone()),
            received_at: content.event.received_at,
            deliveries: content.deliveries,
        });
        Ok(listed.collect())
    }

    async fn resolve(&mut self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool> {
        let content = self.quarantine.get(&id).filter(|content| !content.resolved);
        let Some(mut content) = content.cloned() else {
            return Ok(false);
        };
        content.resolved = true;
        if resolution == Resolution::Release {
            let mut event = content.event.clone();
            event.key = released_key(&event.key, &event.fingerprint);
            self.add(event, now);
        }
        self.quarantine.set(id, Some(content));
        Ok(true)
    }

    async fn counts(&mut self, now: Timestamp) -> Result<Counts> {
        let waiting = self.quarantine.values().filter(|content| !content.resolved);
        let mut counts = Counts {
            quarantined: waiting.count() as u64,
            ..Counts::default()
        };
        for Event { stored, .. } in self.events.values() {
            match stored.state {
                EventState::Ready if stored.due_at <= now => counts.ready += 1,
                EventState::Ready => counts.scheduled += 1,
                EventState::Leased => counts.leased += 1,
                EventState::Dead => counts.dead += 1,
                EventState::Done => {}
            }
            if stored.is_open() {
                counts.oldest = Some(stored.received_at).into_iter().chain(counts.oldest).min();
            }
        }
        Ok(counts)
    }

    async fn done(&mut self) -> Result<u64> {
        let done = self
            .events
            .values()
            .filter(|event| event.stored.state == EventState::Done);
        Ok(done.count() as u64)
    }
}
