//! Assets: the coins on offer, each on a chain.

use cryptopocket_api::common::{list_available_assets, types};
use serde::{Deserialize, Serialize};

use crate::{Asset, Chain, Client, Decimal, Extra, Field, Page, Result, Symbol};

/// A coin on a chain that the provider buys and sells.
///
/// Every field is assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AvailableAsset {
    /// Symbol of the coin.
    pub symbol: Symbol,
    /// Chain of the coin.
    pub chain: Field<Chain>,
    /// Display name of the coin.
    pub name: Field<String>,
    /// Decimals of the coin on this chain: one coin is ten to this power base units.
    pub decimals: Field<u32>,
    /// Whether the asset can be bought and sold now.
    pub active: Field<bool>,
    /// Least amount of a purchase, in units of a currency that the reply does not name.
    pub min_purchase: Field<Decimal>,
    /// Fields of the reply that this SDK does not know.
    #[serde(default)]
    pub extra: Extra,
}

impl AvailableAsset {
    /// The coin and its chain, as payments and quotes take them. `None` if the chain is not known.
    pub fn asset(&self) -> Option<Asset> {
        let chain = self.chain.value()?;
        Some(Asset::new(&self.symbol, chain))
    }

    fn from_wire(wire: types::Asset) -> Self {
        let mut extra = wire.extra;
        let decimals = wire.decimals.and_then(|decimals| u32::try_from(decimals).ok());
        if decimals.is_unreadable() {
            extra.keep("decimals", wire.decimals);
        }
        Self {
            symbol: wire.symbol.into(),
            chain: wire.chain.map(Chain::from),
            name: wire.name,
            decimals,
            active: wire.active,
            min_purchase: wire.min_purchase.map(Decimal::from),
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
    /// **Idempotency.** Safe: it only reads. **Known from.** The provider's guide, page "Get Available Assets"
    /// (`guide`: path and purpose); the fields are ours (`assumed`).
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
    ///     println!("{} on {}", offer.symbol, offer.chain);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list_assets(&self) -> Result<Page<AvailableAsset>> {
        let list = list_available_assets(self.session()).await?;
        Ok(Page::from(list).map(AvailableAsset::from_wire))
    }
}
