//! Customers and their registrations.

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// The state of the enhanced verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reinforcement {
    /// Not needed so far.
    NotAsked,
    /// The declaration was asked for.
    Asked,
    /// The declaration was given.
    Done,
}

/// A customer of an integration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of the API")]
pub struct Customer {
    pub id: u64,
    pub uuid: String,
    pub company: bool,
    pub external_id: Option<String>,
    pub name: String,
    pub last_name: Option<String>,
    pub email: String,
    pub country: Option<String>,
    pub callback_url: Option<String>,
    /// `unused`, `processing`, `valid` or `fail`.
    pub kyc: String,
    pub banned: bool,
    pub reinforcement: Reinforcement,
    /// Whether the review under way will reject.
    pub rejected_at_review: bool,
    /// The token of the link to the verification page.
    pub page: String,
    pub page_until: Moment,
    pub password: String,
    pub documents: Vec<String>,
    pub created_at: Moment,
    /// The beginning of a quarter, and the amount ordered by card in it, in euros.
    pub by_card: (Moment, Decimal),
    /// The total amount ordered, in euros.
    pub bought: Decimal,
}

impl Customer {
    /// First and last name.
    pub fn full_name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.name),
            None => self.name.clone(),
        }
    }

    /// The link to the verification page; it may have expired.
    pub fn verification_link(&self, origin: &str) -> String {
        let page = if self.company { "kyb" } else { "kyc" };
        format!("{origin}/pages/{page}/{}", self.page)
    }
}

/// A registration of a customer.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewCustomer {
    pub(crate) company: bool,
    pub(crate) external_id: Option<String>,
    pub(crate) name: String,
    pub(crate) last_name: Option<String>,
    pub(crate) email: String,
    pub(crate) country: Option<String>,
    pub(crate) callback_url: Option<String>,
}
