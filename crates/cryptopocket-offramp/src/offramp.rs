use cryptopocket_api::offramp::{get_offramp, types};
use cryptopocket_api::operations::GET_OFFRAMP;
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{Chain, CoinAmount, Currency, Field, OfframpId, OfframpStatus};

use crate::{FiatAmount, OffRamp};

cryptopocket_types::reply! {
    /// An off-ramp in its current state.
    pub struct Offramp: types::Offramp, |wire, extra| {
        /// Its id.
        pub id: OfframpId,
        /// Its status. A status that this SDK does not know keeps its text.
        pub status: OfframpStatus,
        /// The coins to sell, in coin units: the provider sends base units and their decimals.
        pub coin: Field<CoinAmount> = {
            // Base units without their decimals are no amount, and decimals that cannot be right make none either. Only the
            // chain may be missing.
            let coins = wire
                .amount
                .zip(wire.decimals)
                .and_then(|(units, decimals)| units.coins(u32::try_from(decimals).ok()?).ok());
            let chain = wire.blockchain.value().map(|chain| Chain::from(chain.as_str()));
            let coin = coins
                .zip(wire.crypto.borrowed())
                .map(|(coins, symbol)| CoinAmount::new(coins, symbol.as_str(), chain));
            if coin.value().is_none() {
                extra.keep("amount", wire.amount);
                extra.keep("decimals", wire.decimals);
                extra.keep("crypto", wire.crypto);
                extra.keep("blockchain", wire.blockchain);
            }
            coin
        },
        /// The money to receive. As far as is known, the reply does not name the currency.
        pub fiat: Field<FiatAmount> = {
            let currency = extra.read::<Currency>("fiat_symbol");
            wire.fiat_amount.map(|amount| FiatAmount::new(amount.decimal(), currency))
        },
    }
}

impl Offramp {
    /// Whether the money is sent.
    ///
    /// No status of failure is known, so an unknown status is not final.
    pub const fn is_final(&self) -> bool {
        self.status.is_final()
    }
}

impl OffRamp {
    /// Reads an off-ramp.
    ///
    /// **Units.** The provider answers the coins in base units with their decimals (`"20000000000000000000"` with 18 is
    /// 20) and the money as a decimal string in currency units; the SDK converts both exactly, the coins to coin units.
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** The older edition of the provider's page "Retrieve
    /// off-ramp status" (`older`).
    ///
    /// Operation: `get_offramp`
    ///
    /// # Errors
    ///
    /// Before anything is sent, an empty id (`InvalidInput`). `UnexpectedReply` also for a reply about another off-ramp.
    ///
    /// # Examples
    ///
    /// ```
    /// # let reply = r#"{"status":"ok","data":{"id":"off2K8dN5rW1qJm7TzC4vHx6p",
    /// #     "status":"finished","blockchain":"polygon","crypto":"USDT","amount":"20000000000000000000","decimals":18,
    /// #     "fiat_amount":"18.24"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("get_offramp", reply).run(async |session| {
    /// use cryptopocket_offramp::OffRamp;
    ///
    /// let offramp = OffRamp::new(session);
    /// let found = offramp.offramp(&"off2K8dN5rW1qJm7TzC4vHx6p".into()).await?;
    /// assert_eq!(found.coin.to_string(), "20 USDT");
    /// assert_eq!(found.fiat.to_string(), "18.24");
    /// assert!(found.is_final());
    /// # Ok(()) });
    /// ```
    pub async fn offramp(&self, id: &OfframpId) -> Result<Offramp> {
        input::offramp_id(id)?;
        let reply = get_offramp(self.session(), id).await?;
        // The money of another off-ramp says nothing about this one.
        if reply.id != *id {
            return Err(Error::another_object(&GET_OFFRAMP, "off-ramp"));
        }
        Ok(Offramp::from_wire(reply))
    }
}
