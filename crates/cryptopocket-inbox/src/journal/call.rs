//! A call, and what becomes of it.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use cryptopocket_types::debug_fields;

/// What a call brought, or what a search found in its place.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Whatever the caller of [`Journal::once`](super::Journal::once) is to get.
    pub value: Vec<u8>,
    /// Id of the object that the call is about, such as the payment.
    pub object: Option<String>,
}

impl Answer {
    /// An answer about this object.
    pub fn of(object: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            value: value.into(),
            object: Some(object.into()),
        }
    }
}

impl<T: Into<Vec<u8>>> From<T> for Answer {
    fn from(value: T) -> Self {
        Self {
            value: value.into(),
            object: None,
        }
    }
}

/// What a call that was sent came to.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sent {
    /// It was done, with this answer.
    Done(Answer),
    /// It had been done before: this was found in place of the answer.
    Found(Answer),
    /// It is certain that nothing was done, and the same request may be sent later: nothing was sent, or it was turned away
    /// before it was looked at, such as for its token.
    NotSent(String),
    /// It is certain that nothing was done: the provider refused it.
    Refused(String),
    /// The provider said that it was done, and the rest of its answer could not be read. It is never sent again, whatever
    /// a search does not find.
    Confirmed(String),
    /// It may have been done.
    Unknown(String),
}

/// What a search for the effect of a call found.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// It was done once; this describes it.
    One(Answer),
    /// It is proved that nothing with the reference was there when the search was made.
    None,
    /// It was done more than once, or somebody else used the reference: the ids of the objects.
    Many(Vec<String>),
    /// No reference tells what this call did, or one tells it only in another spelling, and each of these objects may be its
    /// effect.
    ///
    /// The journal leaves out those that it knows as the effects of other calls of the operation. If some are left after the grace period,
    /// the call is ambiguous, even if it is only one. If none is left, it was not done, provided that the search was whole.
    Candidates {
        /// Ids of the objects.
        objects: Vec<String>,
        /// Whether it is proved that there are no others.
        is_whole: bool,
    },
    /// The search proved nothing.
    Unknown(String),
}

/// A call that moves money, and a way to find out what it did.
pub trait Call: Send + Sync {
    /// Name of the operation, such as `create_payment`.
    fn operation(&self) -> &'static str;

    /// Sends the call once, with this reference. It must not be repeated inside unless it is certain that nothing was sent.
    fn send(&self, reference: &str) -> impl Future<Output = Sent> + Send;

    /// Looks for the effect of a call with this reference.
    fn find(&self, reference: &str) -> impl Future<Output = Found> + Send;

    /// Takes the answers that came since the last time, as they came, whatever they said. The journal keeps each.
    fn answers(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// Whether a stored request whose bytes differ asks for the same as this one: a newer version may write it otherwise.
    fn is_same(&self, _stored: &[u8]) -> bool {
        false
    }
}

/// What is known of a call after [`Journal::once`](super::Journal::once).
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
    /// Done, and nothing but the object's id is known: a person said so, or the answer was erased since.
    Named {
        /// Id of the object.
        object: String,
    },
    /// Refused, with nothing done, now or before. The key stays spent.
    Refused {
        /// Why.
        reason: String,
    },
    /// It is certain that nothing was done, and the key is not spent. Call again, or give up.
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
    /// The provider shows objects that may be the effect, and nothing tells which is. It takes a person to say:
    /// [`Journal::settle`](super::Journal::settle). Until then nothing is sent any more.
    Ambiguous {
        /// Ids of the objects.
        candidates: Vec<String>,
    },
}

impl Once {
    /// The word for metrics.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Done { recovered: true, .. } => "recovered",
            Self::Done { .. } | Self::Named { .. } => "done",
            Self::Refused { .. } => "refused",
            Self::NotSent { .. } => "not_sent",
            Self::Pending { .. } => "pending",
            Self::Ambiguous { .. } => "ambiguous",
        }
    }
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
    Sent { Done Found NotSent Refused Confirmed Unknown }
    Found { One None Many Candidates Unknown }
    Once { Done Named Refused NotSent Pending Ambiguous }
}

debug_fields! { Answer => |answer| value: answer.value.len(), object: answer.object }
