//! Assets: the coins on offer, each on a chain.

use cryptopocket_api::common::{list_available_assets, types};
use serde::{Deserialize, Serialize};

use crate::{Asset, Chain, Client, Decimal, Extra, Result, Symbol};

/// A coin on a chain that the provider buys and sells.
///
/// Every field is assumed. Its JSON reads back as the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AvailableAsset {
    /// Symbol of the coin.
    pub symbol: Symbol,
    /// Chain of the coin.
    pub chain: Chain,
    /// Display name of the coin.
    pub name: Option<String>,
    /// Decimals of the coin on this chain: one coin is ten to this power base units.
    pub decimals: Option<u32>,
    /// Whether the asset can be bought and sold now.
    pub active: Option<bool>,
    /// Least amount of a purchase, in units of a currency that the reply does not name.
    pub min_purchase: Option<Decimal>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
    pub extra: Extra,
}

impl AvailableAsset {
    /// The coin and its chain, as payments and quotes take them.
    pub fn asset(&self) -> Asset {
        Asset::new(&self.symbol, &self.chain)
    }

    fn from_wire(wire: types::Asset) -> Self {
        let types::Asset {
            symbol,
            chain,
            name,
            decimals,
            active,
            min_purchase,
            extra,
            ..
        } = wire;
        Self {
            symbol: symbol.into(),
            chain: chain.into(),
            name,
            decimals: decimals.and_then(|decimals| u32::try_from(decimals).ok()),
            active,
            min_purchase: min_purchase.map(Decimal::from),
            extra,
        }
    }
}

impl Client {
    /// Lists the assets on offer.
    ///
    /// A pair of coin and chain that is not in the list is refused with `coin_not_supported`.
    ///
    /// **Units.** `min_purchase` is in currency units.
    ///
    /// **Idempotency.** Safe: it only reads, and is retried after transient failures.
    ///
    /// **Known from.** The provider's guide, page "Get Available Assets" (`guide`: path and purpose); the fields are
    /// ours (`assumed`).
    ///
    /// Operation: `list_available_assets`
    ///
    /// # Errors
    ///
    /// As every call.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket::Client;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket::Result<()> {
    /// # let reply = r#"{"status":"ok","data":[{"symbol":"USDC","chain":"polygon","decimals":6,"active":true}]}"#;
    /// # let session = ScriptedSession::new().always("list_available_assets", reply).session;
    /// let client = Client::from(session);
    /// for offer in client.list_assets().await? {
    ///     println!("{}", offer.asset());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list_assets(&self) -> Result<Vec<AvailableAsset>> {
        let assets = list_available_assets(self.session()).await?;
        Ok(assets.into_iter().map(AvailableAsset::from_wire).collect())
    }
}
