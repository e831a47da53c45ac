//! What all integrations share: settings, clock, randomness, timers, outgoing webhooks and armed faults.

use std::time::Duration;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::clock::{Speed, VirtualClock};
use crate::entropy::Entropy;
use crate::faults::Faults;
use crate::moment::Moment;
use crate::table::OrderedMap;
use crate::timers::{Due, Timers};
use crate::webhooks::WebhookQueue;

/// The amounts at which the provider refuses, in euros. Amounts in other currencies are converted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// The minimum of a purchase: below it, `min_purchase`.
    pub min_purchase: Decimal,
    /// The maximum a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    pub card_per_quarter: Decimal,
    /// The total a customer may buy without enhanced verification: above it, `kyc_reinforced_required`.
    pub reinforced_above: Decimal,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_purchase: Decimal::from(10_u8),
            card_per_quarter: Decimal::from(3_000_u16),
            reinforced_above: Decimal::from(15_000_u16),
        }
    }
}

/// What a link to a hosted page leads to. `integration` is the index of the integration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Link {
    /// The verification of a customer.
    Verification {
        /// The customer's integration.
        #[serde(alias = "who")]
        integration: usize,
        /// The customer's id.
        user: u64,
    },
    /// The declaration of the enhanced verification.
    Declaration {
        /// The customer's integration.
        #[serde(alias = "who")]
        integration: usize,
        /// The customer's id.
        user: u64,
    },
}

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) seed: u64,
    /// Scheme, host and port that links in replies begin with.
    pub(crate) origin: String,
    pub(crate) limits: Limits,
    pub(crate) token_life: Duration,
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
    pub(crate) fn new(seed: u64, clock: VirtualClock, limits: Limits, token_life: Duration) -> Self {
        Self {
            seed,
            origin: String::new(),
            limits,
            token_life,
            clock,
            entropy: Entropy::new(seed),
            links: OrderedMap::default(),
            timers: Timers::default(),
            webhooks: WebhookQueue::default(),
            faults: Faults::default(),
            last_user: 100_000,
            last_offramp: 70_000,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Sets a timer `after` from now, or now at [`Speed::Instant`].
    pub(crate) fn schedule(&mut self, after: Duration, due: Due) {
        self.schedule_from(self.now(), after, due);
    }

    /// Sets a timer counted from a moment that may have passed.
    pub(crate) fn schedule_from(&mut self, from: Moment, after: Duration, due: Due) {
        let at = if self.clock.speed() == Speed::Instant {
            from
        } else {
            from.plus(after)
        };
        self.timers.set(at, due);
    }
}
