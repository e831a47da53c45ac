//! Making a call once.

use std::time::Duration;

use futures_util::future::{Either, select};
use sha2::{Digest as _, Sha256};

use super::{Answer, Begun, Call, Entry, Found, Journal, JournalStore, Once, Phase, Record, Selection, Sent};
use crate::error::{Error, ErrorKind, Result};
use crate::measure;
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
    pub async fn once<C: Call>(&self, key: &str, request: &[u8], call: &C) -> Result<Once> {
        let _at_work = self.at_work();
        let once = self.try_once(key, request, call).await?;
        measure::call(call.operation(), once.as_str());
        Ok(once)
    }

    async fn try_once<C: Call>(&self, key: &str, request: &[u8], call: &C) -> Result<Once> {
        let request_hash = Sha256::digest(request).to_vec();
        let now = self.runtime.now();
        let request = self.bodies.store(key, request.to_vec())?;
        let intent = Entry {
            request_hash: request_hash.clone(),
            ..Entry::fresh(key, call.operation(), request, now)
        };
        let begun = self.store.begin(intent, now, self.hold, self.furthest());
        let (entry, is_held) = match begun.await? {
            Begun::Held(entry) => (*entry, true),
            Begun::Busy(entry) => (*entry, false),
        };
        // Two kinds of calls may be written alike, and one must not be answered with the other.
        let is_same = entry.operation == call.operation()
            && (entry.request_hash == request_hash
                || (!entry.erased && call.is_same(&self.request(&entry)?)));
        if !is_same {
            if is_held && matches!(entry.phase, Phase::Intended | Phase::Sending) {
                // At once: the right request may follow.
                self.give_back(&entry).await?;
            }
            return Err(Error::new(
                ErrorKind::KeyReused,
                format!("the journal has another request under the key {key}"),
            ));
        }
        if !is_held {
            let rest = entry.held_until.and_then(|until| until.duration_since(now));
            return Ok(pending(rest.unwrap_or(PAUSE), "another worker is at it"));
        }
        match entry.phase {
            Phase::Done | Phase::Refused | Phase::Ambiguous => {
                self.attempts.forget(&entry.key);
                self.told(entry)
            }
            Phase::Intended if !self.look_first => self.send(&entry, call).await,
            Phase::Intended | Phase::Sending | Phase::Confirmed => self.look(&entry, call).await,
        }
    }

    /// What an entry says of its call.
    fn told(&self, entry: Entry) -> Result<Once> {
        let reason = entry.reason.unwrap_or_default();
        Ok(match (entry.phase, entry.answer) {
            (Phase::Done, Some(answer)) => Once::Done {
                answer: self.bodies.read(&entry.key, answer)?,
                recovered: entry.recovered,
            },
            (Phase::Done, None) => Once::Named {
                object: entry.object.unwrap_or_default(),
            },
            (Phase::Refused, _) => Once::Refused { reason },
            (Phase::Intended, _) => Once::NotSent { reason },
            (Phase::Ambiguous, _) => Once::Ambiguous {
                candidates: entry.candidates,
            },
            (Phase::Sending | Phase::Confirmed, _) => {
                let due_at = entry.due_at;
                let after = due_at.and_then(|at| at.duration_since(self.runtime.now()));
                pending(after.unwrap_or(PAUSE), reason)
            }
        })
    }

    async fn send<C: Call>(&self, entry: &Entry, call: &C) -> Result<Once> {
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
            let record = self.still_unknown(entry, PAUSE, "recording the intent took too long");
            return self.conclude(entry, record).await;
        };
        let deadline = self.runtime.deadline(left);
        let sent = match select(Box::pin(call.send(&entry.key)), deadline).await {
            Either::Left((sent, _)) => sent,
            // Cut off well before the hold ends, so that no other worker can be at it meanwhile.
            Either::Right(_) => Sent::Unknown("the call took too long".to_owned()),
        };
        self.attempts.ended(&entry.key, sent_at, self.runtime.monotonic());
        let place = raw_place(&entry.key);
        let sealed = call
            .answers()
            .into_iter()
            .map(|raw| self.bodies.store(&place, raw));
        let answers: Vec<StoredBody> = sealed.collect::<Result<_, _>>()?;
        let record = match sent {
            Sent::Done(answer) => self.done(entry, answer, false)?,
            Sent::Found(answer) => self.done(entry, answer, true)?,
            Sent::Refused(reason) => self.because(Phase::Refused, reason, PAUSE),
            Sent::NotSent(reason) => self.because(Phase::Intended, reason, PAUSE),
            Sent::Confirmed(reason) => self.because(Phase::Confirmed, reason, PAUSE),
            Sent::Unknown(reason) => self.because(Phase::Sending, reason, PAUSE),
        };
        self.conclude(entry, Record { answers, ..record }).await
    }

    /// Finds out what became of a call that may have been sent.
    async fn look<C: Call>(&self, entry: &Entry, call: &C) -> Result<Once> {
        // Read before the search: the proof is about the time of the search, not about what came after it.
        let now = self.runtime.monotonic();
        // The attempt of another process may go on for half of the hold.
        let latest = entry.sent_at.map_or(now, |_| now.saturating_add(self.hold / 2));
        let over_at = self.attempts.over_at(&entry.key, entry.sent_at, latest);
        let waited = now.saturating_sub(over_at);
        let deadline = self.runtime.deadline(self.hold / 2);
        let found = match select(Box::pin(call.find(&entry.key)), deadline).await {
            Either::Left((found, _)) => found,
            Either::Right(_) => Found::Unknown("the search took too long".to_owned()),
        };
        let grace = over_at.saturating_add(self.grace).saturating_sub(now);
        let pause = (waited / 8).clamp(PAUSE, LONGEST_PAUSE);
        // None if it is proved that nothing was done.
        let record = match found {
            Found::One(answer) => Some(self.done(entry, answer, true)?),
            Found::Many(objects) => Some(self.ambiguous(objects)),
            Found::Unknown(reason) => Some(self.still_unknown(entry, pause, reason)),
            // The candidates may be the effects of calls that are under way, so they are not looked at yet either.
            Found::None | Found::Candidates { .. } if !grace.is_zero() => {
                Some(self.still_unknown(entry, grace, "a lost request may still be at work"))
            }
            Found::None => None,
            Found::Candidates { objects, is_whole } => match self.unclaimed(entry, objects).await? {
                objects if !objects.is_empty() => Some(self.ambiguous(objects)),
                _ if is_whole => None,
                _ => {
                    let reason = "nothing proves that the search saw everything";
                    Some(self.still_unknown(entry, pause, reason))
                }
            },
        };
        match record {
            Some(record) => self.conclude(entry, record).await,
            // The provider's own word outweighs a search.
            None if entry.phase == Phase::Confirmed => {
                let reason = "the provider said that it was done, and does not show it";
                self.conclude(entry, self.still_unknown(entry, pause, reason))
                    .await
            }
            None => self.send(entry, call).await,
        }
    }

    /// Those of these objects that are the effect of no other call of the operation.
    async fn unclaimed(&self, entry: &Entry, objects: Vec<String>) -> Result<Vec<String>> {
        // Only calls of the operation make such objects. A `reconcile_payment` carries its payment's id as well: it would
        // claim the payment that this call made, which would then be sent again.
        let is_another = |call: &Entry| call.operation == entry.operation && call.key != entry.key;
        let mut unclaimed = Vec::new();
        for object in objects {
            let calls = Selection::Object(object.clone());
            if !self.store.select(calls, u32::MAX).await?.iter().any(is_another) {
                unclaimed.push(object);
            }
        }
        Ok(unclaimed)
    }

    fn ambiguous(&self, candidates: Vec<String>) -> Record {
        Record {
            candidates,
            ..Record::of(Phase::Ambiguous, self.runtime.now())
        }
    }

    fn still_unknown(&self, entry: &Entry, after: Duration, reason: impl Into<String>) -> Record {
        let phase = match entry.phase {
            Phase::Confirmed => Phase::Confirmed,
            _ => Phase::Sending,
        };
        Record {
            // So that it does not pass for what a sending came to if somebody has settled the call meanwhile.
            recovered: true,
            ..self.because(phase, reason.into(), after)
        }
    }

    /// A record of a call that is not done, which is looked for after a pause if its outcome is unknown.
    fn because(&self, phase: Phase, reason: String, after: Duration) -> Record {
        let now = self.runtime.now();
        let is_unknown = matches!(phase, Phase::Sending | Phase::Confirmed);
        Record {
            reason: Some(reason),
            due_at: is_unknown.then(|| now.saturating_add(after)),
            ..Record::of(phase, now)
        }
    }

    fn done(&self, entry: &Entry, answer: Answer, recovered: bool) -> Result<Record> {
        Ok(Record {
            answer: Some(self.bodies.store(&entry.key, answer.value)?),
            object: answer.object,
            recovered,
            ..Record::of(Phase::Done, self.runtime.now())
        })
    }

    /// Ends the hold of a call, and leaves the call as it is.
    pub(super) async fn give_back(&self, entry: &Entry) -> Result<()> {
        let record = Record {
            reason: entry.reason.clone(),
            due_at: entry.due_at,
            recovered: true,
            ..Record::of(entry.phase, self.runtime.now())
        };
        self.settle_as(entry, record).await.map(drop)
    }

    /// Records an outcome, and tells what is known of the call then. If another worker had it done too, no answer is shown
    /// before a person has chosen.
    async fn conclude(&self, entry: &Entry, record: Record) -> Result<Once> {
        self.told(self.settle_as(entry, record).await?)
    }

    /// Records an outcome, and returns the entry as it is then. What came with an answer comes only once, so a store
    /// that fails for a moment is tried again.
    pub(super) async fn settle_as(&self, entry: &Entry, record: Record) -> Result<Entry> {
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
