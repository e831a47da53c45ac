//! The coins on offer.

use cryptopocket_api::common::{list_available_assets, types};
use serde::Serialize;

use crate::{Asset, Client, Decimal, Extra, Result};

/// A coin on a chain, on offer. Every field is assumed; what is not known by name stands in
/// [`extra`](Self::extra).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AvailableAsset {
    /// The coin and its chain, as payments and quotes take them.
    #[serde(flatten)]
    pub asset: Asset,
    /// Name of the coin, for people.
    pub name: Option<String>,
    /// How many decimals the coin has on this chain: one coin is ten to this power base units.
    pub decimals: Option<u32>,
    /// Whether the pair can be bought and sold now.
    pub active: Option<bool>,
    /// Least amount of a purchase, in units of a currency that the answer does not name.
    pub min_purchase: Option<Decimal>,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl AvailableAsset {
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
            asset: Asset::new(symbol, chain),
            name,
            decimals: decimals.and_then(|decimals| u32::try_from(decimals).ok()),
            active,
            min_purchase: min_purchase.map(Decimal::from),
            extra,
        }
    }
}

impl Client {
    /// The coins on offer and the chains they live on. A pair outside this list is refused with
    /// `coin_not_supported`.
    ///
    /// **Units.** `min_purchase` is in currency units.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
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
    ///     println!("{}", offer.asset);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list_assets(&self) -> Result<Vec<AvailableAsset>> {
        let assets = list_available_assets(self.session()).await?;
        Ok(assets.into_iter().map(AvailableAsset::from_wire).collect())
    }
}
