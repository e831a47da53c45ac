//! Records that a scenario starts with.

use crate::moment::Moment;
use crate::records::{BankCredit, NewCustomer, NewOfframp, Order, Reinforcement};

/// A customer to seed.
#[derive(Clone, Debug)]
pub struct SeedCustomer {
    /// What the registration says.
    pub new: NewCustomer,
    /// The status of the verification. Default: what the mail address asks for.
    pub kyc: Option<String>,
    /// Whether the customer is banned.
    pub banned: bool,
    /// The state of the enhanced verification. Default: what the mail address asks for.
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

/// Why a record cannot be seeded.
pub(crate) struct SeedMisfit {
    pub(crate) field: &'static str,
    pub(crate) rule: String,
    pub(crate) cure: &'static str,
}
