//! Making a call once.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Begun, Call, Entry, Found, Journal, JournalStore, NewEntry, Once, Phase, Record, Sent};
use crate::error::{Error, ErrorKind};
use crate::runtime::{First, Which};

/// Pause before a call is looked for, or sent, again.
const PAUSE: Duration = Duration::from_secs(5);
/// How often an outcome is recorded before the journal gives up, and the pauses between.
const RECORDINGS: u32 = 4;

impl<J: JournalStore> Journal<J> {
    /// Makes a call once for `key`, or tells what became of it.
    ///
    /// Call it again with the same key and request until it is done or refused: after a crash, after an error, after
    /// [`Once::Pending`]. It never sends twice what may have been done. `key` is the reference that the call carries, such
    /// as the id of your order.
    ///
    /// # Errors
    /// [`KeyReused`](ErrorKind::KeyReused) if the journal has another request under the key;
    /// [`LeaseLost`](ErrorKind::LeaseLost) if another worker took the call up meanwhile; those of the store. After an error
    /// nothing is lost: the next call finds out.
    pub async fn once<C: Call>(&self, key: &str, request: &[u8], call: &C) -> Result<Once, Error> {
        let request_hash = Sha256::digest(request).into();
        let new = NewEntry {
            key: key.to_owned(),
            request_hash,
            request: self.bodies.store(key, request.to_vec())?,
        };
        let now = self.runtime.now();
        let entry = match self.store.begin(new, now, self.hold).await? {
            Begun::Held(entry) => *entry,
            Begun::Busy { until } => {
                return Ok(pending(
                    until.duration_since(now).unwrap_or(PAUSE),
                    "another worker is at it",
                ));
            }
        };
        if entry.request_hash != request_hash {
            return Err(Error::new(
                ErrorKind::KeyReused,
                format!("the journal has another request under the key {key}"),
            ));
        }
        match entry.phase {
            Phase::Done => self.done(&entry),
            Phase::Refused => Ok(Once::Refused {
                reason: entry.reason.unwrap_or_default(),
            }),
            Phase::Ambiguous => Ok(ambiguous(&entry)),
            Phase::Intended => self.send(&entry, call).await,
            Phase::Sending => self.look(&entry, call).await,
        }
    }

    fn done(&self, entry: &Entry) -> Result<Once, Error> {
        let stored = entry.answer.clone().unwrap_or(crate::store::StoredBody {
            bytes: Vec::new(),
            sealed_with: None,
        });
        Ok(Once::Done {
            answer: self.bodies.read(&entry.key, stored)?,
            recovered: entry.recovered,
        })
    }

    async fn send<C: Call>(&self, entry: &Entry, call: &C) -> Result<Once, Error> {
        // Durable before the first byte leaves: whoever finds this after a crash knows that it may have been sent.
        let sent_at = self.runtime.now();
        let sending = Record {
            sent_at: Some(sent_at),
            keep_hold: true,
            ..of(Phase::Sending)
        };
        self.store.record(&entry.key, entry.token, sending).await?;
        if self.runtime.now().duration_since(sent_at) > Some(self.hold / 2) {
            // The machine was suspended, or the store was slow: another worker may be at it soon.
            self.settle(entry, of(Phase::Sending)).await?;
            return Ok(pending(PAUSE, "recording the intent took too long"));
        }
        let deadline = self.runtime.deadline(self.hold / 2);
        let sent = match First(Box::pin(call.send(&entry.key)), deadline).await {
            Which::One(sent) => sent,
            // Cut off well before the hold ends, so that no other worker can be at it meanwhile.
            Which::Other(()) => Sent::Unknown("the call took too long".to_owned()),
        };
        match sent {
            Sent::Done(answer) => self.settle_done(entry, answer, false).await,
            Sent::Refused(reason) => {
                let record = Record {
                    reason: Some(reason.clone()),
                    ..of(Phase::Refused)
                };
                self.settle(entry, record).await?;
                Ok(Once::Refused { reason })
            }
            Sent::NotSent(reason) => {
                self.settle(entry, of(Phase::Intended)).await?;
                Ok(Once::NotSent { reason })
            }
            Sent::Unknown(reason) => {
                self.settle(entry, of(Phase::Sending)).await?;
                Ok(pending(PAUSE, reason))
            }
        }
    }

    /// Finds out what became of a call that may have been sent.
    async fn look<C: Call>(&self, entry: &Entry, call: &C) -> Result<Once, Error> {
        // Read before the search: the proof is about the time of the search, not about what came after it.
        let now = self.runtime.now();
        let deadline = self.runtime.deadline(self.hold / 2);
        let found = match First(Box::pin(call.find(&entry.key)), deadline).await {
            Which::One(found) => found,
            Which::Other(()) => Found::Unknown("the search took too long".to_owned()),
        };
        match found {
            Found::One(answer) => self.settle_done(entry, answer, true).await,
            Found::Many(found) => {
                let record = Record {
                    reason: Some(found.to_string()),
                    ..of(Phase::Ambiguous)
                };
                self.settle(entry, record).await?;
                Ok(Once::Ambiguous { found })
            }
            Found::None => {
                let waited = entry.sent_at.and_then(|sent_at| now.duration_since(sent_at));
                match self.grace.checked_sub(waited.unwrap_or_default()) {
                    Some(left) if !left.is_zero() => {
                        self.settle(entry, of(Phase::Sending)).await?;
                        Ok(pending(left, "a lost request may still be at work"))
                    }
                    _ => self.send(entry, call).await,
                }
            }
            Found::Unknown(reason) => {
                self.settle(entry, of(Phase::Sending)).await?;
                Ok(pending(PAUSE, reason))
            }
        }
    }

    async fn settle_done(&self, entry: &Entry, answer: Vec<u8>, recovered: bool) -> Result<Once, Error> {
        let record = Record {
            answer: Some(self.bodies.store(&entry.key, answer.clone())?),
            recovered,
            ..of(Phase::Done)
        };
        self.settle(entry, record).await?;
        Ok(Once::Done { answer, recovered })
    }

    /// Records an outcome. What came with an answer comes only once, so a store that fails for a moment is tried again.
    async fn settle(&self, entry: &Entry, record: Record) -> Result<(), Error> {
        let mut pause = Duration::from_millis(100);
        for _ in 1..RECORDINGS {
            match self.store.record(&entry.key, entry.token, record.clone()).await {
                Err(error) if error.kind() != ErrorKind::LeaseLost => {
                    self.runtime.sleep(pause).await;
                    pause *= 4;
                }
                other => return other,
            }
        }
        self.store.record(&entry.key, entry.token, record).await
    }
}

fn of(phase: Phase) -> Record {
    Record {
        phase,
        sent_at: None::<Timestamp>,
        answer: None,
        recovered: false,
        reason: None,
        keep_hold: false,
    }
}

fn pending(after: Duration, reason: impl Into<String>) -> Once {
    Once::Pending {
        after,
        reason: reason.into(),
    }
}

fn ambiguous(entry: &Entry) -> Once {
    Once::Ambiguous {
        found: entry
            .reason
            .as_ref()
            .and_then(|found| found.parse().ok())
            .unwrap_or(2),
    }
}
