//! The gateway page before money moves: choosing how to pay a guided payment, failing, and setting any status.

use cryptopocket_types::Decimal;

use super::Integration;
use crate::catalogue::Method;
use crate::error::CommandError;
use crate::provider::Provider;
use crate::records::Payment;
use crate::timers::Due;

impl Integration {
    /// The payment fails at the gateway, or the transfer is called off.
    pub(crate) fn fail_payment(&mut self, provider: &mut Provider, id: &str) -> Result<(), CommandError> {
        let status = &self.payment(id)?.status;
        if !matches!(status.as_str(), "started" | "pending_bank") {
            return Err(CommandError::WrongState(format!(
                "a payment fails while it is started or pending_bank, and this one is {status}"
            )));
        }
        self.set_payment_status(provider, id, "payment_rejected")
    }

    /// Gives a payment any status, documented or not, without a webhook. Coins that were sent get a transaction id.
    pub(crate) fn set_payment_status(
        &mut self,
        provider: &mut Provider,
        id: &str,
        status: &str,
    ) -> Result<(), CommandError> {
        let chain = self.payment(id)?.asset.chain;
        let txid = (status == "coins_sent").then(|| provider.entropy.txid(chain));
        self.payments.update(id, |payment| {
            payment.txid = payment.txid.take().or(txid);
            status.clone_into(&mut payment.status);
        });
        provider
            .timers
            .cancel(|due| matches!(due, Due::Coins { payment, .. } if payment == id));
        Ok(())
    }

    /// The customer chooses how to pay a guided payment and where the coins go. A transfer gets its reference then.
    pub(crate) fn choose_method(
        &mut self,
        provider: &mut Provider,
        id: &str,
        method: &'static Method,
        wallet: Option<&str>,
    ) -> Result<(), CommandError> {
        let payment = self.payment(id)?.clone();
        if payment.status != "started" || payment.concept.is_some() {
            let status = payment.status;
            return Err(CommandError::WrongState(format!(
                "how to pay is chosen already, and the payment is {status}"
            )));
        }
        if !self.offers(method) {
            let name = method.payment_type;
            return Err(CommandError::WrongState(format!("{name} is barred")));
        }
        self.move_card_spending(provider, &payment, method)?;
        let bought = provider.quote(payment.fiat_amount, method, payment.asset, payment.fiat);
        let concept = (method.payment_type == "transfer").then(|| provider.entropy.concept());
        let made_up = provider.entropy.wallet(payment.asset.chain);
        self.payments.update(id, |payment| {
            payment.method = method;
            payment.coin_amount = bought.tokens;
            payment.concept = concept;
            payment.wallet = Some(wallet.map_or(made_up, str::to_owned));
        });
        Ok(())
    }

    /// Counts a payment that becomes one by card towards the card limit, and no longer counts one that was.
    fn move_card_spending(
        &mut self,
        provider: &Provider,
        payment: &Payment,
        method: &'static Method,
    ) -> Result<(), CommandError> {
        let by_card = |method: &Method| method.payment_type == "card";
        if by_card(payment.method) == by_card(method) {
            return Ok(());
        }
        let quarter = payment.created_at.quarter_start();
        let Some(customer) = self.customers.get_mut(&payment.user) else {
            return Ok(());
        };
        let (spent, sum) = (customer.spent_by_card(quarter), payment.amount_in_euros());
        let after: Option<Decimal> = if by_card(method) {
            spent.checked_add(sum)
        } else {
            spent.checked_sub(sum)
        };
        let after = after.unwrap_or(spent);
        if by_card(method) && after > provider.limits.card_per_quarter {
            let rule = "that is more than may be spent by card in a quarter (limit_exceded)";
            return Err(CommandError::WrongState(rule.to_owned()));
        }
        customer.by_card = (quarter, after);
        Ok(())
    }
}
