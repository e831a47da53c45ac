//! Scenarios: a state to start with, and the settings that go with it.

mod error;
mod seeds;

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

pub use error::ScenarioError;
pub(crate) use seeds::SeedMisfit;
pub use seeds::{SeedCredit, SeedCustomer, SeedOfframp, SeedPayment};

use crate::clock::Speed;
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::outage::Outage;
use crate::provider::Limits;

/// Reads the text of a scenario.
pub type ScenarioReader = fn(&str) -> Result<Scenario, ScenarioError>;

/// A state to start with, the settings that go with it, and the text it was read from.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What ids, tokens and prices follow from.
    pub seed: Option<u64>,
    /// How fast the clock runs.
    pub speed: Option<Speed>,
    /// What the clock shows at first.
    pub start_at: Option<Timestamp>,
    /// How long a token lives.
    pub token_life: Option<Duration>,
    /// The sums at which the provider refuses.
    pub limits: Limits,
    /// The state to start with.
    pub opening: Opening,
    /// The text it was read from.
    pub source: Arc<str>,
}

/// The state that a scenario starts with. All of it belongs to the first integration.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Whether every token is refused.
    pub off_the_whitelist: bool,
    /// Payment methods that are refused.
    pub barred_methods: Vec<String>,
    /// Parts of the provider that are down.
    pub outages: Vec<Outage>,
    /// Registered customers. Their ids count from 100001.
    pub customers: Vec<SeedCustomer>,
    /// Payments that were made already.
    pub payments: Vec<SeedPayment>,
    /// Off-ramps that were opened already. Their ids count from 70001.
    pub offramps: Vec<SeedOfframp>,
    /// Bank credits that have arrived already.
    pub credits: Vec<SeedCredit>,
    /// Webhook URLs by event type.
    pub subscriptions: Vec<(&'static str, String)>,
    /// Faults of calls, each with its operation.
    pub faults: Vec<(String, Fault, Times)>,
    /// Faults of webhooks, each with its event type.
    pub webhook_faults: Vec<(String, WebhookFault, Times)>,
    /// Faults of transfers.
    pub transfer_faults: Vec<(TransferFault, Times)>,
}
