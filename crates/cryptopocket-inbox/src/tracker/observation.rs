//! What sources say about an object, and what that changes.

use cryptopocket_types::{EventType, Timestamp};
use cryptopocket_webhooks::ObjectState;

use crate::words::words;

words! {
    /// Where an observation comes from.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Source {
        /// A verified webhook.
        Webhook = "webhook",
        /// A GET of the object.
        Poll = "poll",
        /// A credit in the bank feed that belongs to the object.
        Bank = "bank",
    }
}

/// What a source says about an object.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::Inbox;
/// use cryptopocket_inbox::testing::MemoryStore;
/// use cryptopocket_inbox::tracker::{Change, Object, Observation, Source, Tracker};
/// use cryptopocket_types::PaymentStatus;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let tracker = Tracker::new(Inbox::new(MemoryStore::new()));
/// let read_at = "2026-04-08T10:00:00Z".parse()?;
/// let credit = Observation::new(Source::Bank, PaymentStatus::PaymentReceived, read_at);
/// let payment = Object::payment("p1");
/// assert!(matches!(tracker.observe(&payment, credit.clone()).await?[..], [Change::Moved { .. }]));
/// assert_eq!(tracker.observe(&payment, credit).await?, [], "it changes nothing twice");
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation {
    /// The source.
    pub source: Source,
    /// The state that it says.
    pub state: ObjectState,
    /// When it was observed here; for a poll, when it was sent.
    pub at: Timestamp,
    /// The state that this kind of webhook is sent for, if `state` differs: the body shows the object as it is when the
    /// webhook is sent.
    pub about: Option<ObjectState>,
}

impl Observation {
    /// What `source` says.
    pub fn new(source: Source, state: impl Into<ObjectState>, at: Timestamp) -> Self {
        Self {
            source,
            state: state.into(),
            at,
            about: None,
        }
    }
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
    /// The provider has said for half an hour that there is no such object. Comes once, until a poll finds it again. Check the
    /// id and the environment; it is still polled.
    Missing {
        /// When it first said so.
        since: Timestamp,
    },
}

impl Change {
    /// `moved`, `announced`, `confirmed`, `behind`, `unrecognised` or `missing`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Moved { .. } => "moved",
            Self::Announced { .. } => "announced",
            Self::Confirmed { .. } => "confirmed",
            Self::Behind { .. } => "behind",
            Self::Unrecognised { .. } => "unrecognised",
            Self::Missing { .. } => "missing",
        }
    }
}

/// A webhook that should have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The event that should have come.
    pub event: EventType,
    /// The state that it is about.
    pub state: ObjectState,
    /// When another source said so.
    pub known_since: Timestamp,
}
