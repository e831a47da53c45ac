//! What will happen by itself, in the order of its time.

use std::collections::BTreeMap;

use super::bank::Incoming;
use crate::moment::Moment;

/// Something that happens when its time comes.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    KycDecision {
        who: usize,
        user: u64,
    },
    Coins {
        who: usize,
        payment: String,
    },
    Payout {
        who: usize,
        offramp: u64,
    },
    /// A transfer that is under way arrives.
    Credit {
        who: usize,
        incoming: Incoming,
    },
    Attempt(u64),
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeMap<(Moment, u64), Due>,
    set: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Moment, due: Due) {
        self.set += 1;
        self.queue.insert((at, self.set), due);
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// The first thing that is due by `now`.
    pub(crate) fn take(&mut self, now: Moment) -> Option<Due> {
        self.next().filter(|at| *at <= now)?;
        self.queue.pop_first().map(|(_, due)| due)
    }
}
