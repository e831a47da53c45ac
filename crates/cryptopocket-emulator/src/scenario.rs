//! Scenarios: a state to start with, and the settings that go with it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::clock::Speed;
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::moment::Moment;
use crate::outage::Outage;
use crate::records::{BankCredit, NewCustomer, NewOfframp, Order, Reinforcement};
use crate::settings::Limits;

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

/// A customer to seed.
#[derive(Clone, Debug)]
pub struct SeedCustomer {
    /// What the registration says.
    pub new: NewCustomer,
    /// The status of the verification. Default: as the tags of the mail address say.
    pub kyc: Option<String>,
    /// Whether the customer is banned.
    pub banned: bool,
    /// The state of the enhanced verification. Default: as the tags of the mail address say.
    pub reinforcement: Option<Reinforcement>,
}

/// A payment to seed.
#[derive(Clone, Debug)]
pub struct SeedPayment {
    /// The customer's mail address.
    pub customer: String,
    /// What is bought. Its `user` is ignored.
    pub order: Order,
    /// Default: made from the seed.
    pub id: Option<String>,
    /// The reference of a transfer. Default: made from the seed.
    pub concept: Option<u64>,
    /// Default `started`.
    pub status: Option<String>,
    /// Default: now.
    pub created_at: Option<Moment>,
}

/// An off-ramp to seed.
#[derive(Clone, Debug)]
pub struct SeedOfframp {
    /// The customer's mail address.
    pub customer: String,
    /// What is sold. Its `user` is ignored.
    pub offramp: NewOfframp,
    /// Whether it is paid out in the currency of the customer's country.
    pub latam: bool,
    /// Default `started`.
    pub status: Option<String>,
}

/// A bank credit to seed.
#[derive(Clone, Debug)]
pub struct SeedCredit {
    /// The credit. It can name the payment it is meant for by id or external id.
    pub credit: BankCredit,
    /// Default: now.
    pub booked_at: Option<Moment>,
}

/// Why a scenario was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    place: String,
    rule: String,
    cure: String,
}

impl ScenarioError {
    /// An error with the place, the rule it breaks, and what to write instead.
    pub fn new(place: impl Into<String>, rule: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.into(),
            cure: cure.into(),
        }
    }

    /// The same error with the path of what surrounds its place.
    pub(crate) fn within(mut self, path: &str) -> Self {
        self.place = format!("{path}.{}", self.place);
        self
    }

    /// Where it is: the path of a field, or a line and a column.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong there.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What to write instead.
    pub fn cure(&self) -> &str {
        &self.cure
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.rule, self.cure)
    }
}

impl std::error::Error for ScenarioError {}
