//! A journal in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::journal::{Begun, Entry, JournalStore, NewEntry, Phase, Record};

/// A journal in memory, for tests and simulations. It loses everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    entries: Mutex<BTreeMap<String, Row>>,
}

#[derive(Debug)]
struct Row {
    entry: Entry,
    held_until: Timestamp,
}

impl JournalStore for MemoryJournal {
    async fn begin(&self, new: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        let mut entries = self.entries.lock().await;
        let row = entries.entry(new.key.clone()).or_insert_with(|| Row {
            entry: Entry {
                key: new.key,
                request_hash: new.request_hash.to_vec(),
                request: new.request,
                phase: Phase::Intended,
                sent_at: None,
                answer: None,
                recovered: false,
                reason: None,
                token: 0,
            },
            held_until: now,
        });
        if row.held_until > now {
            return Ok(Begun::Busy {
                until: row.held_until,
            });
        }
        row.entry.token += 1;
        if matches!(row.entry.phase, Phase::Intended | Phase::Sending) {
            row.held_until = now.saturating_add(hold);
        }
        Ok(Begun::Held(Box::new(row.entry.clone())))
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<(), Error> {
        let mut entries = self.entries.lock().await;
        let row = entries.get_mut(key).filter(|row| row.entry.token == token);
        let row = row.ok_or_else(Error::lease_lost)?;
        row.entry.phase = record.phase;
        row.entry.sent_at = record.sent_at.or(row.entry.sent_at);
        row.entry.answer = record.answer.or(row.entry.answer.take());
        row.entry.recovered = record.recovered;
        row.entry.reason = record.reason.or(row.entry.reason.take());
        if !record.keep_hold {
            row.held_until = Timestamp::saturating_from_unix_micros(0);
        }
        Ok(())
    }

    async fn unsettled(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        let entries = self.entries.lock().await;
        let open = entries
            .values()
            .filter(|row| !matches!(row.entry.phase, Phase::Done | Phase::Refused));
        Ok(open.take(limit as usize).map(|row| row.entry.clone()).collect())
    }
}
