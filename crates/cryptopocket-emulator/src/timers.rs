//! Pending timers, in the order of their times.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::records::BankCredit;
use crate::store::OrderedMap;

/// The effect of a timer. The first number is the index of the integration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Due {
    KycDecision(usize, u64),
    Coins(usize, String),
    Payout(usize, u64),
    /// A transfer under way arrives.
    Credit(usize, Box<BankCredit>),
    /// The next attempt to deliver a webhook.
    Attempt(u64),
    /// A held-back webhook leaves, unless another has overtaken it before.
    NotOvertaken(u64),
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    pub(crate) queue: OrderedMap<(Moment, u64), Due>,
    /// How many timers were ever set: the second part of a timer's key.
    pub(crate) set: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Moment, due: Due) {
        self.set += 1;
        self.queue.insert((at, self.set), due);
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// Drops timers that no longer apply.
    pub(crate) fn cancel(&mut self, cancelled: impl Fn(&Due) -> bool) {
        self.queue.retain(|due| !cancelled(due));
    }

    /// Makes every timer due now, after a switch to `Instant`. Webhooks keep their times.
    pub(crate) fn fire_all(&mut self, now: Moment) {
        let is_webhook = |due: &Due| matches!(due, Due::Attempt(_) | Due::NotOvertaken(_));
        let waiting = self
            .queue
            .iter()
            .filter(|((at, _), due)| *at > now && !is_webhook(due));
        for key in waiting.map(|(key, _)| *key).collect::<Vec<_>>() {
            if let Some(due) = self.queue.remove(&key) {
                self.set(now, due);
            }
        }
    }

    /// The first timer due by `now`, with the time at which it was due.
    pub(crate) fn take(&mut self, now: Moment) -> Option<(Moment, Due)> {
        self.next().filter(|at| *at <= now)?;
        let key = *self.queue.first_key_value()?.0;
        self.queue.remove(&key).map(|due| (key.0, due))
    }
}
