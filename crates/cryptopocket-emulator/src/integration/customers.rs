//! Customers, their verification, and the links to its pages.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::Integration;
use crate::catalogue::THROWAWAY_DOMAINS;
use crate::error::CommandError;
use crate::moment::Moment;
use crate::outage::Outage;
use crate::provider::{Link, Provider};
use crate::records::{Customer, NewCustomer, Reinforcement};
use crate::timers::Due;
use crate::wire::Failure;

const REVIEW_TAKES: Duration = Duration::from_secs(120);
const LINK_LIVES: Duration = Duration::from_secs(90 * 86_400);

/// Whether the part of an address between `+` and `@` has `tag` in it, by which a test asks for a certain fate.
fn has_tag(email: &str, tag: &str) -> bool {
    let local = email.split('@').next().unwrap_or_default();
    local
        .split_once('+')
        .is_some_and(|(_, tags)| tags.split(['+', '-', '.']).any(|part| part == tag))
}

impl Customer {
    /// What was ordered by card in the quarter that begins at `quarter`, in euros.
    pub(super) fn spent_by_card(&self, quarter: Moment) -> Decimal {
        if self.by_card.0 == quarter {
            self.by_card.1
        } else {
            Decimal::ZERO
        }
    }

    /// Whether buying for `in_euros` more takes a declaration that was not given.
    pub(super) fn needs_declaration(&self, in_euros: Decimal, limit: Decimal) -> bool {
        let over = self.bought.checked_add(in_euros).is_none_or(|sum| sum > limit);
        self.reinforcement == Reinforcement::Asked || (over && self.reinforcement != Reinforcement::Done)
    }
}

impl Integration {
    pub(crate) fn register(
        &mut self,
        provider: &mut Provider,
        new: NewCustomer,
    ) -> Result<&Customer, Failure> {
        let email = new.email.to_ascii_lowercase();
        let domain = email.rsplit('@').next().unwrap_or_default();
        let tagged = |tag| has_tag(&email, tag);
        if THROWAWAY_DOMAINS.contains(&domain) || tagged("disposable") {
            return Err(Failure::Code("email_not_allowed"));
        }
        if tagged("unexpected") || self.outages.contains(&Outage::Registration) {
            return Err(Failure::Code("unexpected_error"));
        }
        if tagged("exists") || self.by_email.contains_key(&email) {
            return Err(Failure::Code("user_already_exists"));
        }
        provider.last_user += 1;
        let (id, now) = (provider.last_user, provider.now());
        let customer = Customer {
            id,
            uuid: provider.entropy.uuid(),
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
            page: provider.entropy.alphanumeric(32),
            page_until: now.plus(LINK_LIVES),
            password: provider.entropy.password(),
            documents: Vec::new(),
            created_at: now,
            by_card: (now.quarter_start(), Decimal::ZERO),
            bought: Decimal::ZERO,
            email,
        };
        provider
            .links
            .insert(customer.page.clone(), self.verification(id));
        self.file_customer(customer);
        self.customers.get(&id).ok_or(Failure::Code("unexpected_error"))
    }

    fn verification(&self, user: u64) -> Link {
        Link::Verification {
            integration: self.index,
            user,
        }
    }

    /// Adds a customer to the table and its indexes.
    pub(crate) fn file_customer(&mut self, customer: Customer) {
        self.by_email.insert(customer.email.clone(), customer.id);
        if let Some(external_id) = &customer.external_id {
            // Several customers can share an external id; the provider finds the first.
            self.by_external_id
                .entry(external_id.clone())
                .or_insert(customer.id);
        }
        self.customers.insert(customer.id, customer);
    }

    /// The customer with this mail address, in any case.
    pub fn customer_by_email(&self, email: &str) -> Option<&Customer> {
        self.customers
            .get(self.by_email.get(&email.to_ascii_lowercase())?)
    }

    /// The first customer with this external id.
    pub fn customer_by_external_id(&self, external_id: &str) -> Option<&Customer> {
        self.customers.get(self.by_external_id.get(external_id)?)
    }

    pub(crate) fn customer_mut(&mut self, user: u64) -> Result<&mut Customer, CommandError> {
        self.customers
            .get_mut(&user)
            .ok_or(CommandError::NotFound("customer"))
    }

    /// A fresh link to the declaration of the enhanced verification.
    pub(crate) fn declaration_link(&self, provider: &mut Provider, user: u64) -> String {
        let page = provider.entropy.alphanumeric(32);
        let link = format!("{}/pages/declaration/{page}", provider.origin);
        let integration = self.index;
        provider
            .links
            .insert(page, Link::Declaration { integration, user });
        link
    }

    /// A link on which the customer can be verified now; an expired one is replaced.
    pub(crate) fn open_verification_link(&mut self, provider: &mut Provider, user: u64) -> Option<String> {
        let now = provider.now();
        if self.customers.get(&user)?.page_until <= now {
            let page = provider.entropy.alphanumeric(32);
            provider.links.insert(page.clone(), self.verification(user));
            let customer = self.customers.get_mut(&user)?;
            let before = std::mem::replace(&mut customer.page, page);
            customer.page_until = now.plus(LINK_LIVES);
            provider.links.remove(&before);
        }
        let customer = self.customers.get(&user)?;
        Some(customer.verification_link(&provider.origin))
    }

    /// The customer has handed in everything; the review follows. An address that is tagged for it is rejected anyway.
    pub(crate) fn begin_review(
        &mut self,
        provider: &mut Provider,
        user: u64,
        reject: bool,
    ) -> Result<(), CommandError> {
        let customer = self.customer_mut(user)?;
        if matches!(customer.kyc.as_str(), "processing" | "valid") {
            let kyc = &customer.kyc;
            return Err(CommandError::WrongState(format!(
                "the verification is {kyc} already"
            )));
        }
        "processing".clone_into(&mut customer.kyc);
        customer.rejected_at_review = reject || has_tag(&customer.email, "rejected");
        let due = Due::KycDecision {
            integration: self.index,
            user,
        };
        provider.schedule(REVIEW_TAKES, due);
        Ok(())
    }

    pub(crate) fn end_review(&mut self, user: u64) {
        let under_review = self
            .customers
            .get(&user)
            .is_some_and(|customer| customer.kyc == "processing");
        if let Some(customer) = self.customers.get_mut(&user).filter(|_| under_review) {
            let verdict = if customer.rejected_at_review {
                "fail"
            } else {
                "valid"
            };
            verdict.clone_into(&mut customer.kyc);
        }
    }

    /// Sets the verification to any status, documented or not, and cancels a review under way.
    pub(crate) fn set_kyc(
        &mut self,
        provider: &mut Provider,
        user: u64,
        status: &str,
    ) -> Result<(), CommandError> {
        status.clone_into(&mut self.customer_mut(user)?.kyc);
        provider
            .timers
            .cancel(|due| matches!(due, Due::KycDecision { user: other, .. } if *other == user));
        Ok(())
    }
}
