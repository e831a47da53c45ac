//! Leases of events: only the latest of an event lets its handler commit.

use cryptopocket_inbox::{Error, ErrorKind, Lease, StoredEvent};

use crate::durable::Durable;
use crate::finding::{FENCED, Finding};
use crate::world::World;

impl<D: Durable> World<D> {
    /// Notes the leases that the store gave out.
    pub(crate) fn claimed(&self, events: &[StoredEvent]) {
        let mut notes = self.notes();
        for event in events {
            let latest = (event.token, event.key.clone());
            notes.known.leases.insert(event.seq, latest);
            self.trace(&event.key, || {
                format!("{}: claimed, token {}", event.key, event.token)
            });
        }
    }

    /// Whether another lease of the same event was given out since.
    pub(crate) fn is_lost(&self, lease: Lease) -> bool {
        let notes = self.notes();
        let latest = notes.known.leases.get(&lease.seq);
        latest.is_some_and(|(token, _)| *token != lease.token)
    }

    /// Checks what the store made of a handler under this lease.
    pub(crate) fn completed(&self, lease: Lease, outcome: &Result<(), Error>) {
        self.tally.checks.add(1);
        match outcome {
            Ok(()) if self.is_lost(lease) => {
                let latest = self.notes().known.leases.get(&lease.seq).cloned();
                let (latest, key) = latest.unwrap_or_default();
                let text = format!(
                    "{key}: token {} committed, and {latest} is the latest",
                    lease.token
                );
                self.find(Finding::new(FENCED, &[&key], text));
            }
            Err(error) if error.kind() == ErrorKind::LeaseLost => self.tally.lost_leases.add(1),
            _ => {}
        }
    }
}
