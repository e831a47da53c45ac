//! What a customer does at the gateway before money moves: choosing how to pay a guided payment, and giving up.

use cryptopocket_types::Decimal;

use super::payments::euros_of;
use super::{Due, Payment, Trouble, World};
use crate::catalogue::Method;
use crate::moment::Moment;
use crate::prices::{buy, price};

impl World {
    /// The payment fails at the gateway, or the transfer is called off.
    pub fn fail_payment(&mut self, id: &str) -> Result<(), Trouble> {
        let who = self.owner_of_payment(id)?;
        let payment = self.payment_mut(who, id)?;
        if !matches!(payment.status.as_str(), "started" | "pending_bank") {
            return Err(Trouble::WrongState(format!(
                "a payment fails while it is started or pending_bank, and this one is {}",
                payment.status
            )));
        }
        self.set_payment_status(id, "payment_rejected")
    }

    /// Gives a payment any status at all, known or not. Nobody is told; but coins that were sent have a transaction.
    pub fn set_payment_status(&mut self, id: &str, status: &str) -> Result<(), Trouble> {
        let who = self.owner_of_payment(id)?;
        let chain = self.payment_mut(who, id)?.asset.chain;
        let txid = (status == "coins_sent").then(|| self.entropy.txid(chain));
        let payment = self.payment_mut(who, id)?;
        payment.txid = payment.txid.take().or(txid);
        status.clone_into(&mut payment.status);
        self.timers
            .forget(|due| matches!(due, Due::Coins { payment, .. } if payment == id));
        Ok(())
    }

    /// The customer says how to pay a guided payment and where the coins go. A transfer gets its reference then.
    pub fn choose(
        &mut self,
        who: usize,
        id: &str,
        method: &'static Method,
        wallet: Option<&str>,
    ) -> Result<(), Trouble> {
        let payment = self.payment_mut(who, id)?.clone();
        if payment.status != "started" || payment.concept.is_some() {
            return Err(Trouble::WrongState(format!(
                "how to pay is chosen already, and the payment is {}",
                payment.status
            )));
        }
        if !self.integrations[who].offers(method) {
            let name = method.payment_type;
            return Err(Trouble::WrongState(format!("{name} is barred")));
        }
        self.move_between_limits(who, &payment, method)?;
        let price = price(self.seed, payment.asset, payment.fiat, self.now());
        let bought = buy(payment.fiat_amount, price, method, payment.asset);
        let concept = (method.payment_type == "transfer").then(|| self.entropy.concept());
        let made_up = self.entropy.wallet(payment.asset.chain);
        let payment = self.payment_mut(who, id)?;
        payment.method = method;
        payment.coin_amount = bought.tokens;
        payment.concept = concept;
        payment.wallet = Some(wallet.map_or(made_up, str::to_owned));
        Ok(())
    }

    /// A payment that becomes one by card counts towards the limit on cards, and one that no longer is does not.
    fn move_between_limits(
        &mut self,
        who: usize,
        payment: &Payment,
        method: &'static Method,
    ) -> Result<(), Trouble> {
        let by_card = |method: &Method| method.payment_type == "card";
        if by_card(payment.method) == by_card(method) {
            return Ok(());
        }
        let (sum, most) = (
            euros_of(payment.fiat_amount, payment.fiat),
            self.limits.card_per_quarter,
        );
        let quarter: Moment = payment.created_at.quarter_start();
        let Some(customer) = self.customer_mut(who, payment.user) else {
            return Ok(());
        };
        let spent = if customer.by_card.0 == quarter {
            customer.by_card.1
        } else {
            Decimal::ZERO
        };
        let after = if by_card(method) {
            spent.checked_add(sum)
        } else {
            spent.checked_sub(sum)
        };
        let after = after.unwrap_or(spent);
        if by_card(method) && after > most {
            let rule = "that is more than may be spent by card in a quarter (limit_exceded)";
            return Err(Trouble::WrongState(rule.to_owned()));
        }
        customer.by_card = (quarter, after);
        Ok(())
    }
}
