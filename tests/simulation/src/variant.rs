//! Variants of the code under test: the right one, and broken ones that an invariant must catch.

/// A variant of the code under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Variant {
    /// The SDK as it is.
    Faithful,
    /// The journal says that an intent is stored while it is not.
    IntentNotDurable,
    /// The journal does not wait for lost requests before it sends again.
    NoGrace,
    /// A lost answer is answered by sending the call again.
    ResendsLostAnswers,
    /// A webhook is acknowledged before it is stored.
    AcknowledgesFirst,
    /// A verified body that is no event is acknowledged and dropped.
    DropsUnreadable,
    /// The handler writes outside of the transaction.
    HandlerOutsideTransaction,
    /// The content of an event is part of its key.
    KeyWithContent,
}

impl Variant {
    /// The broken variants.
    pub const BROKEN: &'static [Self] = &[
        Self::IntentNotDurable,
        Self::NoGrace,
        Self::ResendsLostAnswers,
        Self::AcknowledgesFirst,
        Self::DropsUnreadable,
        Self::HandlerOutsideTransaction,
        Self::KeyWithContent,
    ];

    /// The invariants that may catch it.
    pub const fn breaks(self) -> &'static [&'static str] {
        match self {
            Self::Faithful => &[],
            Self::IntentNotDurable => &["no created payment without a journal row"],
            Self::NoGrace | Self::ResendsLostAnswers => {
                &["no effect twice", "no created payment without a journal row"]
            }
            Self::AcknowledgesFirst | Self::DropsUnreadable => &["nothing acknowledged is lost"],
            Self::HandlerOutsideTransaction => &[
                "every event has its effect once",
                "every settled payment is seen as settled once",
            ],
            Self::KeyWithContent => &["every settled payment is seen as settled once"],
        }
    }
}
