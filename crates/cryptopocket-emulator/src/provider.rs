//! The state that all integrations share: settings, clock, randomness, timers, outgoing webhooks and armed faults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::{Speed, VirtualClock};
use crate::entropy::Entropy;
use crate::faults::Faults;
use crate::moment::Moment;
use crate::settings::Settings;
use crate::store::OrderedMap;
use crate::timers::{Due, Timers};
use crate::webhooks::WebhookQueue;

/// The page behind a link, with the id of its customer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Link {
    /// The verification of a customer.
    Verification(u64),
    /// The declaration of the enhanced verification.
    Declaration(u64),
}

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) settings: Settings,
    pub(crate) clock: VirtualClock,
    pub(crate) entropy: Entropy,
    pub(crate) links: OrderedMap<String, Link>,
    pub(crate) timers: Timers,
    pub(crate) webhooks: WebhookQueue,
    pub(crate) faults: Faults,
    pub(crate) last_user: u64,
    pub(crate) last_offramp: u64,
}

impl Provider {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            clock: VirtualClock::new(settings.wall_clock.clone(), settings.speed, settings.start_at),
            entropy: Entropy::new(settings.seed),
            settings,
            links: OrderedMap::default(),
            timers: Timers::default(),
            webhooks: WebhookQueue::default(),
            faults: Faults::default(),
            last_user: 100_000,
            last_offramp: 70_000,
        }
    }

    /// A new link; returns the last part of its path.
    pub(crate) fn add_link(&mut self, link: Link) -> String {
        let page = self.entropy.alphanumeric(32);
        self.links.insert(page.clone(), link);
        page
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Sets a timer counted from a moment, which may have passed; at [`Speed::Instant`], for that moment.
    pub(crate) fn schedule_from(&mut self, from: Moment, after: Duration, due: Due) {
        let at_once = self.settings.speed == Speed::Instant;
        let at = if at_once { from } else { from.plus(after) };
        self.timers.set(at, due);
    }
}
