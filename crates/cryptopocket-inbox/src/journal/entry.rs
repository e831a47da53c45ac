//! A call in the journal, and what is recorded of it.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::store::StoredBody;
use crate::words::words;

words! {
    /// How far a call is.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum Phase {
        /// It is certain that nothing has been sent since this was recorded.
        #[default]
        Intended = "intended",
        /// It may have been sent.
        Sending = "sending",
        /// It was done.
        Done = "done",
        /// It was refused, with nothing done.
        Refused = "refused",
        /// Several objects may be its effect.
        Ambiguous = "ambiguous",
        /// The provider said that it was done, and what it made is not known.
        Confirmed = "confirmed",
    }
}

impl Phase {
    /// Whether the call is neither done nor refused.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Refused)
    }
}

/// A call in the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Number of the entry; grows in the order of intents.
    pub seq: i64,
    /// The key, which is the reference of the call.
    pub key: String,
    /// Name of the operation, such as `create_payment`.
    pub operation: String,
    /// Hash of the request.
    pub request_hash: Vec<u8>,
    /// The request.
    pub request: StoredBody,
    /// How far it is.
    pub phase: Phase,
    /// When the intent was recorded.
    pub begun_at: Option<Timestamp>,
    /// When it was last recorded that it may be sent.
    pub sent_at: Option<Timestamp>,
    /// When it became done, refused or ambiguous.
    pub settled_at: Option<Timestamp>,
    /// When its object was said to be final, or the call was refused.
    pub final_at: Option<Timestamp>,
    /// When to look for it, while its outcome is unknown.
    pub due_at: Option<Timestamp>,
    /// The answer, or what was found in its place.
    pub answer: Option<StoredBody>,
    /// Id of the object that it made or is about.
    pub object: Option<String>,
    /// Ids of objects that may be its effect, while it is ambiguous.
    pub candidates: Vec<String>,
    /// Whether the answer is what a search found.
    pub recovered: bool,
    /// Why it was refused or is not known, or what a person said.
    pub reason: Option<String>,
    /// Who settled it, if a person did, and it was not sent again since.
    pub settled_by: Option<String>,
    /// Whether request and answers were erased.
    pub erased: bool,
    /// Fencing token: grows with each worker that takes the call up.
    pub token: i64,
    /// Until when a worker holds it, if one does.
    pub held_until: Option<Timestamp>,
}

impl Entry {
    /// The entry of an intent, which has no number yet.
    pub fn fresh(
        key: impl Into<String>,
        operation: impl Into<String>,
        request: StoredBody,
        now: Timestamp,
    ) -> Self {
        Self {
            key: key.into(),
            operation: operation.into(),
            request,
            begun_at: Some(now),
            ..Self::default()
        }
    }

    /// Takes the call up for a worker, as every store does; `false` if another one holds it. A hold that ends more than
    /// `furthest` after `now` is none: a clock that was wrong left it.
    #[must_use]
    pub fn take_up(&mut self, now: Timestamp, hold: Duration, furthest: Duration) -> bool {
        if self.is_held(now, furthest) {
            return false;
        }
        self.token += 1;
        if matches!(self.phase, Phase::Intended | Phase::Sending) {
            self.held_until = Some(now.saturating_add(hold));
        }
        true
    }

    /// Whether the call is due to be looked for, and held by nobody.
    pub fn is_due(&self, now: Timestamp, furthest: Duration) -> bool {
        let is_due = self.due_at.is_some_and(|at| !is_ahead(at, now, furthest));
        is_due && !self.is_held(now, furthest)
    }

    fn is_held(&self, now: Timestamp, furthest: Duration) -> bool {
        self.held_until
            .is_some_and(|until| is_ahead(until, now, furthest))
    }

    /// Takes in a record that comes with this token, as every store does; `false` if the record does not count. Answers as
    /// they came are none of its matters.
    #[must_use]
    pub fn record(&mut self, token: i64, mut record: Record) -> bool {
        if self.token != token {
            let Some(counts) = record.overtaken(self) else {
                return false;
            };
            record = counts;
            // The new token ends the work of the present holder.
            self.token += 1;
        }
        let is_settled = !matches!(record.phase, Phase::Intended | Phase::Sending | Phase::Confirmed);
        let stays_done = self.phase == Phase::Done && record.phase == Phase::Done;
        if !(stays_done && record.object.is_some() && record.object == self.object) {
            // Nothing can become of a call that was refused.
            self.final_at = (record.phase == Phase::Refused).then_some(record.at);
        }
        let is_another = record.object.is_some() && self.object.is_some() && record.object != self.object;
        if record.answer.is_some() || is_another {
            self.erased &= record.answer.is_none();
            self.answer = record.answer;
        }
        self.phase = record.phase;
        self.sent_at = record.leaves.then_some(record.at).or(self.sent_at);
        self.settled_at = is_settled.then_some(record.at);
        self.object = record.object.or(self.object.take());
        self.candidates = record.candidates;
        self.recovered = record.recovered;
        self.reason = record.reason;
        // The verdict of a person is about what was sent before, so a call that is sent again forgets it.
        let verdict_stands = !record.leaves;
        self.settled_by = record
            .settled_by
            .or(self.settled_by.take().filter(|_| verdict_stands));
        self.due_at = record.due_at;
        if !record.leaves {
            self.held_until = None;
        }
        true
    }
}

/// Whether a time is yet to come, and can be believed.
fn is_ahead(time: Timestamp, now: Timestamp, furthest: Duration) -> bool {
    now < time && time <= now.saturating_add(furthest)
}

/// What is recorded of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// How far it is.
    pub phase: Phase,
    /// When this is recorded.
    pub at: Timestamp,
    /// The answer.
    pub answer: Option<StoredBody>,
    /// Answers as they came. They are added to those of before.
    pub answers: Vec<StoredBody>,
    /// Id of the object.
    pub object: Option<String>,
    /// Ids of objects that may be its effect. Replaces those of before.
    pub candidates: Vec<String>,
    /// Whether it is what a search found or left, not the provider's answer to the call.
    pub recovered: bool,
    /// Why it was refused or is not known, or what a person said. Replaces that of before.
    pub reason: Option<String>,
    /// Who settled it, if a person did.
    pub settled_by: Option<String>,
    /// When to look for it, while its outcome is unknown. Replaces that of before.
    pub due_at: Option<Timestamp>,
    /// Whether the call leaves now: `at` is when it may have been sent, and the worker goes on with it.
    pub leaves: bool,
}

impl Record {
    /// A record of the phase alone.
    pub const fn of(phase: Phase, at: Timestamp) -> Self {
        Self {
            phase,
            at,
            answer: None,
            answers: Vec::new(),
            object: None,
            candidates: Vec::new(),
            recovered: false,
            reason: None,
            settled_by: None,
            due_at: None,
            leaves: false,
        }
    }

    /// What this is worth if it comes from a worker that has lost the call, which is `known` as it is now; `None` if the
    /// verdict of others stands.
    ///
    /// That the provider said "done" is true whoever heard it. It outweighs what a search found or proved, ends the work of
    /// another worker, and keeps the call from being sent again. If the sendings of two workers were done, or may have been,
    /// a person has to see that: the call is ambiguous. So it is if a late sending may have been done and the call counts as
    /// refused; one that counts as not sent is looked for first. Nothing else that a late worker says counts.
    #[must_use]
    pub fn overtaken(self, known: &Entry) -> Option<Self> {
        // What a search found or left is no news, and what was to leave has not left.
        if self.recovered || self.leaves {
            return None;
        }
        let at = self.at;
        let done_twice = |candidates: Vec<String>| Self {
            candidates,
            ..Self::of(Phase::Ambiguous, at)
        };
        // The other worker's own sending was answered. What a search found may be what this one made.
        let is_answered = !known.recovered && known.answer.is_some();
        match (self.phase, known.phase) {
            // A refusal too: it is that of a second request, often because of what the first one did. A confirmed call is
            // looked for again, and never sent again; if nothing is found, a person decides.
            // If only the second request was not sent, the call is looked for again as well.
            (Phase::Done | Phase::Confirmed, Phase::Sending | Phase::Refused)
            | (Phase::Done | Phase::Confirmed | Phase::Sending, Phase::Intended) => Some(self),
            (Phase::Confirmed | Phase::Sending, Phase::Done) if is_answered => {
                Some(done_twice(known.object.iter().cloned().collect()))
            }
            // The refusal is that of the second request, often because of what this one did.
            (Phase::Sending, Phase::Refused) => Some(done_twice(Vec::new())),
            (Phase::Done, Phase::Done) if known.object == self.object => {
                (known.recovered || known.answer.is_none()).then_some(self)
            }
            (Phase::Done, Phase::Done) => {
                let both = [known.object.clone(), self.object];
                Some(done_twice(both.into_iter().flatten().collect()))
            }
            // Of the other object nothing is known but that there is one.
            (Phase::Done, Phase::Confirmed) => Some(Self {
                phase: Phase::Ambiguous,
                candidates: self.object.iter().cloned().collect(),
                ..self
            }),
            _ => None,
        }
    }
}
