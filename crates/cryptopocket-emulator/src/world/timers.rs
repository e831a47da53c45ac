//! What will happen by itself, in the order of its time.

use serde::{Deserialize, Serialize};

use super::bank::Incoming;
use crate::moment::Moment;
use crate::trail::Noted;

/// Something that happens when its time comes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Due {
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
    /// A webhook that no other has overtaken leaves all the same.
    NotOvertaken(u64),
}

#[derive(Debug, Default)]
pub struct Timers {
    pub queue: Noted<(Moment, u64), Due>,
    /// How many were ever set.
    pub set: u64,
}

impl Timers {
    pub fn set(&mut self, at: Moment, due: Due) {
        self.set += 1;
        self.queue.insert((at, self.set), due);
    }

    pub fn next(&self) -> Option<Moment> {
        self.queue.first().map(|((at, _), _)| *at)
    }

    /// Forgets what was to happen and has lost its sense.
    pub fn forget(&mut self, lost: impl Fn(&Due) -> bool) {
        self.queue.retain(|due| !lost(due));
    }

    /// Lets everything happen now that takes no time where the clock stands for that; webhooks keep their times.
    pub fn hurry(&mut self, now: Moment) {
        let by_themselves = |due: &Due| !matches!(due, Due::Attempt(_) | Due::NotOvertaken(_));
        let waiting: Vec<_> = self
            .queue
            .iter()
            .filter(|((at, _), due)| *at > now && by_themselves(due))
            .map(|(key, _)| *key)
            .collect();
        for key in waiting {
            if let Some(due) = self.queue.remove(&key) {
                self.set(now, due);
            }
        }
    }

    /// The first thing that is due by `now`, and when it was due.
    pub fn take(&mut self, now: Moment) -> Option<(Moment, Due)> {
        self.next().filter(|at| *at <= now)?;
        self.queue.pop_first().map(|((at, _), due)| (at, due))
    }
}
