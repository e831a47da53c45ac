//! Off-ramps: coins arrive at a wallet, money is paid out to a bank account.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::Integration;
use crate::catalogue::Asset;
use crate::error::CommandError;
use crate::prices::{Sale, price, sell};
use crate::provider::Provider;
use crate::records::{NewOfframp, Offramp};
use crate::timers::Due;
use crate::wire::OfframpView;

const PAYING_OUT_TAKES: Duration = Duration::from_secs(600);

impl Provider {
    pub(crate) fn sale(&self, amount: Decimal, asset: &Asset, fiat: &str) -> Sale {
        sell(amount, price(self.seed, asset, fiat, self.now()))
    }
}

impl Integration {
    pub(crate) fn create_offramp(&mut self, provider: &mut Provider, new: NewOfframp) -> Offramp {
        provider.last_offramp += 1;
        let offramp = Offramp {
            id: provider.last_offramp,
            user: new.user,
            status: "started".to_owned(),
            fiat_amount: provider.sale(new.amount, new.asset, new.fiat).fiat,
            fiat: new.fiat,
            asset: new.asset,
            amount: new.amount,
            received: Decimal::ZERO,
            wallet: provider.entropy.wallet(new.asset.chain),
            payout_to: new.payout_to,
            created_at: provider.now(),
        };
        self.offramps.insert(offramp.id, offramp.clone());
        offramp
    }

    fn offramp_mut(&mut self, id: u64) -> Result<&mut Offramp, CommandError> {
        self.offramps
            .get_mut(&id)
            .ok_or(CommandError::NotFound("off-ramp"))
    }

    /// Coins arrive at the wallet: `amount`, or all that are missing.
    pub(crate) fn deposit(
        &mut self,
        provider: &mut Provider,
        id: u64,
        amount: Option<Decimal>,
    ) -> Result<(), CommandError> {
        if amount.is_some_and(|amount| amount <= Decimal::ZERO) {
            let rule = "amount: coins that arrive are more than none";
            let cure = "write an amount above 0, or leave it out for all that are missing";
            return Err(CommandError::Invalid(format!("{rule}; {cure}")));
        }
        let offramp = self.offramp_mut(id)?;
        let (symbol, decimals) = (offramp.asset.symbol, offramp.asset.decimals);
        if amount.is_some_and(|amount| amount.rescaled(decimals).is_none()) {
            return Err(CommandError::Invalid(format!(
                "amount: {symbol} has {decimals} decimals; write no more of them"
            )));
        }
        if offramp.status != "started" {
            let status = &offramp.status;
            return Err(CommandError::WrongState(format!(
                "the off-ramp is {status}, and coins arrive for one that is started; `offramps/{{id}}/status` \
                 (`set_offramp_status`) gives it any status"
            )));
        }
        let amount = amount
            .or_else(|| offramp.amount.checked_sub(offramp.received))
            .unwrap_or_default();
        offramp.received = offramp.received.checked_add(amount).unwrap_or(offramp.received);
        if offramp.received < offramp.amount {
            return Ok(());
        }
        "crypto_received".clone_into(&mut offramp.status);
        self.emit_offramp(provider, id, &["CRYPTO_RECEIVED"]);
        self.schedule_payout(provider, id);
        Ok(())
    }

    pub(super) fn schedule_payout(&self, provider: &mut Provider, id: u64) {
        let due = Due::Payout {
            integration: self.index,
            offramp: id,
        };
        provider.schedule(PAYING_OUT_TAKES, due);
    }

    /// Pays out an off-ramp that is `crypto_received`; else nothing happens.
    pub(crate) fn pay_out(&mut self, provider: &mut Provider, id: u64) {
        if self
            .offramps
            .get(&id)
            .is_none_or(|offramp| offramp.status != "crypto_received")
        {
            return;
        }
        if let Ok(offramp) = self.offramp_mut(id) {
            "finished".clone_into(&mut offramp.status);
        }
        // The provider documents one event under two names: a subscriber to both gets both.
        self.emit_offramp(provider, id, &["TRANSFER_RAMPOFF_FINISHED", "RAMPOFF_FINISHED"]);
    }

    /// Gives an off-ramp any status, documented or not, without a webhook.
    pub(crate) fn set_offramp_status(
        &mut self,
        provider: &mut Provider,
        id: u64,
        status: &str,
    ) -> Result<(), CommandError> {
        status.clone_into(&mut self.offramp_mut(id)?.status);
        provider
            .timers
            .cancel(|due| matches!(due, Due::Payout { offramp, .. } if *offramp == id));
        Ok(())
    }

    fn emit_offramp(&self, provider: &mut Provider, id: u64, events: &[&'static str]) {
        if let Some(offramp) = self.offramps.get(&id) {
            self.emit(provider, events, &id.to_string(), &OfframpView::of(offramp));
        }
    }
}
