//! Variants of the code under test: the right one, and broken ones that an invariant must catch.

use crate::finding::{BACKWARDS, EVENTS, FENCED, JOURNALLED, LOST, SEEN, TWICE};

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
    /// Nothing polls payments whose webhook did not come.
    NoSweeper,
    /// A handler commits though its lease was lost.
    NoFencing,
    /// A journal that was restored from a backup is believed.
    TrustsOldJournal,
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
        Self::NoSweeper,
        Self::NoFencing,
        Self::TrustsOldJournal,
    ];

    /// The invariants that may catch it.
    pub const fn breaks(self) -> &'static [&'static str] {
        match self {
            Self::Faithful => &[],
            Self::IntentNotDurable => &[JOURNALLED],
            Self::NoGrace | Self::ResendsLostAnswers => &[TWICE, JOURNALLED],
            Self::AcknowledgesFirst | Self::DropsUnreadable => &[LOST],
            Self::HandlerOutsideTransaction => &[EVENTS, SEEN, BACKWARDS],
            Self::KeyWithContent => &[EVENTS],
            Self::NoSweeper => &[SEEN],
            Self::NoFencing => &[FENCED],
            Self::TrustsOldJournal => &[TWICE],
        }
    }
}
