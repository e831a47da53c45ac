//! Sales: coins come in at a wallet, money goes out to an IBAN.

use std::time::Duration;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use super::{Due, Entry, Trouble, World};
use crate::catalogue::Asset;
use crate::moment::Moment;
use crate::prices::{Sale, price, sell};
use crate::wire::OfframpView;

const PAYING_OUT_TAKES: Duration = Duration::from_secs(600);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Offramp {
    pub id: u64,
    pub user: u64,
    /// `started`, `crypto_received` or `finished`.
    pub status: String,
    #[serde(with = "crate::catalogue::stored_asset")]
    pub asset: &'static Asset,
    pub amount: Decimal,
    pub received: Decimal,
    pub fiat_amount: Decimal,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub fiat: crate::catalogue::Spelling,
    pub wallet: String,
    /// An IBAN, or the name of a bank.
    pub payout_to: String,
    pub created_at: Moment,
}

impl Entry for Offramp {
    type Key = u64;

    fn key(&self) -> &u64 {
        &self.id
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct NewOfframp {
    pub user: u64,
    pub asset: &'static Asset,
    pub amount: Decimal,
    pub fiat: &'static str,
    pub payout_to: String,
}

impl World {
    pub fn sale(&self, amount: Decimal, asset: &Asset, fiat: &str) -> Sale {
        sell(amount, price(self.seed, asset, fiat, self.now()))
    }

    pub fn open_offramp(&mut self, who: usize, new: NewOfframp) -> Offramp {
        self.last_offramp += 1;
        let offramp = Offramp {
            id: self.last_offramp,
            user: new.user,
            status: "started".to_owned(),
            fiat_amount: self.sale(new.amount, new.asset, new.fiat).fiat,
            fiat: new.fiat,
            asset: new.asset,
            amount: new.amount,
            received: Decimal::ZERO,
            wallet: self.entropy.wallet(new.asset.chain),
            payout_to: new.payout_to,
            created_at: self.now(),
        };
        self.integrations[who].offramps.push(offramp.clone());
        offramp
    }

    /// The integration that an off-ramp belongs to.
    pub fn owner_of_offramp(&self, id: u64) -> Result<usize, Trouble> {
        let owner = self
            .integrations
            .iter()
            .position(|one| one.offramps.get(&id).is_some());
        owner.ok_or(Trouble::NotFound("off-ramp"))
    }

    fn offramp_mut(&mut self, who: usize, id: u64) -> Result<&mut Offramp, Trouble> {
        self.integrations[who]
            .offramps
            .get_mut(&id)
            .ok_or(Trouble::NotFound("off-ramp"))
    }

    /// Coins arrive at the wallet: `amount`, or all that is still missing.
    pub fn deposit(&mut self, id: u64, amount: Option<Decimal>) -> Result<(), Trouble> {
        let who = self.owner_of_offramp(id)?;
        let offramp = self.offramp_mut(who, id)?;
        if offramp.status != "started" {
            return Err(Trouble::WrongState(format!("the off-ramp is {}", offramp.status)));
        }
        let amount = amount
            .or_else(|| offramp.amount.checked_sub(offramp.received))
            .unwrap_or_default();
        offramp.received = offramp.received.checked_add(amount).unwrap_or(offramp.received);
        if offramp.received < offramp.amount {
            return Ok(());
        }
        "crypto_received".clone_into(&mut offramp.status);
        self.tell_of_offramp(who, id, &["CRYPTO_RECEIVED"]);
        self.schedule_payout(who, id);
        Ok(())
    }

    pub(super) fn schedule_payout(&mut self, who: usize, id: u64) {
        self.schedule(PAYING_OUT_TAKES, Due::Payout { who, offramp: id });
    }

    pub fn pay_out(&mut self, who: usize, id: u64) {
        let Ok(offramp) = self.offramp_mut(who, id) else {
            return;
        };
        if offramp.status == "crypto_received" {
            "finished".clone_into(&mut offramp.status);
            // One event under two names: whoever subscribed to both gets both.
            self.tell_of_offramp(who, id, &["TRANSFER_RAMPOFF_FINISHED", "RAMPOFF_FINISHED"]);
        }
    }

    /// Gives an off-ramp any status at all, known or not. Nothing else happens.
    pub fn set_offramp_status(&mut self, id: u64, status: &str) -> Result<(), Trouble> {
        let who = self.owner_of_offramp(id)?;
        status.clone_into(&mut self.offramp_mut(who, id)?.status);
        self.timers
            .forget(|due| matches!(due, Due::Payout { offramp, .. } if *offramp == id));
        Ok(())
    }

    fn tell_of_offramp(&mut self, who: usize, id: u64, events: &[&'static str]) {
        if let Some(offramp) = self.integrations[who].offramps.get(&id).cloned() {
            self.emit(who, events, &id.to_string(), &OfframpView::of(&offramp));
        }
    }
}
