//! Seeds records in a given state, without validation and without webhooks.

use cryptopocket_types::Decimal;

use super::Integration;
use crate::catalogue::{find_asset, local_fiat};
use crate::provider::Provider;
use crate::records::{Customer, NewOfframp, Order, Payment};
use crate::scenario::{Misfit, SeedCredit, SeedCustomer, SeedOfframp, SeedPayment};
use crate::wire::Failure;

fn misfit(field: &'static str, rule: String, cure: &'static str) -> Misfit {
    Misfit { field, rule, cure }
}

const CHANGE_IT: &str = "change it or leave it out";

impl Integration {
    pub(crate) fn seed_customer(
        &mut self,
        provider: &mut Provider,
        seed: &SeedCustomer,
    ) -> Result<(), Misfit> {
        let refused = |code: &str| {
            let cure = "use an address that no other customer has, without tags that ask for a refusal";
            misfit(
                "email",
                format!("registering this customer is refused: {code}"),
                cure,
            )
        };
        let id = match self.register(provider, seed.new.clone()) {
            Ok(customer) => customer.id,
            Err(Failure::Code(code)) => return Err(refused(code)),
            Err(_) => return Err(refused("unexpected_error")),
        };
        let customer = self.customer_mut(id).map_err(|_| refused("user_not_found"))?;
        customer.banned |= seed.banned;
        if let Some(kyc) = &seed.kyc {
            kyc.clone_into(&mut customer.kyc);
        }
        if let Some(reinforcement) = seed.reinforcement {
            customer.reinforcement = reinforcement;
        }
        Ok(())
    }

    fn seeded_customer(&self, email: &str) -> Result<&Customer, Misfit> {
        self.customer_by_email(email).ok_or_else(|| {
            let cure = "write the mail address of one that stands under `customers`";
            misfit("customer", format!("`{email}` is none of the customers"), cure)
        })
    }

    /// Adds a payment in a given state; from there it goes on as any other. `reserved` are ids of payments still to come.
    pub(crate) fn seed_payment(
        &mut self,
        provider: &mut Provider,
        seed: &SeedPayment,
        reserved: &[&str],
    ) -> Result<(), Misfit> {
        let order = Order {
            user: self.seeded_customer(&seed.customer)?.id,
            ..seed.order.clone()
        };
        let status = seed.status.as_deref();
        let asset = find_asset(&order.coin, order.chain.as_deref().unwrap_or_default());
        let asset =
            asset.ok_or_else(|| misfit("coin", format!("`{}` is not on offer", order.coin), CHANGE_IT))?;
        let mut payment = provider.draw_up(order, asset);
        if let Some(id) = &seed.id {
            if self.payments.get(id).is_some() {
                return Err(misfit(
                    "id",
                    format!("`{id}` is the id of another payment"),
                    CHANGE_IT,
                ));
            }
            payment.id.clone_from(id);
        } else {
            // No seed may make an id that a later payment of the scenario is given.
            while reserved.contains(&payment.id.as_str()) {
                payment.id = provider.entropy.alphanumeric(25);
            }
        }
        payment.created_at = seed
            .created_at
            .unwrap_or(payment.created_at)
            .min(payment.created_at);
        if payment.is_transfer() && (payment.concept.is_some() || status.is_some()) {
            payment.concept = seed
                .concept
                .or(payment.concept)
                .or_else(|| Some(provider.entropy.concept()));
        }
        let is_paid = status.is_some_and(|status| matches!(status, "payment_received" | "coins_sent"));
        if payment.wallet.is_none() && (is_paid || !payment.guided) {
            payment.wallet = Some(provider.entropy.wallet(asset.chain));
        }
        self.seed_status(provider, &mut payment, status.unwrap_or("started"))?;
        self.count_towards_limits(&payment);
        self.payments.insert(payment);
        Ok(())
    }

    fn seed_status(
        &self,
        provider: &mut Provider,
        payment: &mut Payment,
        status: &str,
    ) -> Result<(), Misfit> {
        if status == "pending_bank" && payment.concept.is_none() {
            let method = payment.method.payment_type;
            let rule = format!("a payment by {method} never is `pending_bank`");
            return Err(misfit("status", rule, CHANGE_IT));
        }
        if matches!(status, "payment_received" | "coins_sent") {
            payment.holder = self.customers.get(&payment.user).map(Customer::full_name);
        }
        match status {
            "payment_received" => self.schedule_coins(provider, &payment.id),
            "coins_sent" => payment.txid = Some(provider.entropy.txid(payment.asset.chain)),
            _ => {}
        }
        status.clone_into(&mut payment.status);
        Ok(())
    }

    /// Adds an off-ramp in a given state; from there it goes on as any other.
    pub(crate) fn seed_offramp(&mut self, provider: &mut Provider, seed: &SeedOfframp) -> Result<(), Misfit> {
        let customer = self.seeded_customer(&seed.customer)?;
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
        let amount = new.amount;
        let id = self.create_offramp(provider, new).id;
        let status = seed.status.as_deref().unwrap_or("started");
        if let Some(offramp) = self.offramps.get_mut(&id) {
            offramp.received = if matches!(status, "crypto_received" | "finished") {
                amount
            } else {
                Decimal::ZERO
            };
            status.clone_into(&mut offramp.status);
        }
        if status == "crypto_received" {
            self.schedule_payout(provider, id);
        }
        Ok(())
    }

    pub(crate) fn seed_credit(&mut self, provider: &mut Provider, seed: &SeedCredit) -> Result<(), Misfit> {
        let mut credit = seed.credit.clone();
        if let Some(name) = &credit.meant_for {
            let cure = "write that of one that stands under `payments`";
            let rule = match self.payments.called(name).as_slice() {
                [id] => Ok((*id).to_owned()),
                [] => Err(format!(
                    "`{name}` is neither id nor external_id of one of the payments"
                )),
                _ => Err(format!("`{name}` is the external_id of several of the payments")),
            };
            credit.meant_for = Some(rule.map_err(|rule| misfit("meant_for", rule, cure))?);
        }
        self.book(provider, credit, seed.booked_at)
            .map(drop)
            .map_err(|_| {
                let rule = "a bank books whole cents, and not zero".to_owned();
                misfit("amount", rule, "write an amount such as 240.00")
            })
    }
}
