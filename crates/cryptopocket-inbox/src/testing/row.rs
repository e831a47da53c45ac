//! The states of one event, without a store: what every store is compared with.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::store::{EventState, NewEvent, Settlement, StoredBody};

/// A stored event.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) event: NewEvent,
    pub(super) body_erased: bool,
    pub(super) state: EventState,
    pub(super) due_at: Timestamp,
    pub(super) token: i64,
    pub(super) attempts: u32,
    pub(super) lost: u32,
    pub(super) settled_at: Option<Timestamp>,
    pub(super) reason: Option<String>,
}

impl Row {
    pub(super) fn fresh(event: NewEvent, now: Timestamp) -> Self {
        Self {
            event,
            body_erased: false,
            state: EventState::Ready,
            due_at: now,
            token: 0,
            attempts: 0,
            lost: 0,
            settled_at: None,
            reason: None,
        }
    }

    pub(super) fn body(&self) -> Option<StoredBody> {
        (!self.body_erased).then(|| self.event.body.clone())
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        matches!(self.state, EventState::Ready | EventState::Leased) && self.due_at <= now
    }

    pub(super) fn claim(&mut self, now: Timestamp, lease: Duration) {
        self.lost += u32::from(self.state == EventState::Leased);
        self.state = EventState::Leased;
        self.token += 1;
        self.due_at = now.saturating_add(lease.saturating_mul(1 << self.lost.min(6)));
    }

    pub(super) fn holds(&self, token: i64) -> bool {
        self.state == EventState::Leased && self.token == token
    }

    pub(super) fn finish(&mut self, at: Timestamp) {
        self.state = EventState::Done;
        self.settled_at = Some(at);
        self.reason = None;
    }

    pub(super) fn settle(&mut self, settlement: Settlement) {
        match settlement {
            Settlement::Retry {
                due_at,
                counted,
                reason,
            } => {
                self.state = EventState::Ready;
                self.due_at = due_at;
                self.attempts += u32::from(counted);
                self.reason = reason.or(self.reason.take());
            }
            Settlement::Dead { at, reason } => {
                self.state = EventState::Dead;
                self.attempts += 1;
                self.settled_at = Some(at);
                self.reason = reason.or(self.reason.take());
            }
        }
    }

    /// Whether it was done or dead, and is ready again now.
    pub(super) fn replay(&mut self, now: Timestamp) -> bool {
        if !matches!(self.state, EventState::Done | EventState::Dead) {
            return false;
        }
        *self = Self {
            token: self.token + 1,
            ..Self::fresh(self.event.clone(), now)
        };
        true
    }
}
