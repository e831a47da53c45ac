//! Customers, their verification, and the pages on which they do it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Due, Entry, Outage, Trouble, World};
use crate::catalogue::THROWAWAY_DOMAINS;
use crate::moment::Moment;
use crate::wire::Failure;

const REVIEW_TAKES: Duration = Duration::from_secs(120);
const LINK_LIVES: Duration = Duration::from_secs(90 * 86_400);

/// Where a customer stands with the enhanced verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reinforcement {
    NotAsked,
    Asked,
    Done,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// What the review will say.
    pub rejected_at_review: bool,
    pub page: String,
    pub page_until: Moment,
    pub password: String,
    #[serde(deserialize_with = "crate::catalogue::spellings")]
    pub documents: Vec<&'static str>,
    pub created_at: Moment,
    /// What was ordered by card in the quarter that began at the moment given.
    pub by_card: (Moment, cryptopocket_types::Decimal),
    pub bought: cryptopocket_types::Decimal,
}

impl Customer {
    pub fn full_name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Entry for Customer {
    type Key = u64;

    fn key(&self) -> &u64 {
        &self.id
    }
}

/// What a registration says of a customer.
#[derive(Clone, Debug, Default)]
pub struct NewCustomer {
    pub company: bool,
    pub external_id: Option<String>,
    pub name: String,
    pub last_name: Option<String>,
    pub email: String,
    pub country: Option<String>,
    pub callback_url: Option<String>,
}

/// Whose page a link leads to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PageFor {
    Verification { who: usize, user: u64 },
    Declaration { who: usize, user: u64 },
}

/// Whether the part between `+` and `@`, by which an address can ask for a certain fate, has `tag` in it.
fn asks_for(email: &str, tag: &str) -> bool {
    let local = email.split('@').next().unwrap_or_default();
    local
        .split_once('+')
        .is_some_and(|(_, tags)| tags.split(['+', '-', '.']).any(|one| one == tag))
}

impl World {
    pub fn register(&mut self, who: usize, new: NewCustomer) -> Result<&Customer, Failure> {
        let email = new.email.to_ascii_lowercase();
        let domain = email.rsplit('@').next().unwrap_or_default();
        let tagged = |tag| asks_for(&email, tag);
        if THROWAWAY_DOMAINS.contains(&domain) || tagged("disposable") {
            return Err(Failure::Code("email_not_allowed"));
        }
        if tagged("unexpected") || self.integrations[who].outages.contains(&Outage::Registration) {
            return Err(Failure::Code("unexpected_error"));
        }
        if tagged("exists") || self.integrations[who].by_email.contains_key(&email) {
            return Err(Failure::Code("user_already_exists"));
        }
        self.last_user += 1;
        let (id, now) = (self.last_user, self.now());
        let customer = Customer {
            id,
            uuid: self.entropy.uuid(),
            company: new.company,
            external_id: new.external_id,
            name: new.name,
            last_name: new.last_name,
            country: new.country,
            callback_url: new.callback_url,
            kyc: if tagged("approved") { "valid" } else { "unused" }.to_owned(),
            banned: tagged("banned"),
            reinforcement: if tagged("reinforced") {
                Reinforcement::Asked
            } else {
                Reinforcement::NotAsked
            },
            rejected_at_review: false,
            page: self.entropy.alphanumeric(32),
            page_until: now.plus(LINK_LIVES),
            password: self.entropy.password(),
            documents: Vec::new(),
            created_at: now,
            by_card: (now.quarter_start(), cryptopocket_types::Decimal::ZERO),
            bought: cryptopocket_types::Decimal::ZERO,
            email,
        };
        self.pages
            .insert(customer.page.clone(), PageFor::Verification { who, user: id });
        self.integrations[who].file_customer(customer);
        self.customer(who, id).ok_or(Failure::Code("unexpected_error"))
    }

    pub fn customer(&self, who: usize, user: u64) -> Option<&Customer> {
        self.integrations[who].customers.get(&user)
    }

    pub fn customer_mut(&mut self, who: usize, user: u64) -> Option<&mut Customer> {
        self.integrations[who].customers.get_mut(&user)
    }

    /// The integration that a customer belongs to.
    pub fn owner_of_customer(&self, user: u64) -> Result<usize, Trouble> {
        let owner = self
            .integrations
            .iter()
            .position(|one| one.customers.get(&user).is_some());
        owner.ok_or(Trouble::NotFound("customer"))
    }

    pub fn verification_link(&self, customer: &Customer) -> String {
        let page = if customer.company { "kyb" } else { "kyc" };
        format!("{}/pages/{page}/{}", self.origin, customer.page)
    }

    /// A fresh link to the enhanced verification's declaration.
    pub fn declaration_link(&mut self, who: usize, user: u64) -> String {
        let page = self.entropy.alphanumeric(32);
        let link = format!("{}/pages/declaration/{page}", self.origin);
        self.pages.insert(page, PageFor::Declaration { who, user });
        link
    }

    /// A link on which the customer can be verified now: the one that was given out, or a fresh one where that ran out.
    pub fn open_verification_link(&mut self, who: usize, user: u64) -> Option<String> {
        let now = self.now();
        if self.customer(who, user)?.page_until <= now {
            let page = self.entropy.alphanumeric(32);
            self.pages
                .insert(page.clone(), PageFor::Verification { who, user });
            let customer = self.customer_mut(who, user)?;
            let before = std::mem::replace(&mut customer.page, page);
            customer.page_until = now.plus(LINK_LIVES);
            self.pages.remove(&before);
        }
        self.customer(who, user)
            .map(|customer| self.verification_link(customer))
    }

    /// The customer has handed everything in; somebody will look at it, and `reject` it or not. An address that asks for
    /// it is rejected in any case.
    pub fn begin_review(&mut self, who: usize, user: u64, reject: bool) -> Result<(), Trouble> {
        let customer = self
            .customer_mut(who, user)
            .ok_or(Trouble::NotFound("customer"))?;
        if matches!(customer.kyc.as_str(), "processing" | "valid") {
            return Err(Trouble::WrongState(format!(
                "the verification is {} already",
                customer.kyc
            )));
        }
        "processing".clone_into(&mut customer.kyc);
        customer.rejected_at_review = reject || asks_for(&customer.email, "rejected");
        self.schedule(REVIEW_TAKES, Due::KycDecision { who, user });
        Ok(())
    }

    pub fn end_review(&mut self, who: usize, user: u64) {
        if let Some(customer) = self
            .customer_mut(who, user)
            .filter(|customer| customer.kyc == "processing")
        {
            let verdict = if customer.rejected_at_review {
                "fail"
            } else {
                "valid"
            };
            verdict.clone_into(&mut customer.kyc);
        }
    }

    /// Sets the verification to `status`, whatever it was.
    pub fn set_kyc(&mut self, user: u64, status: &str) -> Result<(), Trouble> {
        let who = self.owner_of_customer(user)?;
        let customer = self
            .customer_mut(who, user)
            .ok_or(Trouble::NotFound("customer"))?;
        status.clone_into(&mut customer.kyc);
        // A review that was under way decides nothing any more.
        self.timers
            .forget(|due| matches!(due, Due::KycDecision { user: other, .. } if *other == user));
        Ok(())
    }
}
