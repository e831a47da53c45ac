//! Off-ramps: coins arrive at a wallet, money is paid out to a bank account.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::{Integration, Tenant};
use crate::catalogue::Asset;
use crate::error::{CommandError, wrong, wrong_state};
use crate::prices::{Sale, price, sell};
use crate::provider::Provider;
use crate::records::Offramp;
use crate::timers::Due;
use crate::wire::offramp;

const PAYING_OUT_TAKES: Duration = Duration::from_secs(600);

impl Provider {
    pub(crate) fn sale(&self, amount: Decimal, asset: &Asset, fiat: &str) -> Sale {
        sell(amount, price(self.settings.seed, asset, fiat, self.now()))
    }
}

impl Integration {
    fn offramp_mut(&mut self, id: u64) -> Result<&mut Offramp, CommandError> {
        let offramp = self.offramps.get_mut(&id);
        offramp.ok_or(CommandError::NotFound("off-ramp"))
    }
}

impl Tenant<'_> {
    /// Opens an off-ramp that pays out in `fiat` to an IBAN or a bank.
    pub(crate) fn create_offramp(
        &mut self,
        user: u64,
        (amount, asset): (Decimal, &'static Asset),
        (fiat, payout_to): (&'static str, String),
    ) -> &Offramp {
        let provider = &mut *self.provider;
        provider.last_offramp += 1;
        let offramp = Offramp {
            id: provider.last_offramp,
            user,
            status: "started".to_owned(),
            fiat_amount: provider.sale(amount, asset, fiat).fiat,
            fiat: fiat.to_owned(),
            asset,
            amount,
            received: Decimal::ZERO,
            wallet: provider.entropy.wallet(asset.chain),
            payout_to,
            created_at: provider.now(),
        };
        self.own.offramps.insert(offramp.id, offramp)
    }

    /// Coins arrive at the wallet: `amount`, or all that are missing.
    pub(crate) fn deposit(&mut self, id: u64, amount: Option<Decimal>) -> Result<(), CommandError> {
        if amount.is_some_and(|amount| amount <= Decimal::ZERO) {
            let cure = "write an amount above 0, or leave it out for all that are missing";
            return wrong("amount", "coins that arrive are more than none", cure);
        }
        let offramp = self.own.offramp_mut(id)?;
        let (symbol, decimals) = (offramp.asset.symbol, offramp.asset.decimals);
        if amount.is_some_and(|amount| amount.rescaled(decimals).is_none()) {
            let rule = format!("{symbol} has {decimals} decimals");
            return wrong("amount", rule, "write no more of them");
        }
        if offramp.status != "started" {
            let status = &offramp.status;
            return wrong_state(format!(
                "the off-ramp is {status}, and coins arrive for one that is started; `offramps/{{id}}/status` \
                 (`set_offramp_status`) gives it any status"
            ));
        }
        let missing = offramp.amount.checked_sub(offramp.received);
        let amount = amount.or(missing).unwrap_or_default();
        offramp.received = offramp.received.checked_add(amount).unwrap_or(offramp.received);
        if offramp.received >= offramp.amount {
            "crypto_received".clone_into(&mut offramp.status);
            self.emit_offramp("CRYPTO_RECEIVED", id);
            self.schedule_payout(id);
        }
        Ok(())
    }

    pub(super) fn schedule_payout(&mut self, offramp: u64) {
        self.schedule(PAYING_OUT_TAKES, |index| Due::Payout(index, offramp));
    }

    /// Pays out an off-ramp that is `crypto_received`; does nothing in any other state.
    pub(crate) fn pay_out(&mut self, id: u64) {
        let received = |offramp: &&mut Offramp| offramp.status == "crypto_received";
        if let Some(offramp) = self.own.offramps.get_mut(&id).filter(received) {
            "finished".clone_into(&mut offramp.status);
            // The provider documents one event under two names; a subscriber to both gets both.
            self.emit_offramp("TRANSFER_RAMPOFF_FINISHED", id);
            self.emit_offramp("RAMPOFF_FINISHED", id);
        }
    }

    /// Sets an off-ramp to any status, documented or not, without a webhook.
    pub(crate) fn set_offramp_status(&mut self, id: u64, status: &str) -> Result<(), CommandError> {
        status.clone_into(&mut self.own.offramp_mut(id)?.status);
        let pays_out = |due: &Due| matches!(due, Due::Payout(_, offramp) if *offramp == id);
        self.provider.timers.cancel(pays_out);
        Ok(())
    }

    fn emit_offramp(&mut self, event: &str, id: u64) {
        if let Some(data) = self.own.offramps.get(&id).map(offramp) {
            self.emit(event, id.to_string(), &data);
        }
    }
}
