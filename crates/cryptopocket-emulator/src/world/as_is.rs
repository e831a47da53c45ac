//! Purchases and sales that are there without having been asked for: nobody was admitted, and no webhook tells of them.

use cryptopocket_types::Decimal;

use super::payments::in_euros;
use super::{Customer, NewOfframp, Order, Payment, World};
use crate::catalogue::find_asset;
use crate::moment::Moment;

impl World {
    /// Files a payment in a certain state; from there it goes on as any other. `reserved` are ids that others will have.
    /// What does not fit is named by its field.
    pub fn place_as_is(
        &mut self,
        who: usize,
        order: Order,
        (id, reserved): (Option<&str>, &[&str]),
        (concept, status): (Option<u64>, Option<&str>),
        created_at: Option<Moment>,
    ) -> Result<(), (&'static str, String)> {
        let (user, euros) = (order.user, in_euros(&order));
        let asset = find_asset(&order.coin, order.chain.as_deref().unwrap_or_default());
        let asset = asset.ok_or_else(|| ("coin", format!("`{}` is not on offer", order.coin)))?;
        let mut payment = self.drawn_up(order, asset);
        if let Some(id) = id {
            if self.owner_of_payment(id).is_ok() {
                return Err(("id", format!("`{id}` is the id of another payment")));
            }
            id.clone_into(&mut payment.id);
        } else {
            // So that no seed makes an id that is given to another.
            while reserved.contains(&payment.id.as_str()) {
                payment.id = self.entropy.alphanumeric(25);
            }
        }
        payment.created_at = created_at.unwrap_or(payment.created_at).min(payment.created_at);
        if payment.method.payment_type == "transfer" && (payment.concept.is_some() || status.is_some()) {
            payment.concept = concept
                .or(payment.concept)
                .or_else(|| Some(self.entropy.concept()));
        }
        let is_paid = status.is_some_and(|status| matches!(status, "payment_received" | "coins_sent"));
        if payment.wallet.is_none() && (is_paid || !payment.guided) {
            payment.wallet = Some(self.entropy.wallet(asset.chain));
        }
        self.put_in_state(who, &mut payment, status.unwrap_or("started"))?;
        debug_assert!(
            self.customer(who, user).is_some(),
            "whoever asks has found the customer"
        );
        self.count_towards_limits(who, &payment, euros);
        self.integrations[who].payments.push(&payment);
        Ok(())
    }

    fn put_in_state(
        &mut self,
        who: usize,
        payment: &mut Payment,
        status: &str,
    ) -> Result<(), (&'static str, String)> {
        if status == "pending_bank" && payment.concept.is_none() {
            let method = payment.method.payment_type;
            return Err(("status", format!("a payment by {method} never is `pending_bank`")));
        }
        if matches!(status, "payment_received" | "coins_sent") {
            payment.holder = self.customer(who, payment.user).map(Customer::full_name);
        }
        match status {
            "payment_received" => self.schedule_coins(who, &payment.id),
            "coins_sent" => payment.txid = Some(self.entropy.txid(payment.asset.chain)),
            _ => {}
        }
        status.clone_into(&mut payment.status);
        Ok(())
    }

    /// Files a sale in a certain state; from there it goes on as any other.
    pub fn open_offramp_as_is(&mut self, who: usize, new: NewOfframp, status: Option<&str>) {
        let amount = new.amount;
        let id = self.open_offramp(who, new).id;
        let status = status.unwrap_or("started");
        let Some(offramp) = self.integrations[who].offramps.get_mut(&id) else {
            return;
        };
        offramp.received = if matches!(status, "crypto_received" | "finished") {
            amount
        } else {
            Decimal::ZERO
        };
        status.clone_into(&mut offramp.status);
        if status == "crypto_received" {
            self.schedule_payout(who, id);
        }
    }
}
