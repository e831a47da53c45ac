//! Making a call once.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Answer, Begun, Call, Entry, Found, Journal, JournalStore, NewEntry, Once, Phase, Record, Sent};
use crate::error::{Error, ErrorKind};
use crate::measure;
use crate::runtime::{First, Which};
use crate::store::StoredBody;

/// Pause before a call is looked for, or sent, again. It grows with the time for which the call has been unknown.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
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
        let once = self.try_once(key, request, call).await?;
        measure::call(call.operation(), once.as_str());
        Ok(once)
    }

    async fn try_once<C: Call>(&self, key: &str, request: &[u8], call: &C) -> Result<Once, Error> {
        let request_hash = Sha256::digest(request).into();
        let new = NewEntry {
            key: key.to_owned(),
            operation: call.operation().to_owned(),
            request_hash,
            request: self.bodies.store(key, request.to_vec())?,
            furthest: self.furthest(),
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
        // Two kinds of calls may be written alike, and one must not be answered with the other.
        let is_same = entry.operation == call.operation()
            && (entry.request_hash == request_hash
                || (!entry.erased && call.is_same(&self.request(&entry)?)));
        if !is_same {
            if matches!(entry.phase, Phase::Intended | Phase::Sending) {
                // At once: the right request may follow.
                self.give_back(&entry).await?;
            }
            return Err(Error::new(
                ErrorKind::KeyReused,
                format!("the journal has another request under the key {key}"),
            ));
        }
        if matches!(entry.phase, Phase::Done | Phase::Refused | Phase::Ambiguous) {
            self.attempts.forget(&entry.key);
        }
        match entry.phase {
            Phase::Done => self.done(entry),
            Phase::Refused => Ok(Once::Refused {
                reason: entry.reason.unwrap_or_default(),
            }),
            Phase::Ambiguous => Ok(Once::Ambiguous {
                candidates: entry.candidates,
            }),
            Phase::Intended if !self.look_first => self.send(&entry, call).await,
            Phase::Intended | Phase::Sending | Phase::Confirmed => self.look(&entry, call).await,
        }
    }

    fn done(&self, entry: Entry) -> Result<Once, Error> {
        let Some(stored) = entry.answer else {
            return Ok(Once::Named {
                object: entry.object.unwrap_or_default(),
            });
        };
        Ok(Once::Done {
            answer: self.bodies.read(&entry.key, stored)?,
            recovered: entry.recovered,
        })
    }

    async fn send<C: Call>(&self, entry: &Entry, call: &C) -> Result<Once, Error> {
        // Durable before the first byte leaves: whoever finds this after a crash knows that it may have been sent.
        let (sent_at, begun) = (self.runtime.now(), self.runtime.monotonic());
        let sending = Record {
            leaves: true,
            due_at: Some(sent_at.saturating_add(self.hold)),
            ..Record::of(Phase::Sending, sent_at)
        };
        self.store.record(&entry.key, entry.token, sending).await?;
        // Another worker may know of this sending since its record, and counts on its end after half of the hold. The timer
        // of many systems stands still while the machine is suspended, so the clock is asked too.
        let by_clock = self.runtime.now().duration_since(sent_at).unwrap_or_default();
        let passed = self.runtime.monotonic().saturating_sub(begun).max(by_clock);
        let Some(left) = (self.hold / 2).checked_sub(passed) else {
            let reason = "recording the intent took too long".to_owned();
            return self.still_unknown(entry, PAUSE, reason).await;
        };
        let deadline = self.runtime.deadline(left);
        let sent = match First(Box::pin(call.send(&entry.key)), deadline).await {
            Which::One(sent) => sent,
            // Cut off well before the hold ends, so that no other worker can be at it meanwhile.
            Which::Other(()) => Sent::Unknown("the call took too long".to_owned()),
        };
        self.attempts.ended(&entry.key, sent_at, self.runtime.monotonic());
        let place = raw_place(&entry.key);
        let sealed = call
            .answers()
            .into_iter()
            .map(|raw| self.bodies.store(&place, raw));
        let answers: Vec<StoredBody> = sealed.collect::<Result<_, _>>()?;
        let (phase, reason) = match sent {
            Sent::Done(answer) => return self.settle_done(entry, answer, answers, false).await,
            Sent::Found(answer) => return self.settle_done(entry, answer, answers, true).await,
            Sent::Refused(reason) => (Phase::Refused, reason),
            Sent::NotSent(reason) => (Phase::Intended, reason),
            Sent::Confirmed(reason) => (Phase::Confirmed, reason),
            Sent::Unknown(reason) => (Phase::Sending, reason),
        };
        let record = Record {
            reason: Some(reason.clone()),
            answers,
            due_at: self.due_at(phase, PAUSE),
            ..Record::of(phase, self.runtime.now())
        };
        Ok(match self.settle_as(entry, record).await? {
            Phase::Refused => Once::Refused { reason },
            Phase::Intended => Once::NotSent { reason },
            Phase::Ambiguous => self.done_twice(&entry.key).await?,
            _ => pending(PAUSE, reason),
        })
    }

    /// Finds out what became of a call that may have been sent.
    async fn look<C: Call>(&self, entry: &Entry, call: &C) -> Result<Once, Error> {
        // Read before the search: the proof is about the time of the search, not about what came after it.
        let now = self.runtime.monotonic();
        // The attempt of another process may go on for half of the hold.
        let latest = entry.sent_at.map_or(now, |_| now.saturating_add(self.hold / 2));
        let over_at = self.attempts.over_at(&entry.key, entry.sent_at, latest);
        let waited = now.saturating_sub(over_at);
        let deadline = self.runtime.deadline(self.hold / 2);
        let found = match First(Box::pin(call.find(&entry.key)), deadline).await {
            Which::One(found) => found,
            Which::Other(()) => Found::Unknown("the search took too long".to_owned()),
        };
        let grace = over_at.saturating_add(self.grace).saturating_sub(now);
        let pause = (waited / 8).clamp(PAUSE, LONGEST_PAUSE);
        match found {
            Found::One(answer) => self.settle_done(entry, answer, Vec::new(), true).await,
            Found::Many(objects) => self.ambiguous(entry, objects).await,
            // The candidates may be the effects of calls that are under way, so they are not looked at yet either.
            Found::None | Found::Candidates { .. } if !grace.is_zero() => {
                let reason = "a lost request may still be at work".to_owned();
                self.still_unknown(entry, grace, reason).await
            }
            Found::None => self.absent(entry, call, pause).await,
            Found::Candidates {
                mut objects,
                is_whole,
            } => {
                let claimed = self
                    .store
                    .claimed(call.operation(), objects.clone(), &entry.key)
                    .await?;
                objects.retain(|object| !claimed.contains(object));
                if !objects.is_empty() {
                    return self.ambiguous(entry, objects).await;
                }
                if is_whole {
                    return self.absent(entry, call, pause).await;
                }
                let reason = "nothing proves that the search saw everything".to_owned();
                self.still_unknown(entry, pause, reason).await
            }
            Found::Unknown(reason) => self.still_unknown(entry, pause, reason).await,
        }
    }

    /// What a search proves that saw nothing, after the grace period.
    async fn absent<C: Call>(&self, entry: &Entry, call: &C, pause: Duration) -> Result<Once, Error> {
        if entry.phase != Phase::Confirmed {
            return self.send(entry, call).await;
        }
        // The provider's own word outweighs a search.
        let reason = "the provider said that it was done, and does not show it".to_owned();
        self.still_unknown(entry, pause, reason).await
    }

    async fn ambiguous(&self, entry: &Entry, candidates: Vec<String>) -> Result<Once, Error> {
        let record = Record {
            candidates: candidates.clone(),
            ..Record::of(Phase::Ambiguous, self.runtime.now())
        };
        self.settle_as(entry, record).await?;
        Ok(Once::Ambiguous { candidates })
    }

    async fn still_unknown(&self, entry: &Entry, after: Duration, reason: String) -> Result<Once, Error> {
        let phase = match entry.phase {
            Phase::Confirmed => Phase::Confirmed,
            _ => Phase::Sending,
        };
        let record = Record {
            reason: Some(reason.clone()),
            due_at: self.due_at(phase, after),
            // So that it does not pass for what a sending came to if somebody has settled the call meanwhile.
            recovered: true,
            ..Record::of(phase, self.runtime.now())
        };
        self.settle_as(entry, record).await?;
        Ok(pending(after, reason))
    }

    /// Ends the hold of a call, and leaves the call as it is.
    pub(super) async fn give_back(&self, entry: &Entry) -> Result<(), Error> {
        let record = Record {
            reason: entry.reason.clone(),
            due_at: entry.due_at,
            recovered: true,
            ..Record::of(entry.phase, self.runtime.now())
        };
        self.settle_as(entry, record).await.map(drop)
    }

    fn due_at(&self, phase: Phase, after: Duration) -> Option<Timestamp> {
        let is_unknown = matches!(phase, Phase::Sending | Phase::Confirmed);
        is_unknown.then(|| self.runtime.now().saturating_add(after))
    }

    async fn settle_done(
        &self,
        entry: &Entry,
        answer: Answer,
        answers: Vec<StoredBody>,
        recovered: bool,
    ) -> Result<Once, Error> {
        let record = Record {
            answer: Some(self.bodies.store(&entry.key, answer.value.clone())?),
            answers,
            object: answer.object,
            recovered,
            ..Record::of(Phase::Done, self.runtime.now())
        };
        if self.settle_as(entry, record).await? == Phase::Ambiguous {
            return self.done_twice(&entry.key).await;
        }
        Ok(Once::Done {
            answer: answer.value,
            recovered,
        })
    }

    /// Another worker had the call done too. No answer may be shown before a person has chosen.
    async fn done_twice(&self, key: &str) -> Result<Once, Error> {
        let known = self.entry(key).await?;
        Ok(Once::Ambiguous {
            candidates: known.map(|known| known.candidates).unwrap_or_default(),
        })
    }

    /// Records an outcome, and returns the phase that was written. What came with an answer comes only once, so a store
    /// that fails for a moment is tried again.
    pub(super) async fn settle_as(&self, entry: &Entry, record: Record) -> Result<Phase, Error> {
        if !matches!(record.phase, Phase::Sending | Phase::Confirmed) {
            self.attempts.forget(&entry.key);
        }
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

/// What a sealed raw answer is bound to, so that it cannot pass for the answer that was read.
pub(super) fn raw_place(key: &str) -> String {
    format!("{key}\nraw")
}

fn pending(after: Duration, reason: impl Into<String>) -> Once {
    Once::Pending {
        after,
        reason: reason.into(),
    }
}
