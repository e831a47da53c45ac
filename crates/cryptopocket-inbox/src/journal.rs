//! Calls that move money, made once for each key, across crashes and lost answers.

mod once;
mod store;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::body::Bodies;
use crate::error::Error;
use crate::inbox::Inbox;
use crate::runtime::{Runtime, TokioRuntime};
use crate::store::Store;

pub use store::{Begun, Entry, JournalStore, NewEntry, Phase, Record};

/// What a call that was sent came to.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sent {
    /// It was done, with this answer.
    Done(Vec<u8>),
    /// It is certain that nothing was sent.
    NotSent(String),
    /// It is certain that nothing was done: the provider refused it.
    Refused(String),
    /// It may have been done.
    Unknown(String),
}

/// What a search for the effect of a call found.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// It was done once; this describes it.
    One(Vec<u8>),
    /// It is proved that nothing with the reference was there when the search was made.
    None,
    /// It was done more than once, or somebody else used the reference.
    Many(u32),
    /// The search proved nothing.
    Unknown(String),
}

/// A call that moves money and carries a reference by which its effect can be found.
pub trait Call: Send + Sync {
    /// Sends the call once, with this reference. It must not be repeated inside unless it is certain that nothing was sent.
    fn send(&self, reference: &str) -> impl Future<Output = Sent> + Send;

    /// Looks for the effect of a call with this reference.
    fn find(&self, reference: &str) -> impl Future<Output = Found> + Send;
}

/// What is known of a call after [`Journal::once`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a pending or ambiguous call needs attention"]
pub enum Once {
    /// Done, now or before.
    Done {
        /// The answer, or what a search found in its place.
        answer: Vec<u8>,
        /// Whether the answer to the call was lost, so that what came only with it is not here.
        recovered: bool,
    },
    /// Refused, with nothing done, now or before. The key stays spent.
    Refused {
        /// Why.
        reason: String,
    },
    /// It is certain that nothing was sent. Call again, or give up.
    NotSent {
        /// Why.
        reason: String,
    },
    /// Not known yet, or another worker is at it. Nothing is sent again before that is safe. Call again after `after`.
    Pending {
        /// How long to wait.
        after: Duration,
        /// Why.
        reason: String,
    },
    /// Several objects carry the reference. It takes a person to say which; nothing is sent any more.
    Ambiguous {
        /// How many.
        found: u32,
    },
}

/// Hides answers and reasons, which may hold personal data.
macro_rules! opaque {
    ($($name:ident { $($variant:ident)+ })+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                #[allow(unreachable_patterns, reason = "one form for unit and other variants")]
                f.write_str(match self {
                    $(Self::$variant { .. } => stringify!($variant),)+
                })
            }
        }
    )+};
}

opaque! {
    Sent { Done NotSent Refused Unknown }
    Found { One None Many Unknown }
    Once { Done Refused NotSent Pending Ambiguous }
}

/// A journal of calls that move money.
///
/// The intent is durable before the call is sent, and its outcome after. A call whose outcome is not known, because of a
/// crash, a timeout or a lost answer, is looked for before it is ever sent again; it is sent again only if the search
/// proves that it was not done, and if the grace period has passed in which a lost request may still be at work.
///
/// The key is the reference that the call carries. What is in the journal under a key never changes its request.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::journal::{Call, Found, Journal, Once, Sent};
/// use cryptopocket_inbox::testing::MemoryJournal;
///
/// struct Pay;
///
/// impl Call for Pay {
///     async fn send(&self, reference: &str) -> Sent {
///         Sent::Done(format!("paid {reference}").into_bytes())
///     }
///
///     async fn find(&self, _: &str) -> Found {
///         Found::None
///     }
/// }
///
/// # async fn example() -> Result<(), cryptopocket_inbox::Error> {
/// let journal = Journal::new(MemoryJournal::default());
/// for _ in 0..2 {
///     let Once::Done { answer, .. } = journal.once("order-17", b"15.00 EUR", &Pay).await? else { panic!() };
///     assert_eq!(answer, b"paid order-17");
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
/// ```
pub struct Journal<J> {
    store: J,
    runtime: Arc<dyn Runtime>,
    bodies: Bodies,
    grace: Duration,
    hold: Duration,
}

/// The journal of an inbox is in the same store.
impl<S: JournalStore> JournalStore for Inbox<S>
where
    S: Store,
{
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        JournalStore::begin(self.store(), entry, now, hold).await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<(), Error> {
        JournalStore::record(self.store(), key, token, record).await
    }

    async fn unsettled(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        JournalStore::unsettled(self.store(), limit).await
    }
}

impl<J> fmt::Debug for Journal<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("grace", &self.grace)
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
}

impl<J: JournalStore> Journal<J> {
    /// A journal with the default settings.
    pub fn new(store: J) -> Self {
        Self {
            store,
            runtime: Arc::new(TokioRuntime),
            bodies: Bodies::default(),
            grace: Duration::from_mins(5),
            hold: Duration::from_mins(2),
        }
    }

    /// Sets how long a lost request may still be at work at the provider. Default: five minutes.
    ///
    /// Evidence: assumed; the provider states no limit.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how long a worker may be at one call before another one may look into it. Default: two minutes. It must be
    /// longer than a call with its timeouts takes, and what is longer is cut off.
    #[must_use]
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// Seals requests and answers at rest.
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn keyring(mut self, keyring: crate::body::Keyring) -> Self {
        self.bodies.keyring = Some(keyring);
        self
    }

    /// Replaces clock, timer and randomness, for tests.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// The store.
    pub fn store(&self) -> &J {
        &self.store
    }

    /// Lists calls that are neither done nor refused, oldest first, up to `limit`: after a restart, call
    /// [`once`](Self::once) for each that is not ambiguous.
    pub async fn unsettled(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        self.store.unsettled(limit).await
    }

    /// The request that is in the journal under an entry's key.
    pub fn request(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        self.bodies.read(&entry.key, entry.request.clone())
    }
}

#[cfg(test)]
mod tests;
