//! Customers, their verification, and the links to its pages.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::{Integration, Tenant};
use crate::catalogue::{Outage, THROWAWAY_DOMAINS};
use crate::error::{CommandError, wrong_state};
use crate::moment::Moment;
use crate::provider::Link;
use crate::records::{Customer, Reinforcement};
use crate::scenario::NewCustomer;
use crate::timers::Due;
use crate::wire::{Failure, refuse_if};

const REVIEW_TAKES: Duration = Duration::from_secs(120);
const LINK_LIVES: Duration = Duration::from_secs(90 * 86_400);

/// Whether an address has `tag` between `+` and `@`. A test asks for a certain outcome by such a tag.
fn has_tag(email: &str, tag: &str) -> bool {
    let local = email.split('@').next().unwrap_or_default();
    let tags = local.split_once('+').map_or("", |(_, tags)| tags);
    tags.split(['+', '-', '.']).any(|part| part == tag)
}

impl Customer {
    /// The amount ordered by card in the quarter that begins at `quarter`, in euros.
    pub(super) fn spent_by_card(&self, quarter: Moment) -> Decimal {
        let (since, spent) = self.by_card;
        if since == quarter { spent } else { Decimal::ZERO }
    }

    /// Adds to the amount ordered by card in a quarter, unless the customer has ordered in a later one since.
    pub(super) fn add_by_card(&mut self, quarter: Moment, amount: Decimal) {
        if quarter >= self.by_card.0 {
            let spent = self.spent_by_card(quarter);
            self.by_card = (quarter, spent.checked_add(amount).unwrap_or(spent));
        }
    }

    /// Whether buying for `in_euros` more requires a declaration that was not given.
    pub(super) fn needs_declaration(&self, in_euros: Decimal, limit: Decimal) -> bool {
        let over = self.bought.checked_add(in_euros).is_none_or(|sum| sum > limit);
        self.reinforcement == Reinforcement::Asked || (over && self.reinforcement != Reinforcement::Done)
    }
}

impl Integration {
    /// The customer with this mail address, in any case.
    pub(crate) fn customer_by_email(&self, email: &str) -> Option<&Customer> {
        self.customers.found("email", &email.to_ascii_lowercase()).next()
    }

    /// The first of the customers with this external id.
    pub(crate) fn customer_by_external_id(&self, external_id: &str) -> Option<&Customer> {
        self.customers.found("external_id", external_id).next()
    }

    pub(crate) fn customer_mut(&mut self, user: u64) -> Result<&mut Customer, CommandError> {
        let customer = self.customers.get_mut(&user);
        customer.ok_or(CommandError::NotFound("customer"))
    }

    /// Ends the review of a customer; does nothing if it was cancelled.
    pub(crate) fn end_review(&mut self, user: u64) {
        let under_review = |customer: &&mut Customer| customer.kyc == "processing";
        if let Some(customer) = self.customers.get_mut(&user).filter(under_review) {
            let rejected = customer.rejected_at_review;
            let verdict = if rejected { "fail" } else { "valid" };
            verdict.clone_into(&mut customer.kyc);
        }
    }
}

impl Tenant<'_> {
    pub(crate) fn register(&mut self, new: NewCustomer) -> Result<&mut Customer, Failure> {
        let email = new.email.to_ascii_lowercase();
        let domain = email.rsplit('@').next().unwrap_or_default();
        let tagged = |tag| has_tag(&email, tag);
        let disposable = THROWAWAY_DOMAINS.contains(&domain) || tagged("disposable");
        let down = tagged("unexpected") || self.own.outages.contains(&Outage::Registration);
        let known = tagged("exists") || self.own.customer_by_email(&email).is_some();
        refuse_if(disposable, "email_not_allowed")?;
        refuse_if(down, "unexpected_error")?;
        refuse_if(known, "user_already_exists")?;
        let provider = &mut *self.provider;
        provider.last_user += 1;
        let (now, usual) = (
            provider.now(),
            if tagged("approved") { "valid" } else { "unused" },
        );
        let customer = Customer {
            id: provider.last_user,
            uuid: provider.entropy.uuid(),
            company: new.company,
            external_id: new.external_id,
            name: new.name,
            last_name: new.last_name,
            country: new.country,
            callback_url: new.callback_url,
            kyc: new.kyc.unwrap_or_else(|| usual.to_owned()),
            banned: new.banned || tagged("banned"),
            reinforcement: match new.enhanced.as_deref() {
                Some("done") => Reinforcement::Done,
                None if !tagged("reinforced") => Reinforcement::NotAsked,
                _ => Reinforcement::Asked,
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
        let link = Link::Verification(customer.id);
        provider.links.insert(customer.page.clone(), link);
        Ok(self.own.customers.insert(customer.id, customer))
    }

    /// A fresh link to the declaration of the enhanced verification.
    pub(crate) fn declaration_link(&mut self, user: u64) -> String {
        let page = self.provider.add_link(Link::Declaration(user));
        format!("{}/pages/declaration/{page}", self.provider.settings.origin)
    }

    /// A link on which the customer can be verified now; an expired one is replaced.
    pub(super) fn open_verification_link(&mut self, user: u64) -> Option<String> {
        let (now, provider) = (self.provider.now(), &mut *self.provider);
        let customer = self.own.customers.get_mut(&user)?;
        if customer.page_until <= now {
            customer.page_until = now.plus(LINK_LIVES);
            provider.links.remove(&customer.page);
            customer.page = provider.add_link(Link::Verification(user));
        }
        Some(customer.verification_link(&provider.settings.origin))
    }

    /// The customer has submitted the verification; the review follows. An address with the tag `rejected` fails it.
    pub(crate) fn begin_review(&mut self, user: u64, reject: bool) -> Result<(), CommandError> {
        let customer = self.own.customer_mut(user)?;
        if matches!(customer.kyc.as_str(), "processing" | "valid") {
            return wrong_state(format!("the verification is {} already", customer.kyc));
        }
        "processing".clone_into(&mut customer.kyc);
        customer.rejected_at_review = reject || has_tag(&customer.email, "rejected");
        self.schedule(REVIEW_TAKES, |index| Due::KycDecision(index, user));
        Ok(())
    }

    /// Sets the verification to any status, documented or not, and cancels a review under way.
    pub(crate) fn set_kyc(&mut self, user: u64, status: &str) -> Result<(), CommandError> {
        status.clone_into(&mut self.own.customer_mut(user)?.kyc);
        let reviews = |due: &Due| matches!(due, Due::KycDecision(_, other) if *other == user);
        self.provider.timers.cancel(reviews);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::Engine;
    use crate::scenario::NewCustomer;

    #[test]
    fn shared_external_id_finds_the_oldest_customer() {
        let mut engine = Engine::new(1);
        for (email, external_id) in [
            ("a@example.com", None),
            ("b@example.com", Some("shop-7")),
            ("c@example.com", Some("shop-7")),
        ] {
            let new = NewCustomer {
                email: email.to_owned(),
                external_id: external_id.map(str::to_owned),
                ..NewCustomer::default()
            };
            engine.tenant(0).register(new).unwrap();
        }
        let found = |engine: &Engine, id| {
            let found = engine.integrations[0].customer_by_external_id(id);
            found.map(|customer| customer.email.clone())
        };
        assert_eq!(found(&engine, "shop-7").as_deref(), Some("b@example.com"));
        assert_eq!(found(&engine, "shop-8"), None);
        let records = engine.records();
        let mut restored = Engine::new(1);
        restored.clear();
        for (name, value) in &records {
            restored.restore(name, value).unwrap();
        }
        assert_eq!(found(&restored, "shop-7").as_deref(), Some("b@example.com"));
    }
}
