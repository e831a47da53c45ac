//! The state of one payment or off-ramp, put together from webhooks, polls and the bank.

use std::collections::BTreeSet;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::ObjectState;

use super::object::{ObjectKind, WEBHOOKS};
use super::observation::{Change, Gap, Observation, Source};

/// The state of one payment or off-ramp.
///
/// It only moves forward, and is final only when a GET has said so: a webhook or a bank credit that says "final" is an
/// announcement, after which the state stays at the last one before.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::tracker::{Change, ObjectKind, Observation, Source, Tracked};
/// use cryptopocket_types::{PaymentStatus, Timestamp};
///
/// let at: Timestamp = "2026-04-08T10:00:00Z".parse()?;
/// let observe = |source, state: PaymentStatus| Observation::new(source, state, at);
/// let payment = Tracked::new(ObjectKind::Payment, at);
///
/// let (payment, changes) = payment.step(&observe(Source::Webhook, PaymentStatus::CoinsSent));
/// assert!(matches!(changes[..], [Change::Moved { .. }, Change::Announced { .. }]));
/// assert_eq!(payment.state(), PaymentStatus::PaymentReceived.into());
///
/// let (payment, changes) = payment.step(&observe(Source::Poll, PaymentStatus::CoinsSent));
/// assert!(matches!(changes[..], [Change::Moved { .. }, Change::Confirmed { .. }]));
/// assert!(payment.is_final());
///
/// // Late and out of order: nothing happens.
/// let (_, changes) = payment.step(&observe(Source::Webhook, PaymentStatus::PaymentReceived));
/// assert_eq!(changes, []);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    pub(super) kind: ObjectKind,
    /// Rank of the state that the application sees.
    pub(super) rank: u8,
    pub(super) confirmed: bool,
    /// Highest rank that something other than a GET said.
    pub(super) announced: u8,
    pub(super) behind_told: bool,
    /// When each rank was first known, and whether the webhook for it came.
    pub(super) known: [Option<Timestamp>; 4],
    pub(super) webhook: [bool; 4],
    pub(super) unrecognised: BTreeSet<String>,
    pub(super) polled_at: Option<Timestamp>,
    pub(super) missing_since: Option<Timestamp>,
    pub(super) missing_told: bool,
}

impl Tracked {
    /// An object of this kind that was created at `created_at`.
    pub fn new(kind: ObjectKind, created_at: Timestamp) -> Self {
        Self {
            kind,
            rank: 0,
            confirmed: false,
            announced: 0,
            behind_told: false,
            known: [Some(created_at), None, None, None],
            webhook: [false; 4],
            unrecognised: BTreeSet::new(),
            polled_at: None,
            missing_since: None,
            missing_told: false,
        }
    }

    /// When the object was created, as far as is known.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.known[0]
    }

    /// Takes in that it was created at `at`, if that is earlier than what was known.
    pub(super) fn created(&mut self, at: Timestamp) {
        self.known[0] = Some(self.known[0].map_or(at, |known| known.min(at)));
    }

    /// When a poll first said that there is no such object, if the latest one says so.
    pub fn missing_since(&self) -> Option<Timestamp> {
        self.missing_since
    }

    /// The state: the furthest that is known, a final one only once it is confirmed.
    pub fn state(&self) -> ObjectState {
        self.kind.state(self.rank)
    }

    /// Whether a GET has confirmed the final state.
    pub fn is_final(&self) -> bool {
        self.confirmed
    }

    /// Takes an observation in, and tells what it changed. Depends on nothing else.
    ///
    /// The state after several observations does not depend on their order. An observation about the other kind of
    /// object is ignored.
    #[must_use]
    pub fn step(&self, observation: &Observation) -> (Self, Vec<Change>) {
        let mut next = self.clone();
        let changes = next.take(observation);
        (next, changes)
    }

    fn take(&mut self, observation: &Observation) -> Vec<Change> {
        let Observation {
            source,
            state,
            at,
            about,
        } = observation;
        if *source == Source::Poll {
            self.polled_at = self.polled_at.max(Some(*at));
            (self.missing_since, self.missing_told) = (None, false);
        }
        if *source == Source::Webhook
            && let Some(rank) = self.kind.rank(about.as_ref().unwrap_or(state))
        {
            self.webhook[usize::from(rank)] = true;
        }
        let Some(rank) = self.kind.rank(state) else {
            return self.unrecognised(state);
        };
        for known in &mut self.known[..=usize::from(rank)] {
            *known = Some(known.map_or(*at, |first| first.min(*at)));
        }
        let last = self.kind.last();
        let newly_announced = *source != Source::Poll && rank == last && self.announced < last;
        if *source != Source::Poll {
            self.announced = self.announced.max(rank);
        }
        if self.confirmed {
            return Vec::new();
        }
        let mut changes = Vec::new();
        let shown = if *source == Source::Poll {
            rank
        } else {
            rank.min(last - 1)
        };
        if shown > self.rank {
            changes.push(Change::Moved {
                from: self.state(),
                to: self.kind.state(shown),
            });
            self.rank = shown;
        }
        let state = self.kind.state(rank);
        let furthest = self.rank.max(self.announced);
        if *source == Source::Poll && rank == last {
            self.confirmed = true;
            changes.push(Change::Confirmed { state });
        } else if newly_announced {
            changes.push(Change::Announced { state });
        } else if *source == Source::Poll && rank < furthest && !self.behind_told {
            self.behind_told = true;
            changes.push(Change::Behind {
                polled: state,
                announced: self.kind.state(furthest),
            });
        }
        changes
    }

    /// Takes in that a poll sent at `at` was answered with "no such object".
    ///
    /// The change comes when that has been the answer for `grace`, and once.
    #[must_use]
    pub fn absent(&self, at: Timestamp, grace: Duration) -> (Self, Vec<Change>) {
        let mut next = self.clone();
        next.polled_at = next.polled_at.max(Some(at));
        if self.confirmed {
            return (next, Vec::new());
        }
        let since = next.missing_since.map_or(at, |since| since.min(at));
        next.missing_since = Some(since);
        if next.missing_told || since.saturating_add(grace) > at {
            return (next, Vec::new());
        }
        next.missing_told = true;
        (next, vec![Change::Missing { since }])
    }

    fn unrecognised(&mut self, state: &ObjectState) -> Vec<Change> {
        // A provider that sent a new text each time must not fill the memory.
        const MOST: usize = 16;
        let same_kind = matches!(
            (self.kind, state),
            (ObjectKind::Payment, ObjectState::Payment(_)) | (ObjectKind::Offramp, ObjectState::Offramp(_))
        );
        if same_kind && self.unrecognised.len() < MOST && self.unrecognised.insert(state.as_str().to_owned())
        {
            return vec![Change::Unrecognised { state: state.clone() }];
        }
        Vec::new()
    }

    /// When the object should be polled next, if the pause between polls is `pause`; `None` once it is final.
    ///
    /// At once if a final state was announced since the last poll.
    pub fn next_poll(&self, pause: Duration) -> Option<Timestamp> {
        if self.confirmed {
            return None;
        }
        let announced_at =
            self.known[usize::from(self.kind.last())].filter(|_| self.announced == self.kind.last());
        match announced_at {
            Some(at) if self.polled_at.is_none_or(|polled| polled < at) => Some(at),
            _ => self
                .polled_at
                .or(self.known[0])
                .map(|since| since.saturating_add(pause)),
        }
    }

    /// Since when a webhook has been missing.
    pub fn gap_since(&self) -> Option<Timestamp> {
        let gaps = self.gaps(Timestamp::saturating_from_unix_micros(i64::MAX), Duration::ZERO);
        gaps.into_iter().map(|gap| gap.known_since).min()
    }

    /// Webhooks that should have come at least `grace` ago, and did not.
    pub fn gaps(&self, now: Timestamp, grace: Duration) -> Vec<Gap> {
        let missing = WEBHOOKS.into_iter().filter_map(|(_, event, kind, rank)| {
            let known_since = self.known[usize::from(rank)]?;
            let is_old = known_since.saturating_add(grace) <= now;
            let is_missing = kind == self.kind && !self.webhook[usize::from(rank)];
            (is_missing && is_old).then(|| Gap {
                event,
                state: kind.state(rank),
                known_since,
            })
        });
        missing.collect()
    }
}

#[cfg(test)]
mod tests;
