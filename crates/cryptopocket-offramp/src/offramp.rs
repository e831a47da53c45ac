use std::time::Duration;

use cryptopocket_api::offramp::{ListOfframpsQuery, get_offramp, list_offramps, types};
use cryptopocket_api::operations::GET_OFFRAMP;
use cryptopocket_core::{Error, Pager, Progress, Result, Schedule, Waiter, input};
use cryptopocket_types::{Chain, CoinAmount, Currency, Field, OfframpId, OfframpStatus};
use serde::{Deserialize, Serialize};

use crate::{FiatAmount, OffRamp};

cryptopocket_types::reply! {
    /// An off-ramp in its current state.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_offramp::Offramp;
    /// use cryptopocket_types::Currency;
    ///
    /// # let stored = r#"{"id":"off2K8dN","status":"finished","coin":{"amount":"20","symbol":"USDC","chain":"polygon"},
    /// #     "fiat":{"amount":"18.24","currency":null}}"#;
    /// let offramp: Offramp = serde_json::from_str(stored)?;
    /// assert!(offramp.is_final());
    /// assert_eq!(offramp.coin.to_string(), "20 USDC");
    /// let received = offramp.fiat.value().and_then(|fiat| fiat.in_currency(Currency::EUR));
    /// assert_eq!(received.map(|money| money.to_string()).as_deref(), Some("18.24 EUR"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
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

impl Progress for Offramp {
    type State = OfframpStatus;

    fn state(&self) -> &OfframpStatus {
        &self.status
    }

    fn is_final(&self) -> bool {
        self.status.is_final()
    }

    fn rank(status: &OfframpStatus) -> Option<u8> {
        status.rank()
    }
}

/// Which off-ramps to list: all of them, since the provider is not known to filter this list.
///
/// It has no fields yet. New ones can be added without a change to your code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfframpFilter {}

impl OfframpFilter {
    /// All off-ramps.
    pub const fn new() -> Self {
        Self {}
    }
}

impl OffRamp {
    /// Reads an off-ramp.
    ///
    /// - **Units.** The provider answers the coins in base units with their decimals (`"20000000000000000000"` with 18
    ///   is 20) and the money as a decimal string in currency units; the SDK converts both exactly, the coins to coin
    ///   units.
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The older edition of the provider's page "Retrieve off-ramp status" (`older`).
    /// - Operation: `get_offramp`
    ///
    /// # Errors
    /// Before anything is sent, an empty id (`InvalidInput`). `UnexpectedReply` also for a reply about another off-ramp.
    ///
    /// # Examples
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

    /// Waits until the money of an off-ramp is sent, or for the status of [`Waiter::until`].
    ///
    /// The wait reports unknown statuses and goes on: only `finished` is known to be final, so choose a limit and handle
    /// such statuses yourself. Pauses grow from 10 s to 2 min. Errors of [`OffRamp::offramp`] end it, unless they are
    /// transient.
    ///
    /// Operation: `get_offramp`
    ///
    /// # Examples
    /// ```
    /// # let reply = |status| format!(r#"{{"status":"ok","data":{{"id":"off2K8dN","status":"{status}"}}}}"#);
    /// # let test = cryptopocket_core::testing::ScriptedSession::new().always("get_offramp", &reply("on_hold"));
    /// # test.next("get_offramp", &[&reply("crypto_received"), &reply("finished")]).run(async |session| {
    /// use std::time::Duration;
    ///
    /// use cryptopocket_core::ErrorKind;
    /// use cryptopocket_offramp::OffRamp;
    ///
    /// let offramp = OffRamp::new(session);
    /// let (id, limit) = ("off2K8dN".into(), Duration::from_secs(60 * 60));
    /// let sent = offramp.wait_offramp(&id).max_wait(limit).await?;
    /// assert!(sent.is_final());
    ///
    /// // Another one has a status that no page documents, which never ends a wait:
    /// let error = offramp.wait_offramp(&id).max_wait(limit).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    /// # Ok(()) });
    /// ```
    pub fn wait_offramp(&self, id: &OfframpId) -> Waiter<Offramp> {
        let (offramp, id) = (self.clone(), id.clone());
        Waiter::new(self.session().runtime().clone(), move || {
            let (offramp, id) = (offramp.clone(), id.clone());
            async move { offramp.offramp(&id).await }
        })
        .schedule(Schedule::new(Duration::from_secs(10), Duration::from_secs(120)))
    }

    /// Lists your off-ramps.
    ///
    /// How the provider pages this list is assumed. So before you create an off-ramp again because it is not in the
    /// list, check with [`Items::ended`](cryptopocket_core::Items::ended) that the provider showed the end of the list
    /// ([`PagesEnd::is_proven`](cryptopocket_core::PagesEnd::is_proven)).
    ///
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "List off-ramp transactions" exists; path and reply are `assumed`.
    /// - Operation: `list_offramps`
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"ok","data":[{"id":"off2K8dN","status":"started","crypto":"USDC","amount":"20000000",
    /// #     "decimals":6}],"pagination":{"current_page":1,"total":1,"last_page":1}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_offramps", reply).run(async |session| {
    /// use cryptopocket_offramp::{OffRamp, OfframpFilter};
    ///
    /// let offramp = OffRamp::new(session);
    /// let mut all = offramp.list_offramps(OfframpFilter::new()).items();
    /// while let Some(offramp) = all.next().await {
    ///     let offramp = offramp?;
    ///     println!("{}: {}", offramp.id, offramp.coin);
    ///     # assert_eq!(offramp.coin.to_string(), "20 USDC");
    /// }
    /// assert!(all.ended().is_some_and(|end| end.is_proven()), "what is not in the list does not exist");
    /// # Ok(()) });
    /// ```
    pub fn list_offramps(&self, OfframpFilter {}: OfframpFilter) -> Pager<Offramp> {
        let session = self.session.clone();
        Pager::new(move |request| {
            let session = session.clone();
            async move {
                let query = ListOfframpsQuery::default()
                    .page(i64::from(request.page))
                    .per_page(request.per_page.map(i64::from));
                Ok(list_offramps(&session, &query).await?.map(Offramp::from_wire))
            }
        })
        .identified_by(|offramp| offramp.id.as_str().to_owned())
    }
}
