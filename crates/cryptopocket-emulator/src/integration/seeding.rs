//! Seeds records in a given state, without the API's checks and without webhooks.

use cryptopocket_types::Decimal;

use super::{Integration, Tenant};
use crate::catalogue::{find_asset, local_fiat};
use crate::records::{Customer, NewOfframp, Order, Payment};
use crate::scenario::{ScenarioError, SeedCredit, SeedCustomer, SeedOfframp, SeedPayment};
use crate::wire::Failure;

const CHANGE_IT: &str = "change it or leave it out";

impl Integration {
    fn seeded_customer(&self, email: &str) -> Result<&Customer, ScenarioError> {
        self.customer_by_email(email).ok_or_else(|| {
            let cure = "write the mail address of one that stands under `customers`";
            ScenarioError::new("customer", format!("`{email}` is none of the customers"), cure)
        })
    }
}

impl Tenant<'_> {
    pub(crate) fn seed_customer(&mut self, seed: &SeedCustomer) -> Result<(), ScenarioError> {
        let customer = self.register(seed.new.clone()).map_err(|refusal| {
            let code = if let Failure::Code(code) = refusal {
                code
            } else {
                "unexpected_error"
            };
            let cure = "use an address that no other customer has, without tags that ask for a refusal";
            ScenarioError::new(
                "email",
                format!("registering this customer is refused: {code}"),
                cure,
            )
        })?;
        customer.banned |= seed.banned;
        if let Some(kyc) = &seed.kyc {
            kyc.clone_into(&mut customer.kyc);
        }
        customer.reinforcement = seed.reinforcement.unwrap_or(customer.reinforcement);
        Ok(())
    }

    /// Adds a payment in a given state, from which it goes on as any other. `reserved` are ids of payments that follow.
    pub(crate) fn seed_payment(
        &mut self,
        seed: &SeedPayment,
        reserved: &[&str],
    ) -> Result<(), ScenarioError> {
        let user = self.own.seeded_customer(&seed.customer)?.id;
        let order = Order {
            user,
            ..seed.order.clone()
        };
        let status = seed.status.as_deref();
        let asset = find_asset(&order.coin, order.chain.as_deref().unwrap_or_default()).ok_or_else(|| {
            ScenarioError::new("coin", format!("`{}` is not on offer", order.coin), CHANGE_IT)
        })?;
        let mut payment = self.provider.draw_up(order, asset);
        if let Some(id) = &seed.id {
            if self.own.payments.get(id).is_some() {
                return Err(ScenarioError::new(
                    "id",
                    format!("`{id}` is the id of another payment"),
                    CHANGE_IT,
                ));
            }
            payment.id.clone_from(id);
        } else {
            // No seed may make an id that a later payment of the scenario is given.
            while reserved.contains(&payment.id.as_str()) {
                payment.id = self.provider.entropy.alphanumeric(25);
            }
        }
        payment.created_at = seed
            .created_at
            .unwrap_or(payment.created_at)
            .min(payment.created_at);
        if payment.is_transfer() && (payment.concept.is_some() || status.is_some()) {
            let concept = seed.concept.or(payment.concept);
            payment.concept = concept.or_else(|| Some(self.provider.entropy.concept()));
        }
        let is_paid = status.is_some_and(|status| matches!(status, "payment_received" | "coins_sent"));
        if payment.wallet.is_none() && (is_paid || !payment.guided) {
            payment.wallet = Some(self.provider.entropy.wallet(asset.chain));
        }
        self.seed_status(&mut payment, status.unwrap_or("started"))?;
        self.count_towards_limits(&payment);
        self.own.payments.insert(payment);
        Ok(())
    }

    fn seed_status(&mut self, payment: &mut Payment, status: &str) -> Result<(), ScenarioError> {
        if status == "pending_bank" && payment.concept.is_none() {
            let rule = format!(
                "a payment by {} never is `pending_bank`",
                payment.method.payment_type
            );
            return Err(ScenarioError::new("status", rule, CHANGE_IT));
        }
        let holder = self.own.customers.get(&payment.user).map(Customer::full_name);
        match status {
            "payment_received" => {
                payment.holder = holder;
                self.schedule_coins(&payment.id);
            }
            "coins_sent" => {
                payment.holder = holder;
                payment.txid = Some(self.provider.entropy.txid(payment.asset.chain));
            }
            _ => {}
        }
        status.clone_into(&mut payment.status);
        Ok(())
    }

    /// Adds an off-ramp in a given state, from which it goes on as any other.
    pub(crate) fn seed_offramp(&mut self, seed: &SeedOfframp) -> Result<(), ScenarioError> {
        let customer = self.own.seeded_customer(&seed.customer)?;
        let fiat = if seed.latam {
            local_fiat(customer.country.as_deref())
        } else {
            seed.offramp.fiat
        };
        let new = NewOfframp {
            user: customer.id,
            fiat,
            ..seed.offramp.clone()
        };
        let id = self.create_offramp(new).id;
        let status = seed.status.as_deref().unwrap_or("started");
        if let Some(offramp) = self.own.offramps.get_mut(&id) {
            let received = matches!(status, "crypto_received" | "finished");
            offramp.received = if received { offramp.amount } else { Decimal::ZERO };
            status.clone_into(&mut offramp.status);
        }
        if status == "crypto_received" {
            self.schedule_payout(id);
        }
        Ok(())
    }

    pub(crate) fn seed_credit(&mut self, seed: &SeedCredit) -> Result<(), ScenarioError> {
        let mut credit = seed.credit.clone();
        if let Some(name) = &credit.meant_for {
            let rule = match self.own.payments.named(name).as_slice() {
                [id] => Ok((*id).to_owned()),
                [] => Err(format!(
                    "`{name}` is neither id nor external_id of one of the payments"
                )),
                _ => Err(format!("`{name}` is the external_id of several of the payments")),
            };
            let cure = "write that of one that stands under `payments`";
            credit.meant_for = Some(rule.map_err(|rule| ScenarioError::new("meant_for", rule, cure))?);
        }
        let booked = self.book(credit, seed.booked_at);
        booked.map(drop).map_err(|_| {
            ScenarioError::new(
                "amount",
                "a bank books whole cents, and not zero",
                "write an amount such as 240.00",
            )
        })
    }
}
