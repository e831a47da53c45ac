//! The state of one payment or off-ramp, put together from webhooks, polls and the bank.

use std::collections::BTreeSet;
use std::time::Duration;

use cryptopocket_types::{OfframpStatus, PaymentStatus, Timestamp};
use cryptopocket_webhooks::ObjectState;

/// Where an observation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// A verified webhook.
    Webhook,
    /// A GET of the object.
    Poll,
    /// A credit in the bank feed that belongs to the object.
    Bank,
}

/// What a source says about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The source.
    pub source: Source,
    /// The state that it says.
    pub state: ObjectState,
    /// When it was observed here.
    pub at: Timestamp,
}

/// What an observation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The object moved on.
    Moved {
        /// State before.
        from: ObjectState,
        /// State now.
        to: ObjectState,
    },
    /// Something other than a GET says that the object is final. Poll it: only a GET makes that sure.
    Announced {
        /// The final state.
        state: ObjectState,
    },
    /// A GET confirms the final state. Comes once for an object, and nothing moves it after that.
    Confirmed {
        /// The final state.
        state: ObjectState,
    },
    /// A GET says less than another source did. Comes once: look into it if later polls do not catch up.
    Behind {
        /// What the GET says.
        polled: ObjectState,
        /// What another source said.
        announced: ObjectState,
    },
    /// The provider uses a status that this version does not know. Comes once for each.
    Unrecognised {
        /// The status.
        state: ObjectState,
    },
}

/// A webhook that should have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The state that it is about.
    pub state: ObjectState,
    /// When another source said so.
    pub known_since: Timestamp,
}

/// The state of one payment or off-ramp.
///
/// It only moves forward, and is final only when a GET has said so: a webhook or a bank credit that says "final" is an
/// announcement, after which the state stays at the last one before.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::tracker::{Change, Observation, Source, Tracked};
/// use cryptopocket_types::{PaymentStatus, Timestamp};
///
/// let at: Timestamp = "2026-04-08T10:00:00Z".parse()?;
/// let observe = |source, state: PaymentStatus| Observation { source, state: state.into(), at };
/// let payment = Tracked::payment(at);
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
    kind: Kind,
    /// Rank of the state that the application sees.
    rank: u8,
    confirmed: bool,
    /// Highest rank that something other than a GET said.
    announced: u8,
    behind_told: bool,
    /// When each rank was first known, and from a webhook.
    known: [Option<Timestamp>; 4],
    webhook: [bool; 4],
    unrecognised: BTreeSet<String>,
    polled_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Payment,
    Offramp,
}

impl Kind {
    fn state(self, rank: u8) -> ObjectState {
        match self {
            Self::Payment => ObjectState::Payment(match rank {
                0 => PaymentStatus::Started,
                1 => PaymentStatus::PendingBank,
                2 => PaymentStatus::PaymentReceived,
                _ => PaymentStatus::CoinsSent,
            }),
            Self::Offramp => ObjectState::Offramp(match rank {
                0 => OfframpStatus::Started,
                1 => OfframpStatus::CryptoReceived,
                _ => OfframpStatus::Finished,
            }),
        }
    }

    const fn last(self) -> u8 {
        match self {
            Self::Payment => 3,
            Self::Offramp => 2,
        }
    }

    /// Whether the provider sends a webhook when an object reaches this rank: documented for these and no other.
    const fn has_webhook(self, rank: u8) -> bool {
        match self {
            Self::Payment => rank >= 2,
            Self::Offramp => rank >= 1,
        }
    }

    /// The rank of a state of this kind of object; `None` if it is unknown or of the other kind.
    fn rank(self, state: &ObjectState) -> Option<u8> {
        match (self, state) {
            (Self::Payment, ObjectState::Payment(status)) => status.rank(),
            (Self::Offramp, ObjectState::Offramp(status)) => status.rank(),
            _ => None,
        }
    }
}

impl Tracked {
    /// A payment that was created at `created_at`.
    pub fn payment(created_at: Timestamp) -> Self {
        Self::new(Kind::Payment, created_at)
    }

    /// An off-ramp that was created at `created_at`.
    pub fn offramp(created_at: Timestamp) -> Self {
        Self::new(Kind::Offramp, created_at)
    }

    fn new(kind: Kind, created_at: Timestamp) -> Self {
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
        }
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
        let Observation { source, state, at } = observation;
        if *source == Source::Poll {
            self.polled_at = self.polled_at.max(Some(*at));
        }
        let Some(rank) = self.kind.rank(state) else {
            return self.unrecognised(state);
        };
        for known in &mut self.known[..=usize::from(rank)] {
            *known = Some(known.map_or(*at, |first| first.min(*at)));
        }
        self.webhook[usize::from(rank)] |= *source == Source::Webhook;
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

    fn unrecognised(&mut self, state: &ObjectState) -> Vec<Change> {
        // A provider that sent a new text each time must not fill the memory.
        const MOST: usize = 16;
        let same_kind = matches!(
            (self.kind, state),
            (Kind::Payment, ObjectState::Payment(_)) | (Kind::Offramp, ObjectState::Offramp(_))
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

    /// Webhooks that should have come at least `grace` ago, and did not.
    pub fn gaps(&self, now: Timestamp, grace: Duration) -> Vec<Gap> {
        (0..=self.kind.last())
            .filter(|rank| self.kind.has_webhook(*rank) && !self.webhook[usize::from(*rank)])
            .filter_map(|rank| {
                let known_since = self.known[usize::from(rank)]?;
                (known_since.saturating_add(grace) <= now).then(|| Gap {
                    state: self.kind.state(rank),
                    known_since,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
