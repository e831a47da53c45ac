//! The gateway page before money moves: choosing how to pay a guided payment, failing, and setting any status.

use super::Tenant;
use crate::catalogue::Method;
use crate::error::{CommandError, wrong_state};
use crate::records::Payment;
use crate::timers::Due;

impl Tenant<'_> {
    /// The payment fails at the gateway, or the transfer is cancelled.
    pub(crate) fn fail_payment(&mut self, id: &str) -> Result<(), CommandError> {
        let status = &self.own.payment(id)?.status;
        if !matches!(status.as_str(), "started" | "pending_bank") {
            return wrong_state(format!(
                "a payment fails while it is started or pending_bank, and this one is {status}"
            ));
        }
        self.set_payment_status(id, "payment_rejected")
    }

    /// Sets a payment to any status, documented or not, without a webhook. Coins that were sent get a transaction id.
    pub(crate) fn set_payment_status(&mut self, id: &str, status: &str) -> Result<(), CommandError> {
        let chain = self.own.payment(id)?.asset.chain;
        // Drawn even if the payment has one, so that the ids that follow do not depend on it.
        let txid = (status == "coins_sent").then(|| self.provider.entropy.txid(chain));
        self.own.payments.change(id, |payment| {
            payment.txid = payment.txid.take().or(txid);
            status.clone_into(&mut payment.status);
        });
        let sends_coins = |due: &Due| matches!(due, Due::Coins(_, payment) if payment == id);
        self.provider.timers.cancel(sends_coins);
        Ok(())
    }

    /// The customer chooses how to pay a guided payment and where the coins go. A transfer gets its concept then.
    pub(crate) fn choose_method(
        &mut self,
        id: &str,
        method: &'static Method,
        wallet: Option<&str>,
    ) -> Result<(), CommandError> {
        let payment = self.own.payment(id)?.clone();
        if payment.status != "started" || payment.concept.is_some() {
            let status = payment.status;
            return wrong_state(format!(
                "how to pay is chosen already, and the payment is {status}"
            ));
        }
        if !self.own.offers(method) {
            return wrong_state(format!("{} is barred", method.payment_type));
        }
        self.move_card_spending(&payment, method)?;
        let concept = (method.payment_type == "transfer").then(|| self.new_concept());
        let provider = &mut *self.provider;
        let bought = provider.quote(payment.fiat_amount, method, payment.asset, &payment.fiat);
        let made_up = provider.entropy.wallet(payment.asset.chain);
        self.own.payments.change(id, |payment| {
            payment.method = method;
            payment.coin_amount = bought.tokens;
            payment.wallet = Some(wallet.map_or(made_up, str::to_owned));
            payment.concept = concept;
        });
        Ok(())
    }

    /// Counts a payment towards the card limit if it becomes one by card, and no longer counts it if it was one.
    fn move_card_spending(&mut self, payment: &Payment, method: &Method) -> Result<(), CommandError> {
        let is_card = |method: &Method| method.payment_type == "card";
        let Some(customer) = self.own.customers.get_mut(&payment.user) else {
            return Ok(());
        };
        let (quarter, amount) = (payment.created_at.quarter_start(), payment.amount_in_euros());
        match (is_card(payment.method), is_card(method)) {
            // What was ordered in an earlier quarter counts no more.
            (false, true) if quarter >= customer.by_card.0 => {
                let after = customer.spent_by_card(quarter).checked_add(amount);
                let limit = self.provider.settings.limits.card_per_quarter;
                if after.is_some_and(|after| after > limit) {
                    return wrong_state(
                        "that is more than may be spent by card in a quarter (limit_exceded)",
                    );
                }
                customer.add_by_card(quarter, amount);
            }
            (true, false) => customer.add_by_card(quarter, -amount),
            _ => {}
        }
        Ok(())
    }
}
